from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import NotVerified
from lionrock.kernel.audit import leaves
from lionrock.kernel.audit.canonical import canonical, parse
from lionrock.kernel.audit.leaves import Leaf

HASH = st.binary(min_size=32, max_size=32)
LEAVES = st.builds(
    Leaf,
    st.uuids(),
    st.datetimes(datetime(1970, 1, 2), timezones=st.just(UTC)),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(["member", "service", "house"]),
    HASH,
    HASH,
    HASH,
    st.text(st.characters(codec="utf-8"), max_size=60),
)


@given(LEAVES)
def test_a_leaf_is_read_back_from_its_entry(leaf: Leaf) -> None:
    assert leaves.decode(leaf.encoded()) == leaf


@given(LEAVES)
def test_an_entry_is_canonical_json(leaf: Leaf) -> None:
    entry = leaf.encoded()
    assert canonical(parse(entry)) == entry


@given(LEAVES, st.data())
def test_an_entry_is_read_in_one_form_only(leaf: Leaf, data: st.DataObject) -> None:
    entry = leaf.encoded()
    at = data.draw(st.integers(0, len(entry)))
    for changed in (entry[:at] + b" " + entry[at:], json.dumps(json.loads(entry)).encode()):
        try:
            found = leaves.decode(changed)
        except NotVerified:
            continue
        assert found.encoded() == changed, "a space within a string is another string"


@pytest.mark.parametrize(
    "entry", [b"", b"[]", b"null", b"{}", b'{"v":1}', b"\xff", b'{"v":1,"v":1}', b"[" * 100_000]
)
def test_what_is_no_entry_is_refused(entry: bytes) -> None:
    with pytest.raises(NotVerified):
        leaves.decode(entry)


def test_times_are_utc_with_microseconds_and_of_one_length() -> None:
    hong_kong = datetime(2026, 3, 4, 13, 6, 7, 8, timezone(timedelta(hours=8)))
    assert leaves.rfc3339(hong_kong) == "2026-03-04T05:06:07.000008Z"
    assert leaves.rfc3339(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"


def test_a_commitment_is_the_hash_of_salt_and_payload() -> None:
    """Pinned, since exports of years ago must open: sha256 of 32 zero bytes and `{}`."""
    expected = "fb1634c4e6cd4b1f1afe3ce2d6ef080f7ac5d1f357d723ad4dfca782733b62db"
    assert leaves.commitment(bytes(32), b"{}").hex() == expected
    with pytest.raises(ValueError, match="32 bytes"):
        leaves.commitment(b"short", b"{}")


def test_a_pseudonym_is_hmac_sha256_of_the_id() -> None:
    id, key = UUID(int=7), b"k" * 32
    assert leaves.pseudonym(key, id) == hmac.new(key, id.bytes, hashlib.sha256).digest()
    assert leaves.pseudonym(key, id) != leaves.pseudonym(b"l" * 32, id)
    assert leaves.pseudonym(key, id) != leaves.pseudonym(key, uuid4())

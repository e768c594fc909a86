from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, TooLarge
from lionrock.gateway.fields.kinds import Caps, param
from lionrock.gateway.fields.reading import read, write

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4)
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=6)


def plain(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


@given(OBJECTS, st.booleans(), st.sampled_from([None, 1]))
def test_any_object_is_read_as_the_standard_library_reads_it(
    value: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    if plain(raw):
        assert read(raw.encode(), Caps(depth=1000)) == value


@given(OBJECTS)
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert read(write(value), Caps(depth=1000)) == value


@given(OBJECTS.filter(bool), st.data())
def test_a_key_given_twice_is_refused_wherever_it_is(value: dict[str, Any], data: Any) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    inside = ",".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in value.items())
    raw = f'{{"outer":[{{{inside},{json.dumps(name)}:1}}]}}'
    with pytest.raises(InvalidInput, match="twice"):
        read(raw.encode(), Caps(depth=1000))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        assert isinstance(read(raw, Caps()), dict)
    except InvalidInput as refusal:
        assert refusal.detail


@given(st.text(max_size=30), st.data())
def test_cut_off_utf_8_is_refused(text: str, data: Any) -> None:
    raw = ('{"a":"' + text + '客"}').encode("utf-8", "ignore")
    cut = raw.rindex("客".encode()) + data.draw(st.integers(1, 2))
    with pytest.raises(InvalidInput, match="not JSON"):
        read(raw[:cut] + b'"}', Caps())


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "123456789012345678901234567890", "2e"]
)
def test_numbers_that_readers_disagree_on_are_refused(number: str) -> None:
    with pytest.raises(InvalidInput):
        read(f'{{"temperature": {number}}}'.encode(), Caps())


@pytest.mark.parametrize(
    "raw",
    [b"[]", b'"a"', b"1", b"null", b"", b"{", b'{"a":1}x', b"\xef\xbb\xbf{}", b'{"a":"\\ud800"}'],
)
def test_what_is_not_one_object_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(raw, Caps())


def test_depth_is_bounded_and_braces_in_text_do_not_count() -> None:
    caps = Caps(depth=5)
    assert read(b'{"a":"' + b"[{" * 100 + b'"}', caps)
    assert read(b'{"a":[[[[1]]]]}', caps)
    with pytest.raises(InvalidInput, match="nested"):
        read(b'{"a":[[[[[1]]]]]}', caps)
    with pytest.raises(InvalidInput):
        read(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", Caps())


def test_a_body_beyond_the_cap_is_too_large() -> None:
    with pytest.raises(TooLarge, match="at most 10"):
        read(b'{"a":"0123456789"}', Caps(body_bytes=10))


def test_a_refusal_names_the_field_first() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(b'{"seed":1,"seed":2}', Caps())
    assert param(refusal.value) == "seed"
    with pytest.raises(InvalidInput) as refusal:
        read(b"nothing", Caps())
    assert param(refusal.value) is None

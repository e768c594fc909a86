"""What a clearance and a proposal are bound to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.digests import (
    Compared,
    adhoc_id,
    content_hash,
    evidence_digest,
    subject_digest,
)
from lionrock.screening.entities import Address, Birth, Entity, Name, Schema
from tests.screening.alerts.making import CHAN

TENANT = UUID(int=7)


class Secret:
    def __init__(self, secret: bytes) -> None:
        self.keyed = MemberFields(Vault.__new__(Vault), secret).keyed


KEYED = Secret(bytes(32))
NAMES = st.lists(st.text(min_size=1, max_size=8).map(Name), min_size=1, max_size=4, unique=True)


def digest(entity: Entity) -> bytes:
    return subject_digest(KEYED, TENANT, entity)


@given(NAMES, st.randoms())
def test_the_order_of_names_says_nothing(names: list[Name], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (Entity("1", Schema.PERSON, tuple(n)) for n in (names, shuffled))
    assert digest(one) == digest(other)


@given(NAMES, NAMES)
def test_other_names_are_another_digest(one: list[Name], other: list[Name]) -> None:
    same = set(one) == set(other)
    digests = {digest(Entity("1", Schema.PERSON, tuple(n))) for n in (one, other)}
    assert (len(digests) == 1) == same


def test_what_a_pair_is_told_apart_by_counts_and_nothing_else() -> None:
    beside = {
        "id": "C-2", "addresses": (Address("x"),), "positions": ("clerk",), "notes": "x",
        "listed_on": date(2026, 1, 1), "birth_places": ("Macau",),
    }  # fmt: skip
    for name, value in beside.items():
        assert digest(replace(CHAN, **{name: value})) == digest(CHAN), name  # type: ignore[arg-type]
    year = Birth(date(1975, 1, 1), date(1975, 12, 31))
    within = {"gender": "male", "countries": ("ir",), "births": (year,), "identifiers": ()}
    for name, value in {**within, "schema": Schema.COMPANY}.items():
        assert digest(replace(CHAN, **{name: value})) != digest(CHAN), name  # type: ignore[arg-type]


def test_nobody_without_the_secret_or_of_another_tenant_makes_the_same_digest() -> None:
    assert subject_digest(Secret(b"1" * 32), TENANT, CHAN) != digest(CHAN)
    assert subject_digest(KEYED, UUID(int=8), CHAN) != digest(CHAN)
    ids = {adhoc_id(k, TENANT, digest(CHAN)) for k in (KEYED, Secret(b"1" * 32))}
    assert len(ids) == 2


def compared(**changes: object) -> Compared:
    base = Compared(UUID(int=1), UUID(int=2), b"e" * 32, b"s" * 32, 0.9)
    return replace(base, **changes)  # type: ignore[arg-type]


def test_evidence_is_of_an_alerts_hits_in_any_order() -> None:
    alert, other = uuid4(), compared(entry_id=UUID(int=3))
    one = evidence_digest(KEYED, alert, [compared(), other])
    assert one == evidence_digest(KEYED, alert, [other, compared()])
    different = [
        [compared()],
        [compared(score=0.8), other],
        [compared(entry_digest=b"f" * 32), other],
        [compared(subject_digest=b"f" * 32), other],
    ]
    assert one not in [evidence_digest(KEYED, alert, hits) for hits in different]
    assert one != evidence_digest(KEYED, uuid4(), [compared(), other])


def test_a_proposals_hash_covers_what_is_said_and_what_it_rests_on() -> None:
    alert = uuid4()
    hashes = {
        content_hash(alert, b"e" * 32, {"note": "a"}),
        content_hash(alert, b"e" * 32, {"note": "b"}),
        content_hash(alert, b"f" * 32, {"note": "a"}),
        content_hash(uuid4(), b"e" * 32, {"note": "a"}),
    }
    assert len(hashes) == 4

"""What is sealed of an entity opens as the same entity, whatever it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Relation,
    Schema,
)
from lionrock.screening.registry.coding import Hashes, packed, unpacked

TEXT = st.text(max_size=12)
DAYS = st.dates()
BIRTHS = st.tuples(DAYS, DAYS, st.booleans()).map(lambda t: Birth(min(t[:2]), max(t[:2]), t[2]))


def some(part: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(part, max_size=2).map(tuple)


ENTITIES = st.builds(
    Entity,
    id=TEXT,
    schema=st.sampled_from(Schema),
    names=some(st.builds(Name, TEXT, st.sampled_from(NameKind), TEXT, TEXT, TEXT)),
    births=some(BIRTHS),
    gender=st.sampled_from(["", "male"]),
    countries=some(TEXT),
    birth_places=some(TEXT),
    identifiers=some(st.builds(Identifier, st.sampled_from(IdentifierKind), TEXT, TEXT)),
    addresses=some(st.builds(Address, TEXT, TEXT)),
    programmes=some(TEXT),
    positions=some(TEXT),
    relations=some(st.builds(Relation, TEXT, TEXT)),
    listed_on=st.none() | DAYS,
    notes=TEXT,
)


@given(ENTITIES)
def test_an_entity_opens_as_it_was(entity: Entity) -> None:
    assert unpacked(packed(entity)) == entity


@given(ENTITIES, ENTITIES)
def test_digests_tell_entities_apart_and_only_those(one: Entity, other: Entity) -> None:
    from uuid import UUID

    hashes, tenant = Hashes(bytes(32)), UUID(int=7)
    same = hashes.digest(tenant, one) == hashes.digest(tenant, other)
    assert same == (one == other)
    assert hashes.digest(tenant, one, "pep") != hashes.digest(tenant, one, "bank")
    assert hashes.digest(tenant, one) != Hashes(bytes([1] * 32)).digest(tenant, one)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match="lone surrogate"):
        packed(Entity("1", Schema.PERSON, (Name("\ud83d"),), listed_on=date(2026, 1, 1)))

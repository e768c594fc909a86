"""Entities in FollowTheMoney's shape, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
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
from lionrock.screening.ftm import from_ftm, to_ftm

TEXT = st.text("ABC abc陳大文'-,()1", min_size=1, max_size=12)
CODE = st.sampled_from(["", "hk", "cn", "kp", "gb", "su"])
DAY = st.dates(date(1900, 1, 1), date(2020, 12, 31))


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=4).map(tuple)


BIRTHS = st.builds(lambda a, b, about: Birth(min(a, b), max(a, b), about), DAY, DAY, st.booleans())
ENTITIES = st.builds(
    Entity,
    id=TEXT,
    schema=st.sampled_from(Schema),
    names=tuples(
        st.builds(Name, TEXT, st.sampled_from(NameKind), TEXT, TEXT, st.sampled_from(["", "zh"]))
    ),
    births=tuples(BIRTHS),
    gender=st.sampled_from(["", "male", "female"]),
    countries=tuples(CODE),
    birth_places=tuples(TEXT),
    identifiers=tuples(st.builds(Identifier, st.sampled_from(IdentifierKind), TEXT, CODE)),
    addresses=tuples(st.builds(Address, TEXT, CODE)),
    programmes=tuples(TEXT),
    positions=tuples(TEXT),
    relations=tuples(st.builds(Relation, TEXT, TEXT)),
    listed_on=st.none() | DAY,
    notes=st.text(max_size=20),
)

CHAN = Entity(
    "36",
    Schema.PERSON,
    (Name("Chan Tai Man"), Name("陳大文", NameKind.ALIAS), Name("Big Man", NameKind.WEAK)),
    births=(
        Birth(date(1971, 1, 1), date(1971, 12, 31)),
        Birth(date(1971, 5, 1), date(1971, 5, 31)),
    ),
    countries=("hk",),
    identifiers=(Identifier(IdentifierKind.PASSPORT, "K0000001", "hk"),),
    listed_on=date(2020, 8, 7),
)


@settings(max_examples=200)
@given(ENTITIES)
def test_what_is_written_is_read_back_the_same(entity: Entity) -> None:
    assert from_ftm(json.loads(json.dumps(to_ftm(entity)))) == entity


def test_an_entity_is_written_with_the_models_names() -> None:
    assert {k: v for k, v in to_ftm(CHAN, topics=["sanction"]).items() if k != "lionrock"} == {
        "id": "36",
        "schema": "Person",
        "caption": "Chan Tai Man",
        "properties": {
            "name": ["Chan Tai Man"],
            "alias": ["陳大文"],
            "weakAlias": ["Big Man"],
            "birthDate": ["1971", "1971-05"],
            "passportNumber": ["K0000001"],
            "nationality": ["hk"],
            "createdAt": ["2020-08-07"],
            "topics": ["sanction"],
        },
    }


def test_properties_that_were_changed_since_win_over_our_own_part() -> None:
    data = to_ftm(CHAN)
    assert "lionrock" in data
    data["properties"]["passportNumber"] = ["K9999999"]
    assert from_ftm(data).identifiers == (Identifier(IdentifierKind.PASSPORT, "K9999999"),)


def test_the_nested_form_gives_addresses_programmes_and_days() -> None:
    entity = from_ftm(
        {
            "id": "os-1",
            "schema": "Company",
            "target": True,
            "properties": {
                "name": ["Example Trading"],
                "previousName": ["Older Trading"],
                "jurisdiction": ["hk"],
                "innCode": ["0000000001"],
                "addressEntity": [
                    {"id": "a", "properties": {"full": ["1 Road"], "country": ["hk"]}}
                ],
                "sanctions": [
                    {"properties": {"program": ["EXAMPLE"], "startDate": ["2020-08-07"]}}
                ],
                "topics": ["sanction"],
            },
        }
    )
    assert entity.names == (Name("Example Trading"), Name("Older Trading", NameKind.FORMER))
    assert entity.addresses == (Address("1 Road", "hk"),)
    assert (entity.programmes, entity.listed_on) == (("EXAMPLE",), date(2020, 8, 7))
    assert entity.identifiers == (Identifier(IdentifierKind.TAX, "0000000001"),)


@pytest.mark.parametrize(
    "data",
    [{}, {"id": 1, "schema": "Person"}, {"id": "1", "schema": "Address"}, {"id": "1"},
     {"id": "1", "schema": "Person", "properties": []},
     {"id": "1", "schema": "Person", "lionrock": {"names": "x"}},
     {"id": "1", "schema": "Person", "lionrock": {"births": [{"earliest": "2000-01-02", "latest": "2000-01-01"}]}},
     {"id": "1", "schema": "Person", "lionrock": {"unknown": 1}}],
)  # fmt: skip
def test_what_is_no_entity_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        from_ftm(data)


def test_values_of_other_types_are_passed_over() -> None:
    data = {
        "id": "1",
        "schema": "Person",
        "properties": {"name": ["A", 3, None, {"x": 1}], "alias": "B"},
    }
    assert from_ftm(data).names == (Name("A"), Name("B", NameKind.ALIAS))

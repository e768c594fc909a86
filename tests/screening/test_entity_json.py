from __future__ import annotations

import json
from datetime import date

from hypothesis import given, settings

from lionrock.screening.entities import Address, Entity, Name, Relation, Schema
from lionrock.screening.entity_json import told, understood
from tests.screening.matching.making import entities


@settings(deadline=None)
@given(entities)
def test_an_entity_comes_back_as_it_was(entity: Entity) -> None:
    assert understood(json.loads(json.dumps(told(entity)))) == entity


def test_every_field_comes_back() -> None:
    entity = Entity(
        "1", Schema.PERSON, (Name("陳大文", family="陳", given="大文", language="zh-Hant"),), birth_places=("HK",),
        addresses=(Address("1 Road", "hk"),), programmes=("X",), positions=("Minister",),
        relations=(Relation("spouse of", "2"),), listed_on=date(2020, 1, 2), notes="n",
    )  # fmt: skip
    assert understood(told(entity)) == entity


def test_only_what_says_something_is_told() -> None:
    assert told(Entity("1", Schema.VESSEL, ())) == {"id": "1", "schema": "Vessel", "names": []}

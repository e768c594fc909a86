"""Example entities as yente's clients send them."""

from __future__ import annotations

from typing import Any

import pytest

from lionrock.errors import InvalidInput
from lionrock.screening.entities import IdentifierKind, Schema
from lionrock.screening.yente.examples import echoed, entity_of
from lionrock.screening.yente.shapes import Example


def example(schema: str = "Person", **properties: Any) -> Example:
    return Example(schema=schema, properties=properties)


def test_a_name_in_parts_is_joined_and_keeps_its_parts() -> None:
    found = entity_of("q", example(firstName="Tai Man", lastName=["Chan"], birthDate="1965"))
    (name,) = found.names
    assert (name.text, name.given, name.family) == ("Tai Man Chan", "Tai Man", "Chan")
    assert found.births[0].earliest.year == 1965


def test_a_name_said_whole_and_in_parts_is_one_name() -> None:
    found = entity_of("q", example(name=["Tai Man Chan"], firstName="Tai Man", lastName="Chan"))
    assert [n.text for n in found.names] == ["Tai Man Chan"]


def test_a_company_keeps_its_numbers() -> None:
    found = entity_of("a", example("Company", name="Harbour Ltd", registrationNumber=["123"]))
    assert found.schema is Schema.COMPANY
    assert found.identifiers[0].kind is IdentifierKind.REGISTRATION


def test_what_yente_calls_a_thing_may_be_anyone() -> None:
    assert entity_of("q", example("Thing", name="Chan")).schema is Schema.LEGAL_ENTITY


@pytest.mark.parametrize(
    "wrong",
    [example(), example(name=[]), example(name="  "), example("Address", name="x"), example("", name="x")],
)  # fmt: skip
def test_what_cannot_be_screened_is_refused(wrong: Example) -> None:
    with pytest.raises(InvalidInput):
        entity_of("q", wrong)


def test_the_echo_is_lists_without_what_is_empty() -> None:
    assert echoed(example(name="陳大文", notes=[])) == {
        "id": None, "schema": "Person", "properties": {"name": ["陳大文"]},
    }  # fmt: skip

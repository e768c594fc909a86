from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.extraction.asked import asked
from lionrock.assist.extraction.kinds import Kind
from lionrock.errors import InvalidInput, LionrockError


def test_a_line_is_a_label_with_its_type_or_the_type_that_the_label_is_known_for() -> None:
    lines = [
        "invoice number",
        "total: amount",
        "date of birth",
        "身分證號碼",
        "姓名： name",
        "risk: low | high",
    ]
    fields = asked(lines, "")
    kinds = [Kind.TEXT, Kind.AMOUNT, Kind.DATE, Kind.HKID, Kind.NAME, Kind.CHOICE]
    assert [field.kind for field in fields] == kinds
    assert fields[-1].choices == ["low", "high"] and fields[-2].name == "姓名"


def test_a_line_may_have_several_labels() -> None:
    (field,) = asked(["name in English / 英文姓名: name"], "")
    assert field.labels == ["name in English", "英文姓名"]


def test_a_json_schema_of_the_stated_subset_gives_fields() -> None:
    schema = {
        "type": "object",
        "properties": {
            "invoiceNumber": {"type": "string"}, "date_of_birth": {"type": "string", "format": "date"},
            "count": {"type": "integer"}, "rate": {"type": "number"}, "signed": {"type": "boolean"},
            "status": {"type": "string", "enum": ["open", "closed"]},
            "holder": {"type": "string", "format": "hkid", "title": "身份證號碼"},
        },
    }  # fmt: skip
    fields = asked([], json.dumps(schema))
    assert [f.kind for f in fields] == [
        Kind.TEXT, Kind.DATE, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.CHOICE, Kind.HKID,
    ]  # fmt: skip
    assert fields[0].labels == ["invoice Number"] and fields[-1].labels == ["身份證號碼", "holder"]


@pytest.mark.parametrize(
    "schema",
    [
        "{", "[]", '{"type": "array"}', '{"properties": {}}', '{"properties": {"a": 1}}',
        '{"properties": {"a": {"type": "object"}}}', '{"properties": {"a": {"$ref": "#/x"}}}',
        '{"properties": {"a": {"format": "uri"}}}', '{"properties": {"a": {"enum": [1]}}}',
        '{"properties": {"a": {"pattern": "x"}}}',
    ],
)  # fmt: skip
def test_a_schema_beyond_the_subset_is_refused_with_what_is_understood(schema: str) -> None:
    with pytest.raises(InvalidInput):
        asked([], schema)


@pytest.mark.parametrize(
    "lines", [[], ["total", "total: amount"], ["x: colour"], [": date"], ["a" * 81]]
)
def test_lines_that_are_no_fields_are_refused(lines: list[str]) -> None:
    with pytest.raises(InvalidInput):
        asked(lines, "")


def test_lines_and_a_schema_together_are_refused() -> None:
    with pytest.raises(InvalidInput, match="either"):
        asked(["total"], '{"properties": {"a": {"type": "string"}}}')


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=60))
def test_whatever_is_asked_gives_fields_or_a_reason(lines: list[str], schema: str) -> None:
    try:
        assert asked(lines, schema)
    except LionrockError as error:
        assert error.detail

"""Files of names are read alike from CSV, XLSX and JSON lines; what is wrong with a row is said."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.entities import (
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.screening.matching.compare import compare
from lionrock.screening.registry.rows import Row, birth_of, read
from lionrock.screening.registry.tabular import Format

HEADER = ["Reference", "Type", "Name", "Chinese name", "Aliases", "Date of birth", "Gender",
          "Nationality", "HKID", "Schema"]  # fmt: skip
LINE = ["C-1", "PEP", "CHAN Tai Man", "陳大文", "Peter Chan; 陳文", "1970-05", "M", "HK;CN",
        "A123456(7)", ""]  # fmt: skip


def csv_of(*lines: list[str], delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(cells) for cells in lines).encode("utf-8-sig")


def xlsx_of(*lines: list[str]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for cells in lines:
        book.active.append(cells)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def json_of(*lines: list[str]) -> bytes:
    rows = [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]
    return "\n".join(json.dumps(r) for r in rows).encode()


def rows_of(data: bytes, format: Format) -> list[Row]:
    return list(read(io.BytesIO(data), format))


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_a_row_names_one_person_with_all_that_is_known(format: Format) -> None:
    make = {"csv": csv_of, "xlsx": xlsx_of, "jsonl": json_of}[format]
    (row,) = rows_of(make(HEADER, LINE), format)
    assert (row.number, row.type, row.fault) == (1, "pep", "")
    entity = row.entity
    assert entity is not None and (entity.id, entity.schema) == ("C-1", Schema.LEGAL_ENTITY)
    assert [n.text for n in entity.names] == ["CHAN Tai Man", "陳大文", "Peter Chan", "陳文"]
    assert entity.names[2].kind is NameKind.ALIAS
    assert entity.births == (Birth(date(1970, 5, 1), date(1970, 5, 31)),)
    assert (entity.gender, entity.countries) == ("male", ("hk", "cn"))
    assert entity.identifiers == (Identifier(IdentifierKind.HKID, "A123456(7)"),)


def names_of(header: list[str], line: list[str]) -> list[tuple[str, str]]:
    (row,) = rows_of(csv_of(header, line), "csv")
    assert row.entity is not None, row.fault
    return [(n.text, n.kind.value) for n in row.entity.names]


@pytest.mark.parametrize(
    ("header", "line", "names"),
    [
        ("name,english_name", "陳大文,CHAN Tai Man", ["陳大文", "CHAN Tai Man"]),
        ("english_name,name", "CHAN Tai Man,陳大文", ["陳大文", "CHAN Tai Man"]),
        ("name,full_name", ",CHAN Tai Man", ["CHAN Tai Man"]),
        ("name,full_name", "CHAN Tai Man,CHAN Tai Man", ["CHAN Tai Man"]),
        ("name,family_name,given_name", "陳大文,CHAN,Tai Man", ["陳大文", "CHAN Tai Man"]),
        ("name,family_name,given_name", "Tai Man Chan,CHAN,Tai Man", ["Tai Man Chan"]),
        ("name,alias,other_names", "Chan,Peter;Pete,Paul", ["Chan", "Peter", "Pete", "Paul"]),
    ],
)
def test_every_column_of_names_is_read(header: str, line: str, names: list[str]) -> None:
    first, *others = names_of(header.split(","), line.split(","))
    assert first == (names[0], "primary")
    assert sorted(others) == sorted((text, "alias") for text in names[1:])


def test_every_column_of_chinese_names_nationalities_and_births_is_read() -> None:
    header = ["id", "chinese_name", "中文姓名", "nationality", "country", "dob", "birth_date"]
    line = ["1", "陳大文", "陳文", "HK", "CN", "1970", "1971"]
    (row,) = rows_of(csv_of(header, line), "csv")
    assert row.entity is not None
    assert [n.text for n in row.entity.names] == ["陳大文", "陳文"]
    assert set(row.entity.countries) == {"hk", "cn"} and len(row.entity.births) == 2


def test_parts_of_two_names_are_two_names() -> None:
    row = json.dumps({"family_name": ["CHAN", "陳"], "given_name": ["Tai Man", "大文"]})
    (found,) = rows_of(row.encode(), "jsonl")
    assert found.entity is not None
    assert {"CHAN Tai Man", "陳 大文"} <= {n.text for n in found.entity.names}


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_header_that_is_there_twice_is_refused_by_its_name(format: Format) -> None:
    make = {"csv": csv_of, "xlsx": xlsx_of}[format]
    for twice in (["id", "name", "name"], ["id", "Full name", "full-name"]):
        with pytest.raises(InvalidInput, match=r"“(name|full_name)”"):
            rows_of(make(twice, ["1", "陳大文", "CHAN Tai Man"]), format)
    (row,) = rows_of(make(["id", "name", "", ""], ["1", "Chan", "", ""]), format)
    assert row.entity is not None, "columns without a header are none"


@pytest.mark.parametrize("line", ['{"name": "a", "name": "b"}', '{"Name": "a", "name": "b"}'])
def test_a_field_that_a_line_has_twice_is_refused(line: str) -> None:
    with pytest.raises(InvalidInput, match="“name”"):
        rows_of(line.encode(), "jsonl")


def test_who_is_not_said_to_be_a_person_may_be_a_company() -> None:
    rows = rows_of(b"id,name,schema\n1,Harbour Trading Ltd,\n2,Chan Tai Man,person\n", "csv")
    assert [r.entity and r.entity.schema for r in rows] == [Schema.LEGAL_ENTITY, Schema.PERSON]
    listed = Entity("x", Schema.COMPANY, (Name("Harbour Trading Ltd"),))
    company = rows[0].entity
    assert company is not None
    assert "other_schema" not in {e.feature for e in compare(company, listed).evidence}


@pytest.mark.parametrize(
    ("said", "code"),
    [("north korea", "kp"), ("prk", "kp"), ("BRA", "br"), ("China", "cn"), ("CHN", "cn"),
     ("cn", "cn"), ("朝鮮", "kp"), ("Atlantis", ""), ("xxx", ""), ("ANT", "")],
)  # fmt: skip
def test_a_country_is_understood_or_the_row_is_faulty(said: str, code: str) -> None:
    """Kept as it is written, it would count against every match as another country does."""
    (row,) = rows_of(csv_of(["id", "name", "nationality"], ["1", "Chan", said]), "csv")
    if code:
        assert row.entity is not None and row.entity.countries == (code,)
    else:
        assert row.entity is None and "none that is known" in row.fault


def test_semicolons_and_tabs_part_cells_too() -> None:
    for delimiter in (";", "\t"):
        (row,) = rows_of(csv_of(["id", "name"], ["1", "Chan"], delimiter=delimiter), "csv")
        assert row.entity is not None and row.entity.id == "1"


def test_a_workbook_gives_dates_and_numbers_as_they_are_read() -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "name", "dob"])  # type: ignore[union-attr]
    book.active.append([1001.0, "Chan", date(1970, 5, 12)])  # type: ignore[union-attr]
    book.save(file)
    (row,) = rows_of(file.getvalue(), "xlsx")
    assert row.entity is not None and row.entity.id == "1001"
    assert row.entity.births == (birth_of("1970-05-12"),)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"id": "1"}, "no name"),
        ({"name": "x", "dob": "soon"}, "date of birth"),
        ({"name": "x", "dob": "1970-02-30"}, "date of birth"),
        ({"name": "x", "schema": "Ghost"}, "schema"),
        ({"name": "x", "type": "a type"}, "type"),
        ({"name": "x" * 3000}, "longer than"),
        ({"name": {"first": "x"}}, "neither a text nor"),
    ],
)
def test_a_faulty_row_is_told_and_the_next_is_read(cells: dict[str, object], fault: str) -> None:
    data = "\n".join(json.dumps(c) for c in (cells, {"name": "Chan"})).encode()
    bad, good = rows_of(data, "jsonl")
    assert bad.entity is None and fault in bad.fault
    assert good.number == 2 and good.entity is not None and good.entity.id == "2"


@pytest.mark.parametrize(
    ("data", "format", "said"),
    [
        ("姓名\n陳大文".encode("big5"), "csv", "UTF-8"),
        (b'name\n"open', "csv", "CSV"),
        (b"name\na,b", "csv", "more cells"),
        (b"PK\x03\x04 not a workbook", "xlsx", "XLSX"),
        (b'{"name": "x"}\n{"name"', "jsonl", "Line 2"),
        (b"[1]", "jsonl", "object"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, format: Format, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        rows_of(data, format)


def test_days_are_written_as_in_hong_kong() -> None:
    assert birth_of("02/01/1970") == birth_of("1970-01-02")
    assert birth_of("1970") == Birth(date(1970, 1, 1), date(1970, 12, 31))


@given(st.binary(max_size=200), st.sampled_from(["csv", "xlsx", "jsonl"]))
def test_any_bytes_are_rows_or_refused(data: bytes, format: Format) -> None:
    with suppress(InvalidInput):
        assert all(r.entity is None or r.entity.names for r in rows_of(data, format))


def test_a_workbook_that_states_too_few_rows_is_read_to_its_last() -> None:
    whole, short = xlsx_of(["Name"], ["Chan"], ["Lee"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as book, zipfile.ZipFile(short, "w") as made:
        for name in book.namelist():
            made.writestr(name, book.read(name).replace(b'ref="A1:A3"', b'ref="A1:A2"'))
    assert short.getvalue() != whole
    assert [r.number for r in rows_of(short.getvalue(), "xlsx")] == [1, 2]

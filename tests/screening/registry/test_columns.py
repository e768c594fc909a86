"""Columns of a file of customers are guessed, put right, and read as what they are said to hold."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.entities import NameKind
from lionrock.screening.registry.columns import FIELDS, IGNORE, check, guess, look
from lionrock.screening.registry.rows import read, renamed

CSV = "Client ID,客戶姓名,AKA,Alias,Risk\nK1,Chan Tai Man,Peter,Pete; Paul,high\n".encode()


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("customer_id", "reference"), ("cif_no", "reference"), ("客戶編號", "reference"),
        ("full_name", "name"), ("客戶姓名", "name"), ("中文姓名", "chinese_name"), ("aka", "aliases"),
        ("dob", "birth_date"), ("出生日期", "birth_date"), ("nationality", "countries"),
        ("hkid_no", "hkid"), ("br_no", "registration"), ("customer_type", "type"),
        ("individual_or_entity", "schema"), ("call_sign", "call_sign"), ("remarks", IGNORE),
        ("favourite_colour", IGNORE),
    ],
)  # fmt: skip
def test_a_header_says_what_its_column_holds(column: str, field: str) -> None:
    assert guess([column]) == {column: field}


def test_of_two_references_the_first_counts() -> None:
    assert guess(["customer_id", "id"]) == {"customer_id": "reference", "id": IGNORE}
    assert guess(["id", "customer_id"]) == {"id": IGNORE, "customer_id": "reference"}, "as `read`"
    assert guess(["cif_no", "id"]) == {"cif_no": IGNORE, "id": "reference"}


@pytest.mark.parametrize(
    "header",
    ["id,name,english_name,x,y", "customer_id,id,full_name,name,x", "id,english_name,name,alias,aliases",
     "id,name,family_name,given_name,x", "id,chinese_name,中文姓名,alias,other_names"],
)  # fmt: skip
def test_the_page_reads_the_columns_that_are_read_without_it(header: str) -> None:
    file = f"{header}\n1,2,Chan Tai Man,陳大文,Wong Siu Fong\n".encode()
    (shown,), (plain,) = look(io.BytesIO(file), "csv").rows, read(io.BytesIO(file), "csv")
    assert shown.entity is not None and plain.entity is not None
    assert shown.entity.id == plain.entity.id
    assert {n.text for n in shown.entity.names} == {n.text for n in plain.entity.names}


def test_of_two_columns_called_alike_none_is_lost_on_the_page() -> None:
    with pytest.raises(InvalidInput, match="“name”"):
        look(io.BytesIO("id,Name,name\n1,陳大文,CHAN Tai Man\n".encode()), "csv")


@given(st.lists(st.text(max_size=20), unique=True, max_size=10))
def test_whatever_the_headers_each_has_a_field(columns: list[str]) -> None:
    found = guess(columns)
    assert list(found) == columns and set(found.values()) <= set(FIELDS)
    assert sum(f == "reference" for f in found.values()) <= 1


def test_the_first_rows_are_shown_as_the_mapping_gives_them() -> None:
    looked = look(io.BytesIO(CSV), "csv")
    (row,) = looked.rows
    assert row.entity is not None and row.entity.id == "K1"
    assert [(n.text, n.kind) for n in row.entity.names[1:]] == [
        (text, NameKind.ALIAS) for text in ("Peter", "Pete", "Paul")
    ]
    (other,) = look(io.BytesIO(CSV), "csv", {"risk": "type", "aka": IGNORE}).rows
    assert other.type == "high" and other.entity is not None and len(other.entity.names) == 3


def test_a_mapping_without_reference_or_name_gives_nobody_and_says_why() -> None:
    assert "reference" in look(io.BytesIO(CSV), "csv", {"client_id": IGNORE}).fault
    looked = look(io.BytesIO(CSV), "csv", {"客戶姓名": IGNORE})
    assert "name" in looked.fault and not looked.rows
    with pytest.raises(InvalidInput, match="something that a customer does not have"):
        check({"a": "reference", "b": "name", "c": "salary"})
    with pytest.raises(InvalidInput, match="no row in the file"):
        check({})


def test_a_column_of_a_workbook_that_begins_empty_is_a_column() -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for cells in (["ID", "Name", "HKID"], ["1", "Chan", None], ["2", "Lee", "A123456(3)"]):
        book.active.append(cells)  # type: ignore[union-attr]
    book.save(file)
    looked = look(file, "xlsx")
    assert looked.mapping == {"id": "reference", "name": "name", "hkid": "hkid"}
    assert [len(r.entity.identifiers) for r in looked.rows if r.entity] == [0, 1]


def test_a_column_that_is_not_mapped_is_not_read() -> None:
    mapping = {"client_id": "reference", "客戶姓名": "name"}
    (row,) = read(io.BytesIO(CSV), "csv", referenced=True, mapping=mapping)
    assert row.entity is not None and len(row.entity.names) == 1
    assert renamed({"a": 1, "b": [2, 3], "c": 4}, {"a": "x", "b": "x"}) == {"x": [1, 2, 3]}

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from lionrock.documents.table_files import number_of, written
from tests.documents.test_tables import FEES, tables


@pytest.mark.parametrize(
    ("shown", "number"),
    [("1,234", 1234), ("( 637,241 )", -637241), ("-5", -5), ("0.5", 0.5), ("0", 0), ("−1,000.25", -1000.25)],
)  # fmt: skip
def test_a_plain_number_is_a_number_and_a_loss_is_negative(shown: str, number: float) -> None:
    assert number_of(shown) == number


@pytest.mark.parametrize(
    "shown", ["007", "5%", "HK$ 480", "12,34", "2.1.3", "", "-", "1 234", "9" * 16]
)
def test_what_could_be_meant_in_another_way_stays_as_printed(shown: str) -> None:
    assert number_of(shown) is None


def test_a_workbook_has_a_sheet_a_table() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", "fees.pdf", tables(FEES))))
    (sheet,) = book.worksheets
    assert sheet.title == "p1 t1"
    assert [[c.value for c in line] for line in sheet.iter_rows()][1] == ["Gold", "HK$ 480", "31%"]


def test_without_tables_there_is_a_file_all_the_same() -> None:
    assert openpyxl.load_workbook(io.BytesIO(written("xlsx", "a.pdf", []))).sheetnames == [
        "No tables"
    ]
    assert written("csv", "a.pdf", []).decode("utf-8-sig") == '"document","a.pdf"\r\n'


def test_as_csv_they_stand_one_under_the_other_each_under_its_place() -> None:
    lines = list(
        csv.reader(io.StringIO(written("csv", "fees.pdf", tables(FEES)).decode("utf-8-sig")))
    )
    assert lines[:4] == [
        ["document", "fees.pdf"],
        [],
        ["page", "1", "table", "1"],
        ["Card", "Annual fee", "Rate"],
    ]

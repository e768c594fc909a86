"""XLSX: sheets, rows, and numbers as their formats show them."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lionrock.documents.parsing.xlsx import parse_xlsx, shown


def test_sheets_are_headings_and_rows_are_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    fees = book.active
    assert fees is not None
    fees.title = "Fees 收費"
    fees.append(["Service", "Fee", "Note"])
    fees.append(["轉賬", 50, None])
    fees.append([])
    fees.append([None, 0.0125, "per\nyear"])
    fees["B2"].number_format = '"HK$"#,##0.00'
    fees["B4"].number_format = "0.00%"
    book.create_sheet("Nothing")
    hidden = book.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    book.properties.title = "Schedule"
    book.save(tmp_path / "made.xlsx")

    flow = parse_xlsx(tmp_path / "made.xlsx")
    assert flow.title == "Schedule"
    assert [(b.kind, b.text) for b in flow.blocks] == [
        ("heading", "Fees 收費"),
        ("row", "Service  Fee  Note"),
        ("row", "轉賬  HK$50.00"),
        ("row", "1.25%  per year"),
    ]
    assert flow.blocks[-1].cells == ("", "1.25%", "per year")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234.5, "General", "1234.5"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "-1,234.50"),
        (0.125, "0%", "12%"),
        (0.1255, "0.0%", "12.6%"),
        (5, "[$HK$-3C04]#,##0", "HK$5"),
        (5, "£0.00", "£5.00"),
        (3, "0", "3"),
        (-0.001, "0.00", "0.00"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        ("text", "@", "text"),
        (datetime.datetime(2026, 1, 2), "dd/mm/yyyy", "2026-01-02"),
        (datetime.datetime(2026, 1, 2, 3, 4), "dd/mm/yyyy hh:mm", "2026-01-02 03:04"),
        (datetime.time(9, 30), "hh:mm", "09:30:00"),
    ],
)
def test_a_value_reads_as_its_format_shows_it(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_sheet_that_states_too_few_rows_is_read_to_its_last(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for text in ("one", "two", "three"):
        book.worksheets[0].append([text])
    book.save(tmp_path / "whole.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "short.xlsx", "w") as short,
    ):
        for name in whole.namelist():
            short.writestr(name, whole.read(name).replace(b'ref="A1:A3"', b'ref="A1:A2"'))
    assert b'ref="A1:A3"' in zipfile.ZipFile(tmp_path / "whole.xlsx").read(
        "xl/worksheets/sheet1.xml"
    )
    found = [b.text for b in parse_xlsx(tmp_path / "short.xlsx").blocks]
    assert found == ["Sheet", "one", "two", "three"]

"""XLSX to blocks: each sheet a heading, each row that holds something a row."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl

from lionrock.documents.parsing.archive import checked
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, row
from lionrock.documents.parsing.ooxml import refuse_doctypes
from lionrock.errors import UnreadableDocument

_MOST_ROWS = 200_000
_LAST_ROW = 2**20
"""No sheet has more, whatever number a row gives itself."""
_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]|\"([^\"]{1,5})\"|([$£€¥])")


def parse_xlsx(path: Path) -> Flow:
    """Read a workbook: the values that were last calculated, as their number formats show them."""
    content = checked(path)
    with ZipFile(content) as archive:
        refuse_doctypes(archive)
    book = openpyxl.load_workbook(content, read_only=True, data_only=True)
    blocks = [block for sheet in book.worksheets for block in _sheet(sheet)]
    return Flow(str(book.properties.title or ""), blocks)


def _sheet(sheet: Any) -> Iterator[FlowBlock]:
    if getattr(sheet, "sheet_state", "visible") != "visible":
        return
    sheet.reset_dimensions()  # a sheet that states too few rows would lose the rest
    rows = []
    for cells in sheet.iter_rows(max_row=_LAST_ROW):
        last = max((i for i, cell in enumerate(cells, 1) if cell.value is not None), default=0)
        rows.extend(row(_cell(cell) for cell in cells[:last]))
        if len(rows) > _MOST_ROWS:
            raise UnreadableDocument(f"it has more than {_MOST_ROWS:,} rows in one sheet")
    if rows:
        yield from heading(sheet.title, 1)
        yield from rows


def _cell(cell: Any) -> str:
    return "" if cell.value is None else shown(cell.value, cell.number_format)


def shown(value: object, number_format: str) -> str:
    """A cell's value as a reader sees it: dates, percents, thousands and currency by its format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, number_format or "General")
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    positive = number_format.partition(";")[0]
    if positive in ("General", "@", ""):
        return f"{value:.15g}"
    decimals = re.search(r"\.(0+)", positive)
    places = len(decimals[1]) if decimals else 0
    comma = "," if re.search(r"#,|0,0", positive) else ""
    if "%" in positive:
        return f"{value * 100:{comma}.{places}f}%"
    if not re.search(r"[0#]", positive):
        return f"{value:.15g}"
    sign = "-" if round(value, places) < 0 else ""
    return f"{sign}{_currency(positive)}{abs(value):{comma}.{places}f}"


def _currency(positive: str) -> str:
    """The sign set before the number: "HK$", "£", "" """
    match = _CURRENCY.search(positive)
    found = next((group for group in match.groups() if group), "") if match else ""
    return found.strip() and found

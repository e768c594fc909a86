"""Rows of the first sheet of a workbook: XLSX and ODS, without running or fetching anything in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from lionrock.documents.parsing.archive import checked
from lionrock.errors import InvalidInput
from lionrock.screening.lists import xml
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source, member

ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MOST_COLUMNS = 500
_MOST_ROWS = 2**20
_HEAD = 2**16


def rows(path: Path, report: Report | None = None) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells as text, days as ISO 8601; rows without content are passed over.

    `report` is told, once all rows are read, which other sheets hold something. Raises `InvalidInput` for
    a file that is damaged, password-protected or unpacks beyond bounds.
    """
    data, report = checked(path), report or Report()
    found = _ods(path, data, report) if is_ods(data) else _xlsx(path, data, report)
    for number, cells in found:
        if len(cells) > _MOST_COLUMNS:
            raise InvalidInput(f"{path.name}, row {number}: more than {_MOST_COLUMNS} columns.")
        if any(cells):
            yield number, cells


def is_ods(data: io.BytesIO) -> bool:
    with zipfile.ZipFile(data) as archive:
        return "content.xml" in archive.namelist()


def _xlsx(path: Path, data: io.BytesIO, report: Report) -> Iterator[tuple[int, list[str]]]:
    _refuse_document_types(path, data)
    try:
        book = openpyxl.load_workbook(data, read_only=True, data_only=True, keep_links=False)
        sheet, *others = (each for each in book.worksheets if each.sheet_state == "visible")
        for number, cells in _sheet(path, sheet):
            yield number, _trimmed([_text(value) for value in cells])
        _tell_others(
            path, [s.title for s in others if any(any(c) for _, c in _sheet(path, s))], report
        )
        book.close()
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl fails with whatever its parts raise
        raise InvalidInput(f"{path.name} is not a workbook that can be read ({error}).") from error


def _sheet(path: Path, sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    # What a sheet states of its size is not always so, and rows beyond it would not be given.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > _MOST_ROWS:
            raise InvalidInput(
                f"{path.name}: a row lies beyond {_MOST_ROWS:,}, which no sheet has."
            )
        yield number, cells


def _tell_others(path: Path, names: Iterable[str], report: Report) -> None:
    if found := ", ".join(f"“{name[:60]}”" for name in names)[:500]:
        report.notice(f"{path.name}: the first sheet is read. Not read: {found}.")


def _refuse_document_types(path: Path, data: io.BytesIO) -> None:
    with zipfile.ZipFile(data) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    head = part.read(_HEAD).replace(b"\0", b"")
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise InvalidInput(
                        f"{path.name} declares a document type, which no workbook does. It is not read."
                    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _ods(path: Path, data: io.BytesIO, report: Report) -> Iterator[tuple[int, list[str]]]:
    content = data.getvalue()
    source = Source(path.name, lambda: member(content, "content.xml"), lambda: None)
    number, sheet, others = 0, None, dict[str, None]()
    for row in xml.entries(source, ("table-row",), ()):
        name = next(row.iterancestors(f"{_TABLE}table")).get(f"{_TABLE}name")
        if sheet is None:
            sheet = name
        if name != sheet:
            if any(_ods_cells(row)):
                others[str(name)] = None
            continue  # read on: the file must be whole
        number += 1
        yield number, _ods_cells(row)
        number += _repeated(row, "rows") - 1
    _tell_others(path, others, report)


def _ods_cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        text = cell.get(f"{_OFFICE}date-value", "")[:10] or "\n".join(
            "".join(part.itertext()) for part in cell.iterchildren("{*}p")
        )
        count = _repeated(cell, "columns")
        if text and len(cells) + count > _MOST_COLUMNS:
            return ["x"] * (_MOST_COLUMNS + 1)
        cells.extend([text.strip()] * min(count, _MOST_COLUMNS))
    return _trimmed(cells)


def _repeated(element: Any, what: str) -> int:
    count = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return max(1, int(count)) if count.isdecimal() and len(count) < 9 else 1


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells

"""Tables as CSV or a workbook that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL: Final = 32_767
"""Of a workbook (ECMA-376 as spreadsheets read it)."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: those that begin like one get an apostrophe.

    Blanks in front do not hide the beginning; a sign alone begins nothing. (OWASP, "CSV Injection".)
    """
    text = "" if value is None else str(value)
    begins = text.lstrip(" \u00a0\u3000\ufeff\u200b")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text
    risky = begins.startswith(_FORMULA) or text.startswith(_FORMULA)
    return f"'{text}" if risky and text not in _FORMULA else text


def as_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, every cell in quotes; UTF-8 with a byte order mark, so that spreadsheets show Chinese."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([harmless(v) for v in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[tuple[str, Iterable[Sequence[object]]]]) -> bytes:
    """A workbook of sheets, each with its name and its rows. Numbers are numbers; every other cell is
    a text, whatever it begins with."""
    import openpyxl  # half a second, for who needs it
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)

        def cell(value: object, sheet: Any = sheet) -> Any:
            if isinstance(value, int | float):
                return value
            made = WriteOnlyCell(sheet, value=_NO_XML.sub("", harmless(value))[:_LONGEST_CELL])
            made.data_type = "s"
            return made

        for row in rows:
            sheet.append([cell(v) for v in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

"""Tables of a document as a file: CSV, or a workbook with a sheet a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from lionrock.documents.tables import Table
from lionrock.kernel.tables import XLSX, as_csv, as_xlsx

Format = Literal["csv", "xlsx"]
MEDIA: Final[dict[Format, str]] = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}

MOST_PAGES: Final = 200
"""Looked through for tables at once."""

_WHOLE: Final = r"(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,14})(?:\.\d{1,10})?"
_NUMBER: Final = re.compile(
    rf"(?P<minus>[-−–])?\s?(?P<plain>{_WHOLE})|\(\s?(?P<loss>{_WHOLE})\s?\)"
)


def written(format: Format, document: str, tables: Sequence[Table]) -> bytes:
    """The tables one under the other as CSV, each under a line that names its place; or one a sheet."""
    if format == "xlsx":
        sheets = [(f"p{t.page} t{t.number}", _rows(t)) for t in tables]
        return as_xlsx(sheets or [("No tables", [])])
    return as_csv(("document", document), _lines(tables))


def _lines(tables: Sequence[Table]) -> Iterator[Sequence[object]]:
    for table in tables:
        yield ()
        yield "page", table.page, "table", table.number
        yield from _rows(table)


def _rows(table: Table) -> list[list[object]]:
    return [
        [number if (number := number_of(text)) is not None else text for text in line]
        for line in table.grid()
    ]


def number_of(text: str) -> int | float | None:
    """The number that a cell shows, a loss in brackets negative; None for all that could be meant in
    another way: a share, an amount with its currency, a code that begins with a zero."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    digits = (match["plain"] or match["loss"]).replace(",", "")
    value = float(digits) if "." in digits else int(digits)
    return -value if match["minus"] or match["loss"] else value

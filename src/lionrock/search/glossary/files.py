"""A file of terms, whatever its format: TBX, XLSX or CSV, told by its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lionrock.errors import InvalidInput
from lionrock.search.glossary import tables, tbx
from lionrock.search.glossary.schemas import BadRow, NewEntry

Format = Literal["csv", "xlsx", "tbx"]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    format: Format
    columns: dict[str, str]
    entries: list[NewEntry]
    bad: list[BadRow]


def read(data: bytes) -> Read:
    """Everything in the file, good and bad. Raises `InvalidInput` where it is no glossary at all."""
    if not data.strip():
        raise InvalidInput("The file is empty.")
    columns: dict[str, str] = {}
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        format: Format = "xlsx"
        columns, found = tables.read(tables.xlsx_rows(data))
    elif start.startswith(b"<") or data.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        format, found = "tbx", tbx.read(data)
    else:
        format = "csv"
        columns, found = tables.read(tables.csv_rows(data))
    entries: list[NewEntry] = []
    bad: list[BadRow] = []
    for _, one in found:
        if isinstance(one, BadRow):
            bad.append(one)
        else:
            entries.append(one)
    return Read(format, columns, entries, bad)

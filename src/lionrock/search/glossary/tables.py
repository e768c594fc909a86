"""Glossaries as tables: CSV and XLSX in, CSV out. One row an entry, one column a language.

Variants stand in one cell, the preferred one first, with "|" between them.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import openpyxl
from pydantic import ValidationError

from lionrock.documents.parsing.archive import checked
from lionrock.errors import InvalidInput
from lionrock.search.glossary.schemas import LANGUAGES, BadRow, Entry, NewEntry

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 64
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("en", "eng", "english", "英文", "英語", "英语", "term", "english term"),
    "zh-Hant": ("zh-hant", "zh-hk", "zh-tw", "zh_hant", "traditional chinese", "chinese", "zh",
                "中文", "繁體中文", "繁体中文", "繁體", "繁中", "正體中文"),
    "zh-Hans": ("zh-hans", "zh-cn", "zh_hans", "simplified chinese", "簡體中文", "简体中文",
                "簡體", "简体", "简中"),
    "yue": ("yue", "cantonese", "粵語", "粤语", "廣東話", "广东话"),
    "note": ("note", "notes", "remark", "remarks", "comment", "definition", "備註", "备注", "註"),
    "source": ("source", "origin", "來源", "来源", "出處", "出处"),
}  # fmt: skip
_FIELD: Final = {name: field for field, names in _NAMES.items() for name in names}
HEADS: Final = (*LANGUAGES, "note", "source")


def field_of(head: str) -> str:
    """What a column is read as, by its head; "" for one that is passed over."""
    return _FIELD.get(" ".join(head.split()).casefold(), "")


def read(
    rows: Iterable[tuple[int, Sequence[str]]],
) -> tuple[dict[str, str], Iterator[tuple[int, NewEntry | BadRow]]]:
    """What each column is, and the entries by row. The first row names the columns; `InvalidInput`
    where it names no two languages and no language with variants."""
    every = iter(rows)
    _, heads = next(every, (0, []))
    fields = [field_of(head) for head in heads]
    if not any(f in LANGUAGES for f in fields):
        raise InvalidInput(
            f"The first row names no language. Its columns should be called {', '.join(HEADS)}."
        )
    return dict(zip(heads, fields, strict=True)), _entries(every, fields)


def _entries(
    rows: Iterator[tuple[int, Sequence[str]]], fields: Sequence[str]
) -> Iterator[tuple[int, NewEntry | BadRow]]:
    for number, cells in rows:
        if number > MOST_ROWS:
            raise InvalidInput(f"The table has more than {MOST_ROWS:,} rows. Import it in parts.")
        if any(cell.strip() for cell in cells):
            yield number, _entry(number, cells, fields)


def _entry(number: int, cells: Sequence[str], fields: Sequence[str]) -> NewEntry | BadRow:
    terms: dict[str, list[str]] = {}
    other = {"note": "", "source": ""}
    for field, cell in zip(fields, cells, strict=False):
        if field in LANGUAGES:
            variants = [part.strip() for part in cell.split("|")]
            terms.setdefault(field, []).extend(v for v in variants if v)
        elif field:
            other[field] = " ".join(cell.split())
    try:
        return NewEntry.model_validate({"terms": terms, **other})
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        return BadRow(row=number, reason=reason)


def csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers: UTF-8 (with or without a mark), UTF-16 with one, or Big5/GB18030."""
    text = _decoded(data)
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1)
    except csv.Error as error:
        raise InvalidInput(f"The file is no CSV that can be read: {error}.") from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "big5hkscs", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("The file's characters cannot be read. Save it as UTF-8.")


def xlsx_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first visible sheet, with their numbers."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        whole = checked(Path(file.name))
    try:
        book = openpyxl.load_workbook(whole, read_only=True, data_only=True, keep_links=False)
        sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
        sheet.reset_dimensions()
        # Rows are filled up to their last cell, which may stand in column 16,384.
        rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        for number, cells in enumerate(rows, 1):
            yield number, ["" if cell is None else str(cell) for cell in cells]
    except Exception as error:  # openpyxl fails with whatever its parts raise
        raise InvalidInput(f"The workbook cannot be read ({type(error).__name__}).") from error


def write(entries: Sequence[Entry]) -> Iterator[bytes]:
    """The entries as CSV that spreadsheets open: UTF-8 with its mark. A cell that a spreadsheet would
    run as a formula is kept from it with an apostrophe."""
    yield b"\xef\xbb\xbf"
    yield _line(HEADS)
    for entry in entries:
        cells = [" | ".join(entry.terms.get(language, [])) for language in LANGUAGES]
        yield _line([_safe(cell) for cell in (*cells, entry.note, entry.source)])


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()

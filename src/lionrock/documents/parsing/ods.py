"""ODS to blocks: each sheet a heading, each row that holds something a row, as it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, row
from lionrock.documents.parsing.odf import TABLE, TEXT, count, hidden, parts_of, words
from lionrock.errors import UnreadableDocument

_MOST_ROWS: Final = 200_000
_MOST_COLUMNS: Final = 16_384
_GROUPS: Final = tuple(
    f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")
)


def parse_ods(path: Path) -> Flow:
    """Read a spreadsheet: the text of each cell as the program that saved it showed it."""
    parts = parts_of(path)
    unseen = hidden(parts, f"{TABLE}display", ["false"])
    blocks: list[FlowBlock] = []
    for sheet in parts.body("spreadsheet").iterchildren(f"{TABLE}table"):
        if sheet.get(f"{TABLE}style-name") not in unseen:
            rows = list(_rows(sheet))
            blocks.extend(heading(sheet.get(f"{TABLE}name", ""), 1) if rows else ())
            blocks.extend(rows)
    return Flow(parts.title, blocks)


def _rows(sheet: Any) -> Iterator[FlowBlock]:
    told = 0
    for line in _lines(sheet):
        made = row(_cells(line))
        # An empty row that stands for a million is the rest of the sheet.
        times = count(line, f"{TABLE}number-rows-repeated") if made else 0
        told += times
        if told > _MOST_ROWS:
            raise UnreadableDocument(f"it has more than {_MOST_ROWS:,} rows in one sheet")
        yield from made * times


def _lines(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in _GROUPS:
            yield from _lines(child)


def _cells(line: Any) -> list[str]:
    cells: list[str] = []
    waiting = 0
    for cell in line.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        text = " ".join(words(p) for p in cell.iterchildren(f"{TEXT}p"))
        times = count(cell, f"{TABLE}number-columns-repeated")
        if not text.strip():
            waiting += times
            continue
        if len(cells) + waiting + times > _MOST_COLUMNS:
            raise UnreadableDocument(f"it has more than {_MOST_COLUMNS:,} columns in one sheet")
        cells.extend([""] * waiting + [text] * times)
        waiting = 0
    return cells

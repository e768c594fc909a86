"""The tables of a page: rows and columns of cells, each with its place, from the rows its text holds.

Text keeps a row as its cells joined by two blanks, and leaves empty cells out; which column a cell
stands in is told by where it stands on the page. Columns are bands that the cells of several rows
share; a cell that lies over two bands spans them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Box, CitedCell
from lionrock.documents.parsed import Box as Rectangle
from lionrock.documents.parsed import ParsedPage

Range = tuple[int, int]

_CELLS: Final = re.compile(r"\S(?:.*?\S)??(?=  +\S|\s*$)")
_NUMBER: Final = r"(?:[A-Z]{0,3}\$|[€£¥])?\s*\d[\d,. ]*\s*%?"
_FIGURE: Final = re.compile(
    rf"[(\-–—+<>=≤≥~±\s]*{_NUMBER}(?:\s*[-–—~至到]\s*[<>]?{_NUMBER})?[)*%\s]*"
)
_WHEN: Final = re.compile(
    r"(?:19|20)\d\d(?:\s*[/–-]\s*\d{2,4})?|\d{1,2}([./-])\d{1,2}\1(?:\d\d|\d{4})"
)
_OPENS: Final = re.compile(r"(?:[A-Z]{0,3}\$\s*[(（]?|[(（]\s*(?:[A-Z]{0,3}\$)?)")
"""A cell of a currency or an opening bracket alone: "$", "HK$", "($"."""
_LEFT_OPEN: Final = re.compile(r"\s+((?:[A-Z]{0,3}\$)?\s*[(（$])$")
_CAPTION: Final = re.compile(
    r"(?:tables?|figures?|charts?|notes?|sources?)\b|[表圖图注註]", re.IGNORECASE
)
_LONGEST_LABEL: Final = 90
"""A line between rows that is longer is text and parts two tables; shorter, it heads those below it."""
_MOST_LABELS: Final = 3
_HEADING: Final = 1.25
"""A line between rows that is so much higher than both is a heading of the page: another table begins."""
_MOST_HEAD_ROWS: Final = 4
MOST_CELLS: Final = 2_000
"""Of one table; what follows is the next one. Columns are found at a cost of cells times cells."""
_SHARED: Final = 0.3
"""The part of the narrower of two that must lie over the other for them to be of one column."""


class Cell(BaseModel):
    """A cell: `text[start:end]` of its page, in `column` and the `across - 1` columns after it.
    `heading`: the words that stand over it in the head of the table."""

    model_config = ConfigDict(frozen=True)
    row: int
    column: int
    across: int
    text: str
    start: int
    end: int
    box: Box
    heading: str


class Table(BaseModel):
    """`rows` by `columns` cells, counted from 0, the first `head` rows of them headings. A place
    without a cell is empty."""

    model_config = ConfigDict(frozen=True)
    page: int
    number: int
    """Which table of its page, from 1."""
    rows: int
    columns: int
    head: int
    box: Box
    cells: list[Cell]

    def row(self, number: int) -> list[Cell]:
        """The cells of a row, from left to right."""
        return [cell for cell in self.cells if cell.row == number]

    def grid(self) -> list[list[str]]:
        """Texts by row and column; "" where there is none."""
        lines = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            lines[cell.row][cell.column] = cell.text
        return lines


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell before its column is known."""

    start: int
    end: int
    text: str
    box: Rectangle


_Row = list[_Piece]


def tables_on(page: ParsedPage, rows: Sequence[Range]) -> list[Table]:
    """The tables of `page`, in reading order. `rows`: the ranges of its text that are table rows.

    A table has two rows or more, and two columns."""
    found: list[Table] = []
    for lines in _runs(page, sorted(set(rows))):
        if len(lines) > 1 and max(map(len, lines)) > 1:
            found.append(_table(page.number, len(found) + 1, lines))
    return found


def cells_in(tables: Sequence[Table], start: int, end: int) -> list[CitedCell]:
    """The cells that stand within `text[start:end]` of the tables' page."""
    return [
        CitedCell(text=c.text, heading=c.heading, start=c.start, end=c.end, box=c.box)
        for table in tables for c in table.cells if start <= c.start and c.end <= end
    ]  # fmt: skip


def _runs(page: ParsedPage, rows: Sequence[Range]) -> Iterator[list[_Row]]:
    """Rows that stand together, with the short lines between them that head a part of a table."""
    lines: list[_Row] = []
    last = cells = 0
    for start, end in rows:
        pieces = [piece for a, b in _cells(page.text, start, end) if (piece := _piece(page, a, b))]
        if not pieces:
            continue
        between = _between(page, last, start) if lines else []
        full = cells + len(pieces) > MOST_CELLS
        if lines and (full or between is None or not _next_to(lines, between, pieces)):
            yield lines
            lines, between, cells = [], [], 0
        lines += [*(between or []), pieces]
        cells += len(between or []) + len(pieces)
        last = end
    if lines:
        yield lines


def _cells(text: str, start: int, end: int) -> list[Range]:
    """The ranges of a row's cells. A currency or a bracket that was set apart goes with its figure."""
    cells: list[Range] = []
    opened = -1
    for match in _CELLS.finditer(text, start, end):
        a, b = match.span()
        if opened >= 0:
            a, opened = opened, -1
        if _OPENS.fullmatch(text, a, b):
            opened = a
            continue
        if mark := _LEFT_OPEN.search(text, a, b):
            opened, b = mark.start(1), mark.start()
        cells.append((a, b))
    if opened >= 0:
        cells.append((opened, opened + len(text[opened:end].rstrip())))
    return cells


def _piece(page: ParsedPage, start: int, end: int) -> _Piece | None:
    boxes = page.boxes(start, end)
    if not boxes:
        return None
    around = boxes[0]
    for box in boxes[1:]:
        around = around.joined(box)
    return _Piece(start, end, " ".join(page.text[start:end].split()), around)


def _between(page: ParsedPage, start: int, end: int) -> list[_Row] | None:
    """What stands between two rows, each line as a row of one cell; None if it is text."""
    between: list[_Row] = []
    at = start
    for words in page.text[start:end].split("\n"):
        if words.strip():
            piece = _piece(page, at, at + len(words))
            if piece is None or len(words) > _LONGEST_LABEL or _CAPTION.match(words.strip()):
                return None
            between.append([piece])
        at += len(words) + 1
    return between if len(between) <= _MOST_LABELS else None


def _next_to(lines: Sequence[_Row], between: Sequence[_Row], below: _Row) -> bool:
    """Whether these follow one another down the page without room for anything else."""
    rows = [lines[-1], *between, below]
    for over, under in pairwise(rows):
        height = min(p.box.y1 - p.box.y0 for p in (*over, *under))
        foot = max(p.box.y1 for p in over)
        top = min(p.box.y0 for p in under)
        if not -height < top - foot < 3 * height:
            return False
    around = max(p.box.y1 - p.box.y0 for p in (*lines[-1], *below))
    return all(p.box.y1 - p.box.y0 <= _HEADING * around for line in between for p in line)


def _table(page: int, number: int, lines: Sequence[_Row]) -> Table:
    bands = _bands(lines)
    placed = [[(piece, *_columns(piece.box, bands)) for piece in line] for line in lines]
    head = _head(lines)
    cells = []
    for row, line in enumerate(placed):
        for piece, column, across in line:
            over = [
                p.text for above in placed[:head] for p, c, a in above
                if row >= head and c < column + across and column < c + a
            ]  # fmt: skip
            cells.append(Cell(row=row, column=column, across=across, text=piece.text,
                              start=piece.start, end=piece.end, box=_told(piece.box),
                              heading=" ".join(dict.fromkeys(over))))  # fmt: skip
    around = lines[0][0].box
    for piece in (p for line in lines for p in line):
        around = around.joined(piece.box)
    return Table(page=page, number=number, rows=len(lines), columns=len(bands), head=head,
                 box=_told(around), cells=cells)  # fmt: skip


def _bands(lines: Sequence[_Row]) -> list[tuple[float, float]]:
    """The columns from left to right, as (left, right)."""
    bands: list[tuple[float, float]] = []
    boxes = [p.box for line in lines for p in line]
    rows = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    sides = np.array([(box.x0, box.x1) for box in boxes])
    narrow = [box for box in boxes if not _spans(box, sides, rows)]
    for box in sorted(narrow, key=lambda b: b.x1 - b.x0):
        over = [band for band in bands if _over((box.x0, box.x1), band)]
        if len(over) > 1:
            continue  # it would join two columns that narrower cells have shown apart
        left = min([box.x0, *(a for a, _ in over)])
        right = max([box.x1, *(b for _, b in over)])
        bands = [band for band in bands if band not in over] + [(left, right)]
    return sorted(bands)


def _spans(box: Rectangle, sides: NDArray[np.float64], rows: NDArray[np.int64]) -> bool:
    """Whether two cells of another row stand under or over it, as `_over` has it; `sides` are (left,
    right) of every cell, `rows` which row each is of."""
    shared = np.minimum(sides[:, 1], box.x1) - np.maximum(sides[:, 0], box.x0)
    widths = np.minimum(sides[:, 1] - sides[:, 0], box.x1 - box.x0)
    over = rows[shared > _SHARED * np.maximum(widths, 1e-6)]
    return bool(len(over) and np.bincount(over).max() > 1)


def _over(one: tuple[float, float], other: tuple[float, float]) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > _SHARED * max(min(one[1] - one[0], other[1] - other[0]), 1e-6)


def _columns(box: Rectangle, bands: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The first column of a cell, and how many it lies over."""
    over = [i for i, band in enumerate(bands) if _over((box.x0, box.x1), band)]
    if over:
        return over[0], over[-1] - over[0] + 1
    middle = (box.x0 + box.x1) / 2
    return min(range(len(bands)), key=lambda i: abs(sum(bands[i]) / 2 - middle)), 1


def _head(lines: Sequence[_Row]) -> int:
    """How many rows are headings: those before the first that tells a figure, but for the labels of
    a part. None are where no row tells one, and where the first does."""
    first = next((i for i, line in enumerate(lines) if any(is_figure(p.text) for p in line)), 0)
    if first > _MOST_HEAD_ROWS:
        return 0
    return max((i + 1 for i in range(first) if len(lines[i]) > 1), default=0)


def is_figure(text: str) -> bool:
    """Whether it is a number, an amount or a share: "1,234", "(5.6%)", "HK$ 1,800". A year or a day,
    as over a column, is none."""
    return bool(_FIGURE.fullmatch(text)) and not _WHEN.fullmatch(text)


def _told(box: Rectangle) -> Box:
    return Box(**{side: round(value, 4) for side, value in box._asdict().items()})

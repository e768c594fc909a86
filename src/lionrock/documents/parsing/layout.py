"""Fragments of a page put together: visual lines, the order to read them in, and table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lionrock.documents.parsing.fragments import HAN_GAP, WIDE_GAP, Fragment
from lionrock.documents.parsing.numbering import (
    SUPERSCRIPT,
    Label,
    cell_label,
    figure_label,
    label_of,
)

_NOTED_NUMBER = re.compile(
    r"(.*\b(?:ss?|[Ss]ch|[Pp]aras?|[Cc]ap|[Rr]|[Aa]rt|[Cc]l)\..*) (\d{1,2}(?:\.\d{1,2}){1,3})$"
)
_LONG_CELL = 50
"""A bare figure beside a cell longer than this numbers it."""

_TALLEST_ROW = 0.4
"""A first cell taller than this part of the page is taken for a column of text."""

_MOST_CELL_LINES = 8
"""As is one of more lines than this."""


@dataclass(slots=True)
class Line:
    """Fragments on one baseline that read on without a wide gap; a label's gap is not one.

    `pieces` holds what stands before each fragment, and the fragment. `body_x0` is where the text
    after the label starts: following lines of a hanging paragraph stand there.
    """

    pieces: list[tuple[str, Fragment]]
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    body_x0: float
    label: Label | None = None
    set_apart: bool = False
    """Whether a wide gap stands between the label and the text."""

    @classmethod
    def of(cls, f: Fragment) -> Line:
        return cls(
            [("", f)], f.text, f.x0, f.y0, f.x1, f.y1, f.size, f.bold, f.x0, label_of(f.text)
        )

    def add(self, joint: str, f: Fragment) -> None:
        """Append a fragment that stands to the right."""
        self.pieces.append((joint, f))
        if len(f.text) > len(self.text):
            self.size = f.size
        self.bold = self.bold and (f.bold or f.text.isspace())
        self.text = f"{self.text}{joint}{f.text}"
        self.x1 = max(self.x1, f.x1)
        self.y0, self.y1 = min(self.y0, f.y0), max(self.y1, f.y1)

    def absorb(self, other: Line, joint: str) -> None:
        """Append another line's pieces."""
        for i, (inner, fragment) in enumerate(other.pieces):
            self.add(inner if i else joint, fragment)

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(slots=True)
class Row:
    """A table row: cells from left to right, each of one or more lines."""

    cells: list[list[Line]]
    one_line: bool = field(default=True)

    @property
    def lines(self) -> list[Line]:
        return [line for cell in self.cells for line in cell]

    @property
    def x0(self) -> float:
        return self.cells[0][0].x0

    @property
    def x1(self) -> float:
        return max(line.x1 for line in self.lines)

    @property
    def y0(self) -> float:
        return min(line.y0 for line in self.lines)

    @property
    def y1(self) -> float:
        return max(line.y1 for line in self.lines)


Visual = list[Line]
"""What stands on one baseline: one line, or several with wide gaps between."""
Group = Line | Row


def visual_lines(fragments: Sequence[Fragment]) -> list[Visual]:
    """Fragments joined along baselines, in the order given."""
    visuals: list[Visual] = []
    last: Fragment | None = None
    for fragment in fragments:
        if last is None or not _same_baseline(last, fragment):
            visuals.append([Line.of(fragment)])
        else:
            _append(visuals[-1], last, fragment)
        last = fragment
    return [_with_label(visual) if len(visual) > 1 else visual for visual in visuals]


def in_rows(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The fragments from top to bottom, and along a baseline from left to right: for text turned
    on its side, which pdfium orders as if it were not."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: f.middle):
        if rows and rows[-1][0].overlap(fragment) >= 0.5:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [f for row in rows for f in sorted(row, key=lambda f: f.x0)]


def _same_baseline(a: Fragment, b: Fragment) -> bool:
    return b.y0 < a.y1 and a.y0 < b.y1 and b.x0 >= a.x1 - 0.5 * a.size and a.overlap(b) >= 0.5


def _append(visual: Visual, last: Fragment, fragment: Fragment) -> None:
    gap, size = fragment.x0 - last.x1, max(last.size, fragment.size)
    for small, large in ((last, fragment), (fragment, last)):
        if _is_raised(small, large):
            raised = small.text.translate(SUPERSCRIPT)
            if small is last:
                visual[-1] = _renamed(visual[-1], raised)
            small.text = raised
    if gap > WIDE_GAP * size:
        visual.append(Line.of(fragment))
        return
    han = min(last.text[-1], fragment.text[0]) >= "\u2e80"
    visual[-1].add("" if gap < (HAN_GAP if han else 0.18) * size else " ", fragment)


def _is_raised(small: Fragment, large: Fragment) -> bool:
    return (
        small.text.isdecimal()
        and small.text.isascii()
        and len(small.text) <= 3
        and small.size < 0.8 * large.size
        and small.middle < large.middle
    )


def _renamed(line: Line, raised: str) -> Line:
    """The line, its last fragment's figures raised."""
    line.text = line.text[: -len(raised)] + raised
    line.label = None if len(line.pieces) == 1 else line.label
    return line


def _with_label(visual: Visual) -> Visual:
    """A label and the cell after it as one line; what stands left of it stays a cell."""
    visual = [*_without_note(visual[0]), *visual[1:]]
    for i, line in enumerate(visual[:-1]):
        label = cell_label(line.text)
        if label is None and len(visual) == 2 and len(visual[1].text) > _LONG_CELL:
            label = figure_label(line.text)
        if label and (i == 0 or (label.kind == "decimal" and label.depth > 1)):
            following = visual[i + 1]
            line.label, line.body_x0, line.set_apart = label, following.x0, True
            line.absorb(following, " ")
            line.size = following.size
            return [*visual[:i], line, *visual[i + 2 :]]
    return visual


def _without_note(line: Line) -> Iterator[Line]:
    """The line, or a note of statute in the margin and the paragraph number set close to it."""
    fragment = line.pieces[-1][1]
    match = _NOTED_NUMBER.match(line.text)
    length = len(match[2]) if match else 0
    if match is None or length + 1 >= len(fragment.text):
        yield line
        return
    number = fragment.part(len(fragment.text) - length, len(fragment.text))
    line.pieces[-1] = (line.pieces[-1][0], fragment.part(0, len(fragment.text) - length - 1))
    line.text, line.x1 = match[1], line.pieces[-1][1].x1
    yield line
    yield Line.of(number)


def group_rows(visuals: Sequence[Visual], page_height: float) -> list[Group]:
    """Lines and table rows in reading order."""
    groups: list[Group] = []
    for visual in visuals:
        if len(visual) > 1 and (cell := _wrapped_cell(groups, visual)):
            # The first cell ran over two lines, and the file goes back up for the others.
            del groups[-len(cell) :]
            groups.append(Row([cell, *([line] for line in visual)], one_line=False))
        elif len(visual) > 1:
            groups.extend(_wide(groups, visual))
        else:
            _place(groups, visual[0], page_height)
    return groups


def _wrapped_cell(groups: Sequence[Group], visual: Visual) -> list[Line]:
    """The lines just before that are the first cell of this row; none where they are not."""
    above, first = groups[-1] if groups else None, visual[0]
    if not isinstance(above, Line) or _is_paragraph_start(visual[-1]):
        return []
    if not _beside([above], first):
        return []
    cell = _column_beside(groups, first)
    return cell if len(cell) > 1 and first.y1 > cell[0].y0 else []


def _wide(groups: Sequence[Group], visual: Visual) -> Iterator[Group]:
    """A visual line with wide gaps: a row, a margin note beside a paragraph, or justified text."""
    above = groups[-1] if groups else None
    if _is_paragraph_start(visual[-1]):
        yield from visual
    elif _evenly_spaced(visual) or (isinstance(above, Line) and _justified_after(above, visual)):
        yield _as_line(visual)
    else:
        yield Row([[line] for line in visual])


def _is_paragraph_start(line: Line) -> bool:
    """Whether the line opens a numbered paragraph with its number in a column of its own."""
    return line.set_apart and line.label is not None and line.label.kind == "decimal"


def _gap(visual: Visual) -> float:
    return max(b.x0 - a.x1 for a, b in pairwise(visual))


def _evenly_spaced(visual: Visual) -> bool:
    """Whether these are three words or more, set equally far apart: a justified line's words."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(visual)]
    words = [line.text.rpartition(" ")[2] if i == 0 else line.text for i, line in enumerate(visual)]
    even = max(gaps) - min(gaps) < 0.25 * max(gaps) < 0.75 * visual[0].size
    return len(gaps) > 1 and even and not any(" " in word or word.isdecimal() for word in words)


def _justified_after(above: Line, visual: Visual) -> bool:
    """Whether these are the words of a line that was stretched to the margin `above` reaches."""
    size = above.size
    return (
        abs(visual[-1].x1 - above.x1) < 0.4 * size
        and min(abs(visual[0].x0 - above.x0), abs(visual[0].x0 - above.body_x0)) < size
        and 0 < visual[0].y0 - above.y0 < 2 * size
        and _gap(visual) < 3 * size
    )


def _justified_before(visual: Visual, below: Line) -> bool:
    """Whether the line below runs on under the gaps, as text does and a table does not."""
    size = below.size
    return (
        min(abs(below.x0 - visual[0].x0), abs(below.x0 - visual[0].body_x0)) < size
        and visual[1].x0 - size < below.x1 < visual[-1].x1 + 0.4 * size
        and 0 < below.y0 - visual[0].y0 < 2 * size
        and _gap(visual) < 3 * size
    )


def _as_line(lines: Sequence[Line]) -> Line:
    line = lines[0]
    for other in lines[1:]:
        line.absorb(other, " ")
    return line


def _place(groups: list[Group], line: Line, page_height: float) -> None:
    """Put a line into the row it belongs to, or after everything."""
    last = groups[-1] if groups else None
    if isinstance(last, Row):
        if last.one_line and _justified_before([cell[0] for cell in last.cells], line):
            groups[-1] = _as_line([cell[0] for cell in last.cells])
        elif _continues_cell(last.cells[-1], line):
            last.cells[-1].append(line)
            last.one_line = False
            return
        elif _beside(last.cells[-1], line) and line.y0 < last.y1 and line.y1 > last.y0 - line.size:
            last.cells.append([line])
            last.one_line = False
            return
    elif last is not None and _beside([last], line):
        cell = _column_beside(groups, line)
        if _is_paragraph_start(line):
            groups[-len(cell) :] = [_as_line(cell)]
        elif line.y1 > cell[0].y0 - line.size and not _is_column(cell, page_height):
            groups[-len(cell) :] = [Row([cell, [line]], one_line=False)]
            return
    groups.append(line)


def _is_column(cell: Sequence[Line], page_height: float) -> bool:
    tall = cell[-1].y1 - cell[0].y0 > _TALLEST_ROW * page_height
    return tall or len(cell) > _MOST_CELL_LINES


def _continues_cell(cell: Sequence[Line], line: Line) -> bool:
    above = cell[-1]
    return (
        -0.5 * line.size < line.y0 - above.y1 < 1.1 * line.size
        and min(abs(line.x0 - part.x0) for part in (cell[0], above)) < 1.5 * line.size
        and abs(line.size - above.size) < 0.2 * above.size
        and any(letter.isalpha() for letter in cell[0].text)
    )


def _beside(cell: Sequence[Line], line: Line) -> bool:
    """Whether the line starts anew to the right of the cell, at its height or above its foot."""
    return (
        line.y0 < cell[-1].y1 - 0.3 * line.size
        and line.x0 > max(part.x1 for part in cell) - 0.5 * line.size
    )


def _column_beside(groups: Sequence[Group], line: Line) -> list[Line]:
    """The lines at the end of `groups` that stand left of `line`, not above it."""
    cell: list[Line] = []
    for group in reversed(groups):
        if isinstance(group, Row) or group.x1 > line.x0 + 0.5 * line.size:
            break
        if group.y1 < line.y0 + 0.3 * line.size or (cell and group.y0 > cell[0].y0):
            break
        cell.insert(0, group)
    return cell or [group for group in groups[-1:] if isinstance(group, Line)]

"""The order in which lines found anywhere on a page are read: rows, and columns where there are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from lionrock.documents.ocr.detection import Floats
from lionrock.documents.parsing.fragments import Glyph

_LEAST_ROWS = 5
_FILLED = 0.62
"""Lines of a column of text fill this part of its width on the mean; a table's cells do not."""


def in_order(boxes: Sequence[Floats]) -> list[Floats]:
    """Row by row from the top, each from the left; side by side columns one after the other."""
    flat = [
        (float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 0].max()), float(b[:, 1].max()))
        for b in boxes
    ]
    return [boxes[i] for row in _columns_apart(_rows(flat), flat) for i in row]


def _rows(boxes: Sequence[Glyph]) -> list[list[int]]:
    """Boxes whose middles lie within one another's height, as rows from the left."""
    rows: list[list[int]] = []
    for i in sorted(range(len(boxes)), key=lambda i: boxes[i][1] + boxes[i][3]):
        middle = (boxes[i][1] + boxes[i][3]) / 2
        for row in reversed(rows[-6:]):
            last = boxes[row[-1]]
            own, other = boxes[i][3] - boxes[i][1], last[3] - last[1]
            near = abs((last[1] + last[3]) / 2 - middle) < 0.4 * min(own, other)
            if near and not any(_side(boxes[i], boxes[j]) for j in row):
                row.append(i)
                break
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: boxes[i][0]) for row in rows]


def _side(a: Glyph, b: Glyph) -> bool:
    """One over the other: not in one row."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.5 * min(a[2] - a[0], b[2] - b[0])


def _columns_apart(rows: list[list[int]], boxes: Sequence[Glyph]) -> list[list[int]]:
    """Each stretch of rows that one gutter parts: its left column, then its right."""
    gutter = _gutter(boxes)
    if gutter is None:
        return rows
    found: list[list[int]] = []
    for parted, run in groupby(rows, key=lambda row: _parted(row, boxes, gutter)):
        stretch = list(run)
        left = [[i for i in row if boxes[i][2] <= gutter] for row in stretch]
        right = [[i for i in row if boxes[i][0] >= gutter] for row in stretch]
        if parted and _is_text(left, boxes) and _is_text(right, boxes):
            found += [row for row in left + right if row]
        else:
            found += stretch
    return found


def _parted(row: Sequence[int], boxes: Sequence[Glyph], x: float) -> bool:
    return all(boxes[i][2] <= x or boxes[i][0] >= x for i in row)


def _gutter(boxes: Sequence[Glyph]) -> float | None:
    """Where the fewest boxes are crossed near the middle of the text; None if that is many."""
    if len(boxes) < 2 * _LEAST_ROWS:
        return None
    left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
    places = [left + (right - left) * share / 100 for share in range(30, 71)]
    crossed = [sum(b[0] < x < b[2] for b in boxes) for x in places]
    least = min(crossed)
    open_ = [x for x, count in zip(places, crossed, strict=True) if count == least]
    return open_[len(open_) // 2] if least <= len(boxes) * 0.3 else None


def _is_text(column: Sequence[Sequence[int]], boxes: Sequence[Glyph]) -> bool:
    """Long lines, one a row: no cells of a table, no figures."""
    rows = [row for row in column if row]
    if len(rows) < _LEAST_ROWS:
        return False
    left = min(boxes[i][0] for row in rows for i in row)
    right = max(boxes[i][2] for row in rows for i in row)
    filled = sum(boxes[i][2] - boxes[i][0] for row in rows for i in row) / len(rows)
    return filled >= _FILLED * (right - left) and sum(map(len, rows)) < 1.7 * len(rows)

"""A page as pieces of text on lines, as the eye sees them: what is beside and below what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lionrock.documents.parsed import Box, ParsedPage
from lionrock.documents.tables import Table

_PARTS: Final = re.compile(r"\S(?:.*?\S)??(?=\s{2,}|\s*$)")
_SAME_LINE: Final = 0.5
"""The part of the lower of two pieces that must lie level with the other for them to be on one line."""
_SET_SOLID: Final = 0.25
"""Heights of a line between two lines of one cell."""
_NEAR: Final = 2.2
"""Heights of a line between a piece and the one below it that still belongs to it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `page.text[start:end]`: what stands together on a line, a cell of a table row."""

    text: str
    start: int
    end: int
    box: Box
    line: int

    @property
    def height(self) -> float:
        return self.box.y1 - self.box.y0


@dataclass(eq=False)
class Sheet:
    """A page of a document. `confidence`: of what was recognised, None where nothing was."""

    page: ParsedPage
    confidence: float | None = None
    tables: Sequence[Table] = ()

    @property
    def recognised(self) -> bool:
        return self.confidence is not None

    @cached_property
    def lines(self) -> list[list[Piece]]:
        """Pieces from top to bottom, each line's from left to right."""
        return _lines(self.page)

    def pieces(self) -> Iterator[Piece]:
        for line in self.lines:
            yield from line

    def right(self, piece: Piece) -> list[Piece]:
        """What follows on its line."""
        return [
            p for p in self.lines[piece.line] if p.box.x0 >= piece.box.x1 - 0.002 and p is not piece
        ]

    def left(self, piece: Piece) -> list[Piece]:
        return [
            p for p in self.lines[piece.line] if p.box.x1 <= piece.box.x0 + 0.002 and p is not piece
        ]

    def below(self, piece: Piece) -> Piece | None:
        """The nearest piece under it that shares some of its width; None where none is near."""
        for line in self.lines[piece.line + 1 : piece.line + 4]:
            for other in line:
                gap = other.box.y0 - piece.box.y1
                if gap > _NEAR * piece.height:
                    return None
                shared = min(other.box.x1, piece.box.x1) - max(other.box.x0, piece.box.x0)
                if shared > 0 and gap > -0.5 * piece.height:
                    return other
        return None

    def upper_line(self, piece: Piece) -> Piece | None:
        """The piece of which this one is the lower line: set from the same left edge, close above it."""
        for other in self.lines[piece.line - 1] if piece.line else ():
            close = piece.box.y0 - other.box.y1 < _SET_SOLID * piece.height
            if close and abs(other.box.x0 - piece.box.x0) < 0.01:
                return other
        return None

    def joined(self, first: Piece, last: Piece) -> bool:
        """Whether nothing but white space stands between the two in the text of the page."""
        return first.end <= last.start and not self.page.text[first.end : last.start].strip()


def _lines(page: ParsedPage) -> list[list[Piece]]:
    rows: list[list[tuple[int, int, Box]]] = []
    for part in sorted(_parts(page), key=lambda p: (p[2].y0 + p[2].y1, p[2].x0)):
        row = next((row for row in reversed(rows[-3:]) if _level(row[-1][2], part[2])), None)
        if row is None:
            rows.append([part])
        else:
            row.append(part)
    return [
        [Piece(page.text[a:b], a, b, box, number) for a, b, box in sorted(row, key=lambda p: p[2].x0)]
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _parts(page: ParsedPage) -> Iterator[tuple[int, int, Box]]:
    for run in page.runs:
        for match in _PARTS.finditer(page.text[run.start : run.end]):
            a, b = match.span()
            yield run.start + a, run.start + b, Box(run.xs[a], run.y0, run.xs[b], run.y1)


def _level(one: Box, other: Box) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    apart = one.x1 <= other.x0 + 0.01 or other.x1 <= one.x0 + 0.01
    return apart and shared >= _SAME_LINE * min(one.y1 - one.y0, other.y1 - other.y0)

"""A line read: its text, where each character stands on the page, how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lionrock.documents.ocr.cutting import Cut
from lionrock.documents.ocr.networks import Letter
from lionrock.documents.parsing.fragments import Glyph


@dataclass(slots=True)
class Line:
    """A line as it was cut and read. `text`, `sure` and `read` have one entry a character; `read`
    holds what stood there before a correction, or nothing."""

    cut: Cut
    letters: list[Letter]
    text: list[str] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.text:
            self.text = [letter.choices[0][0] for letter in self.letters]
            self.sure = [letter.choices[0][1] for letter in self.letters]
            self.read = [""] * len(self.text)

    @property
    def confidence(self) -> float:
        """The mean over its characters but spaces; 0 without any."""
        sure = [p for p, c in zip(self.sure, self.text, strict=True) if c != " "]
        return sum(sure) / len(sure) if sure else 0.0

    def corrected(self, i: int, text: str, sure: float) -> None:
        """Put `text` in the place of character `i`, which is kept as what was read."""
        self.read[i] = self.read[i] or self.text[i]
        self.text[i], self.sure[i] = text, sure

    def edges(self) -> list[float]:
        """Edges of the characters along the cut's picture, in its pixels: between two middles,
        nearer to the narrower character."""
        width = self.cut.picture.shape[1]
        reach = [_reach(text) * self.cut.picture.shape[0] for text in self.text]
        at = [letter.at for letter in self.letters]
        inner = [a + min((b - a) * ra / (ra + rb), ra) for (a, b), (ra, rb) in _pairs(at, reach)]
        first, last = max(at[0] - reach[0], 0.0), min(at[-1] + reach[-1], float(width))
        return [min(first, at[0]), *inner, max(last, at[-1])]

    def boxes(self) -> list[Glyph]:
        """The box of each character on the page as it was cut from, in its pixels."""
        if self.cut.cells is not None:
            return self._cell_boxes(self.cut.cells)
        edges, (width, height) = self.edges(), self.cut.picture.shape[1::-1]
        corners = [tuple(map(float, point)) for point in self.cut.corners]
        # The cut's upper left corner is the box's first, second … corner by its turn.
        a, b, c, d = (corners[(i - self.cut.turn) % 4] for i in range(4))
        boxes = []
        for e0, e1 in pairwise(edges):
            points = [_between(p, q, e / width) for e in (e0, e1) for p, q in ((a, b), (d, c))]
            xs, ys = zip(*points, strict=True)
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
        del height
        return boxes

    def _cell_boxes(self, cells: Sequence[tuple[int, int]]) -> list[Glyph]:
        (x0, y0), (x1, _), (x2, _), (x3, _) = (map(float, p) for p in self.cut.corners)
        left, right = min(x0, x3), max(x1, x2)
        found = []
        for letter in self.letters:
            start, end = cells[min(int(letter.at / self.cut.side), len(cells) - 1)]
            found.append((left, y0 + start, right, y0 + end))
        return found


def _reach(text: str) -> float:
    """Half a character's usual width as a part of its line's height, which the finder of lines
    makes a third higher than its characters."""
    if text >= "\u2e80":
        return 0.38
    return 0.12 if text in " .,:;'|!il()[]-" else 0.2


def _pairs(
    at: Sequence[float], reach: Sequence[float]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(zip(pairwise(at), pairwise(reach), strict=True))


def _between(p: tuple[float, ...], q: tuple[float, ...], share: float) -> tuple[float, float]:
    return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

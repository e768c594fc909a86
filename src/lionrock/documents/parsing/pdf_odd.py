"""Lines of a PDF that are no row of boxes from left to right: turned, vertical, right to left, or
with characters that have no box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from lionrock.documents.parsing.fragments import WIDE_GAP, Fragment, Glyph, even, tidied
from lionrock.documents.parsing.pdf_chars import Characters
from lionrock.documents.parsing.text import BREAK_HYPHEN, UNTIDY

DIAGONAL = -1
"""The turn of text that runs aslant: a watermark, which is no part of the text."""

_READS_DOWN = 3


def odd_fragments(
    characters: Characters, start: int, end: int, size: float, turn: int
) -> list[Fragment]:
    """The fragments of such a line; `turn` as in `Characters.facing`."""
    if turn == DIAGONAL:
        return []
    text, boxes = _boxed(characters, start, end)
    if not text:
        return []
    fonts = characters.line_fonts(start, end)
    x0, y0, x1, y1 = _bounds(boxes)
    if turn or y1 - y0 > 2.6 * size:
        turned = turn or _READS_DOWN
        straight = [_turned(box, turned, characters.width, characters.height) for box in boxes]
        return [
            _part(text, boxes, straight, first, last, size, fonts, turned)
            for first, last in _parts(text, straight, WIDE_GAP * size)
        ]
    if all(a[0] <= b[0] + size for a, b in pairwise(boxes)):
        text, xs = tidied(text, [*(box[0] for box in boxes), x1], size)
        return [Fragment(text, even(xs), y0, y1, size, fonts)]
    # Right to left: the edges, spread evenly, serve the layout only.
    step = (x1 - x0) / len(boxes)
    xs = [x0 + step * i for i in range(len(boxes) + 1)]
    return [Fragment(text, xs, y0, y1, size, fonts, glyphs=boxes)]


def _part(
    text: str,
    boxes: Sequence[Glyph],
    straight: Sequence[Glyph],
    first: int,
    last: int,
    size: float,
    fonts: tuple[bytes, bytes],
    turn: int,
) -> Fragment:
    """Characters `first` to `last` of a turned line, whose `straight` boxes are turned back."""
    part = straight[first:last]
    xs = list(accumulate([*(box[0] for box in part), part[-1][2]], max))
    _, y0, _, y1 = _bounds(part)
    glyphs = list(boxes[first:last])
    return Fragment(text[first:last], xs, y0, y1, size, fonts, turn=turn, glyphs=glyphs)


def _boxed(characters: Characters, start: int, end: int) -> tuple[str, list[Glyph]]:
    """The characters that can be seen, spaces between them included, and their boxes."""
    text = characters.text[start:end].replace(BREAK_HYPHEN, "-")
    glyphs = characters.boxes(range(start, end))
    untidy = bool(UNTIDY.search(text))
    letters: list[str] = []
    kept: list[Glyph] = []
    for letter, (x0, y0, x1, y1) in zip(text, glyphs, strict=True):
        if letter == " ":
            if not letters or letters[-1] == " ":
                continue
        elif (x1 - x0 <= 0.01 >= y1 - y0) or (untidy and UNTIDY.match(letter)):
            continue
        letters.append(letter)
        kept.append((x0, y0, max(x1, x0), max(y1, y0 + 0.5)))
    if letters and letters[-1] == " ":
        del letters[-1], kept[-1]
    return "".join(letters), kept


def _turned(box: Glyph, turn: int, width: float, height: float) -> Glyph:
    """The box on the page turned clockwise by so many quarters."""
    x0, y0, x1, y1 = box
    if turn == 1:
        return height - y1, x0, height - y0, x1
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    return y0, width - x1, y1, width - x0


def _parts(text: str, boxes: Sequence[Glyph], limit: float) -> Iterator[tuple[int, int]]:
    """The stretches of text between gaps wider than `limit`, and jumps back as wide."""
    cuts = [
        i + 1
        for i, (a, b) in enumerate(pairwise(boxes))
        if b[0] - a[2] > limit or b[0] < a[0] - limit
    ]
    for first, last in zip([0, *cuts], [*cuts, len(boxes)], strict=True):
        part = text[first:last]
        lead = len(part) - len(part.lstrip(" "))
        if lead < len(part):
            yield first + lead, first + len(part.rstrip(" "))


def _bounds(boxes: Sequence[Glyph]) -> Glyph:
    """The smallest box around all of them."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )

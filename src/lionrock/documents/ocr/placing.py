"""Lines read to fragments: points, sizes, gaps, and the stretches in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from lionrock.documents.ocr.lines import Line
from lionrock.documents.ocr.recognised import Doubt
from lionrock.documents.parsing.fragments import WIDE_GAP, Fragment, Glyph, even, tidied
from lionrock.documents.parsing.text import plain_characters

_DOUBT = 0.7
"""A character less sure than this is to be compared with the picture."""

_INK = 0.74
"""A line's height without the margin that the finder of lines leaves, as a part of it."""

_READS_DOWN = 3
_FONT = (b"", b"")
_SAME = 0.14
"""Sizes that differ by less than this part are one: they are measured, not told."""


def placed(
    lines: Sequence[Line], scale: float, width: int, height: int
) -> tuple[list[Fragment], list[Doubt], float]:
    """Fragments in points (`scale` points a pixel), doubts, and the mean confidence. `width` and
    `height` are the page's in pixels."""
    fragments: list[Fragment] = []
    doubtful: list[Doubt] = []
    weight = total = 0.0
    page = (width * scale, height * scale)
    for line in lines:
        size = _size(line) * scale
        glyphs = [_scaled(box, scale) for box in line.boxes()]
        straight = [_straightened(box, _turn(line), *page) for box in glyphs]
        for start, end in _parts(line, straight, size):
            fragment, kept = _fragment(line, glyphs, straight, start, end, size)
            if not fragment.text:
                continue
            doubtful += _doubts(line, kept, len(fragments))
            fragments.append(fragment)
            weight += sum(line.sure[i] for i in kept if i >= 0)
            total += sum(i >= 0 for i in kept)
    _even_sizes(fragments)
    return fragments, doubtful, weight / total if total else 0.0


def _turn(line: Line) -> int:
    return _READS_DOWN if line.cut.cells is not None else line.cut.turn


def _size(line: Line) -> float:
    """The font size in pixels: the usual distance of Chinese characters, else by the height."""
    high = float(line.cut.picture.shape[0])
    if line.cut.cells is not None:
        return high * _INK
    at, text = [letter.at for letter in line.letters], line.text
    steps = sorted(
        b - a
        for (a, b), (s, t) in zip(pairwise(at), pairwise(text), strict=True)
        if s >= "\u3400" and t >= "\u3400"
    )
    pitch = steps[len(steps) // 2] if len(steps) >= 3 else 0.0
    return pitch if 0.5 * high < pitch < 0.95 * high else _INK * high


def _scaled(box: Glyph, scale: float) -> Glyph:
    x0, y0, x1, y1 = box
    return x0 * scale, y0 * scale, x1 * scale, y1 * scale


def _straightened(box: Glyph, turn: int, width: float, height: float) -> Glyph:
    """The box on the page turned clockwise by so many quarters."""
    x0, y0, x1, y1 = box
    if turn == 1:
        return height - y1, x0, height - y0, x1
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    return (y0, width - x1, y1, width - x0) if turn == 3 else box


def _parts(line: Line, boxes: Sequence[Glyph], size: float) -> Iterator[tuple[int, int]]:
    """Stretches between gaps that part two cells."""
    cuts = [i + 1 for i, (a, b) in enumerate(pairwise(boxes)) if b[0] - a[2] > WIDE_GAP * size]
    for start, end in zip([0, *cuts], [*cuts, len(boxes)], strict=True):
        while start < end and line.text[start] == " ":
            start += 1
        while end > start and line.text[end - 1] == " ":
            end -= 1
        if start < end:
            yield start, end


def _fragment(
    line: Line,
    glyphs: Sequence[Glyph],
    straight: Sequence[Glyph],
    start: int,
    end: int,
    size: float,
) -> tuple[Fragment, list[int]]:
    """The fragment, and for each of its characters which of the line's it is."""
    raw = "".join(line.text[start:end])
    boxes = straight[start:end]
    xs = list(accumulate([*(box[0] for box in boxes), boxes[-1][2]], max))
    y0, y1 = _level(boxes)
    turn = _turn(line)
    if turn:
        fragment = Fragment(
            raw, even(xs), y0, y1, size, _FONT, turn=turn, glyphs=list(glyphs[start:end])
        )
        return fragment, list(range(start, end))
    text, xs = tidied(plain_characters(raw), xs, size)
    kept = _matched(raw, text, start)
    return Fragment(text, even(xs), y0, y1, size, _FONT), kept


def _level(boxes: Sequence[Glyph]) -> tuple[float, float]:
    """Upper and lower edge, by the mean of a line that slopes a little, without the margin."""
    upper = sum(box[1] for box in boxes) / len(boxes)
    lower = sum(box[3] for box in boxes) / len(boxes)
    margin = (lower - upper) * 0.09
    return upper + margin, max(lower - margin, upper + margin + 0.5)


def _matched(raw: str, text: str, start: int) -> list[int]:
    """For each character of the tidied text the line's that it comes from; -1 for none."""
    found, at = [], 0
    for letter in text:
        place = raw.find(letter, at)
        if place < 0 or place > at + 3:
            place = at if letter != " " else -1
        found.append(start + min(place, len(raw) - 1) if place >= 0 else -1)
        at = place + 1 if place >= 0 else at
    return found


def _doubts(line: Line, kept: Sequence[int], fragment: int) -> Iterator[Doubt]:
    """Neighbouring characters in doubt as one stretch; a corrected one alone."""
    start = None
    for i, source in enumerate([*kept, -1]):
        corrected = source >= 0 and bool(line.read[source])
        unsure = source >= 0 and line.sure[source] < _DOUBT and line.text[source] != " "
        if start is not None and (corrected or not unsure):
            yield Doubt(fragment, start, i, _least(line, kept[start:i]))
            start = None
        if corrected:
            yield Doubt(fragment, i, i + 1, round(line.sure[source], 3), line.read[source])
        elif unsure and start is None:
            start = i


def _least(line: Line, sources: Sequence[int]) -> float:
    return round(min(line.sure[i] for i in sources), 3)


def _even_sizes(fragments: Sequence[Fragment]) -> None:
    """Sizes near the page's commonest made that one, then of the rest likewise, so that headings
    stand out and lines do not."""
    rest = list(fragments)
    while rest:
        letters: Counter[float] = Counter()
        for fragment in rest:
            letters[max(round(fragment.size * 2) / 2, 0.5)] += len(fragment.text)
        usual = letters.most_common(1)[0][0]
        near = [f for f in rest if abs(f.size - usual) <= max(_SAME * usual, 0.25)]
        rest = [f for f in rest if abs(f.size - usual) > max(_SAME * usual, 0.25)]
        for fragment in near:
            fragment.size = usual

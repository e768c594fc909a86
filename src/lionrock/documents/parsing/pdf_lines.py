"""Line fragments of a PDF page: stretches of one visual line without a wide gap inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import lt, sub

from lionrock.documents.parsing.fragments import WIDE_GAP, Fragment, even, tidied
from lionrock.documents.parsing.numbering import SUPERSCRIPT
from lionrock.documents.parsing.pdf_chars import Characters
from lionrock.documents.parsing.pdf_odd import odd_fragments
from lionrock.documents.parsing.text import BREAK_HYPHEN

_OVERPRINT = 0.3
"""Text shifted by less than this part of its size is printed over itself."""

_DINGBATS = re.compile(rb"dings|dingbat|symbol", re.IGNORECASE)
_BREAK = rf"\r\n{BREAK_HYPHEN}"
_PIECE = re.compile(rf"[^ \0{_BREAK}](?:[^{_BREAK}]*[^ \0{_BREAK}])?{BREAK_HYPHEN}?")
_FIGURES = re.compile(r"\d+")


def fragments_of(characters: Characters) -> list[Fragment]:
    """The page's fragments in the order of its text, which is pdfium's reading order."""
    found = _fragments(characters)
    if any(f.xs[-1] - f.xs[0] < 0.05 or f.y1 - f.y0 < 0.05 for f in found):
        characters.measure_tightly()  # a font whose metrics say nothing
        found = _fragments(characters)
    return _without_overprint(found)


def _fragments(characters: Characters) -> list[Fragment]:
    text, upper, lower = characters.text, characters.upper, characters.lower
    gaps = list(map(sub, characters.left[1:], characters.right))
    found: list[Fragment] = []
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        sample = _sample(text, start, end)
        height = upper[sample] - lower[sample]
        size, turn = characters.facing(sample, height)
        top, foot = max(upper[start:end]), min(lower[start:end])
        if turn:
            found += odd_fragments(characters, start, end, size, turn)
        elif top - foot <= 1.6 * height and (
            end - start == 1 or max(gaps[start : end - 1]) <= WIDE_GAP * size
        ):
            found += _fragment(characters, start, end, top, foot, size)
        else:
            for first, last in _parts(characters, gaps, start, end, size):
                top, foot = max(upper[first:last]), min(lower[first:last])
                sample = _sample(text, first, last)
                size, _ = characters.facing(sample, upper[sample] - lower[sample])
                found += _fragment(characters, first, last, top, foot, size)
    return found


def _sample(text: str, start: int, end: int) -> int:
    """A character that speaks for the line: the middle one, or one beside it that is no space."""
    middle = (start + end) // 2
    return middle if text[middle] != " " else max(middle - 1, start)


def _parts(
    characters: Characters, gaps: Sequence[float], start: int, end: int, size: float
) -> Iterator[tuple[int, int]]:
    """The parts of a line between wide gaps; pdfium at times takes two lines for one, where the
    second begins with a raised figure."""
    text, lower = characters.text, characters.lower
    cuts = [
        i + 1
        for i in range(start, end - 1)
        if gaps[i] > WIDE_GAP * size
        or (gaps[i] < -2 * size and abs(lower[i + 1] - lower[i]) > 0.3 * size)
    ]
    for first, last in zip([start, *cuts], [*cuts, end], strict=True):
        part = text[first:last]
        lead = len(part) - len(part.lstrip(" "))
        if lead < len(part):
            yield first + lead, first + len(part.rstrip(" "))


def _fragment(
    characters: Characters, start: int, end: int, top: float, foot: float, size: float
) -> list[Fragment]:
    """The fragment of characters `start` to `end`, whose boxes reach from `foot` up to `top`."""
    text = characters.text[start:end]
    xs = [*characters.left[start:end], characters.right[end - 1]]
    rising = all(map(lt, xs, xs[1:]))
    if top - foot > 2.6 * size or (not rising and min(xs) < xs[0] - size):
        return odd_fragments(characters, start, end, size, 0)
    if not rising:
        text = _once(text, xs, _OVERPRINT * size)
        xs = xs[: len(text) + 1]
    if max(characters.lower[start:end]) > foot + 0.15 * (top - foot):
        text = _raise_figures(characters, text, start)
    if characters.origin_x:
        xs = [x - characters.origin_x for x in xs]
    text, xs = tidied(text, xs, size)
    if not text:
        return []
    if not rising:
        xs = even(xs)
    fonts = characters.line_fonts(start, end)
    if len(text) == 1 and _DINGBATS.search(fonts[0]):
        text = "•"
    y0, y1 = characters.origin_y - top, characters.origin_y - foot
    return [Fragment(text, xs, y0, max(y1, y0 + 0.5), size, fonts)]


def _raise_figures(characters: Characters, text: str, start: int) -> str:
    """Small figures above the line as superscript characters, so that "10³" is not "103"."""
    for match in _FIGURES.finditer(text):
        last = match.end()
        for first in range(match.start(), last):
            beside = _beside(text, first, last)
            if beside is not None and _is_raised(characters, start + first, start + beside):
                raised = text[first:last].translate(SUPERSCRIPT)
                text = f"{text[:first]}{raised}{text[last:]}"
                break
    return text


def _beside(text: str, first: int, last: int) -> int | None:
    """The nearest character before, or else after, that is no space."""
    before = len(text[:first].rstrip(" ")) - 1
    if before >= 0:
        return before
    after = len(text) - len(text[last:].lstrip(" "))
    return after if after < len(text) else None


def _is_raised(characters: Characters, i: int, beside: int) -> bool:
    upper, lower = characters.upper, characters.lower
    height = upper[beside] - lower[beside]
    return upper[i] - lower[i] < 0.8 * height and lower[i] > lower[beside] + 0.15 * height


def _without_overprint(fragments: list[Fragment]) -> list[Fragment]:
    """Without fragments printed twice, a hair apart, to look bold or to throw a shadow."""
    kept: list[Fragment] = []
    seen: dict[str, list[Fragment]] = {}
    for fragment in fragments:
        twins = seen.get(fragment.text)
        if twins is None:
            seen[fragment.text] = [fragment]
        elif any(_printed_over(fragment, twin) for twin in twins):
            continue
        else:
            twins.append(fragment)
        kept.append(fragment)
    return kept


def _printed_over(a: Fragment, b: Fragment) -> bool:
    near = _OVERPRINT * a.size
    return abs(a.xs[0] - b.xs[0]) < near and abs(a.y0 - b.y0) < near


def _once(text: str, xs: list[float], near: float) -> str:
    """The text, or its first half where the second is printed over it: "Total Total"."""
    half = len(text) // 2
    doubled = text[:half] == text[half + 1 :] and half > 2 and abs(xs[half + 1] - xs[0]) < near
    return text[:half] if doubled else text

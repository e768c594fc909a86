"""Line fragments of a PDF page: stretches of one visual line without a wide gap inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import sub

from lionrock.documents.parsing.fragments import WIDE_GAP, Fragment, tidied
from lionrock.documents.parsing.numbering import SUPERSCRIPT
from lionrock.documents.parsing.pdf_chars import Characters
from lionrock.documents.parsing.pdf_odd import odd_fragments
from lionrock.documents.parsing.text import BREAK_HYPHEN

_OVERPRINT = 0.3
"""Text shifted by less than this part of its size is printed over itself."""

_DINGBATS = re.compile(rb"dings|dingbat|symbol", re.IGNORECASE)
_BREAK = rf"\r\n{BREAK_HYPHEN}"
_PIECE = re.compile(rf"[^ \0{_BREAK}](?:[^{_BREAK}]*[^ \0{_BREAK}])?{BREAK_HYPHEN}?")
_RAISED = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


def fragments_of(characters: Characters) -> list[Fragment]:
    """The page's fragments in the order of its text, which is pdfium's reading order."""
    found = list(_fragments(characters))
    if not characters.tight and any(f.x1 - f.x0 < 0.05 or f.y1 - f.y0 < 0.05 for f in found):
        characters.measure_tightly()  # turned or metric-less text: advances say nothing of it
        found = list(_fragments(characters))
    return _without_overprint(found)


def _fragments(characters: Characters) -> Iterator[Fragment]:
    text, upper, lower = characters.text, characters.upper, characters.lower
    gaps = list(map(sub, characters.left[1:], characters.right))
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        top, foot = max(upper[start:end]), min(lower[start:end])
        size, turn = characters.facing(_sample(text, start, end), top - foot)
        if turn:
            yield from odd_fragments(characters, start, end, size, turn)
        elif max(gaps[start : end - 1], default=0.0) <= WIDE_GAP * size:
            yield from _fragment(characters, start, end, top, foot, size)
        else:
            for first, last in _split(text, gaps, start, end, WIDE_GAP * size):
                top, foot = max(upper[first:last]), min(lower[first:last])
                size, _ = characters.facing(_sample(text, first, last), top - foot)
                yield from _fragment(characters, first, last, top, foot, size)


def _sample(text: str, start: int, end: int) -> int:
    """A character that speaks for the line: the middle one, or the next that is no space."""
    middle = (start + end) // 2
    return middle if text[middle] != " " else min(middle + 1, end - 1)


def _split(
    text: str, gaps: Sequence[float], start: int, end: int, limit: float
) -> Iterator[tuple[int, int]]:
    """The parts of a line between its wide gaps."""
    cuts = [i + 1 for i in range(start, end - 1) if gaps[i] > limit]
    for first, last in zip([start, *cuts], [*cuts, end], strict=True):
        part = text[first:last]
        lead = len(part) - len(part.lstrip(" "))
        if lead < len(part):
            yield first + lead, first + len(part.rstrip(" "))


def _fragment(
    characters: Characters, start: int, end: int, top: float, foot: float, size: float
) -> Iterator[Fragment]:
    """The fragment of characters `start` to `end`, whose boxes reach from `foot` up to `top`."""
    text = characters.text[start:end]
    xs = list(characters.left[start:end])
    xs.append(characters.right[end - 1])
    if top - foot > 2.6 * size or (sorted(xs) != xs and min(xs) < xs[0] - size):
        yield from odd_fragments(characters, start, end, size, 0)
        return
    if sorted(xs) != xs and len(once := _once(text, xs, _OVERPRINT * size)) < len(text):
        text, xs = once, xs[: len(once) + 1]
    if max(characters.lower[start:end]) > foot + 0.15 * (top - foot):
        text = _raise_figures(characters, text, start, foot, top)
    if characters.origin_x:
        xs = [x - characters.origin_x for x in xs]
    text, xs = tidied(text, xs, size)
    if text:
        fonts = characters.line_fonts(start, end)
        if len(text) == 1 and _DINGBATS.search(fonts[0]):
            text = "•"
        y0, y1 = characters.origin_y - top, characters.origin_y - foot
        yield Fragment(text, xs, y0, max(y1, y0 + 0.5), size, fonts)


def _raise_figures(
    characters: Characters, text: str, start: int, lower: float, upper: float
) -> str:
    """Small figures above the line as superscript characters, so that "10³" is not "103"."""
    for match in _RAISED.finditer(text):
        i = start + match.start()
        own = characters.upper[i] - characters.lower[i]
        if own < 0.8 * (upper - lower) and characters.lower[i] > lower + 0.15 * (upper - lower):
            raised = match[0].translate(SUPERSCRIPT)
            text = f"{text[: match.start()]}{raised}{text[match.end() :]}"
    return text


def _without_overprint(fragments: list[Fragment]) -> list[Fragment]:
    """Without fragments printed twice, a hair apart, to look bold or to throw a shadow."""
    kept: list[Fragment] = []
    seen: dict[str, list[Fragment]] = {}
    for fragment in fragments:
        twins = seen.setdefault(fragment.text, [])
        near = _OVERPRINT * fragment.size
        if not any(
            abs(t.x0 - fragment.x0) < near and abs(t.y0 - fragment.y0) < near for t in twins
        ):
            kept.append(fragment)
            twins.append(fragment)
    return kept


def _once(text: str, xs: list[float], near: float) -> str:
    """The text, or its first half where the second is printed over it."""
    half = len(text) // 2
    doubled = text[:half] == text[half + 1 :] and half > 2 and abs(xs[half + 1] - xs[0]) < near
    return text[:half] if doubled else text

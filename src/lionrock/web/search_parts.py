"""What a list of results shows of a passage: the stretch that speaks for it, with its words marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

SHOWN: Final = 420
"""Characters of a passage that a result shows."""
_BEFORE: Final = 60
_WORDS: Final = 8
Span = tuple[int, int]


class Segment(NamedTuple):
    """A stretch of text. `near`: of the sentence whose meaning is nearest to the question."""

    text: str
    marked: bool
    near: bool


def segments(text: str, marked: Sequence[Span], nearest: Span | None) -> list[Segment]:
    """The stretch of `text` to be shown, cut where a mark or the nearest sentence begins or ends."""
    start, end = _window(text, marked, nearest)
    near = nearest if nearest and nearest[1] - nearest[0] < len(text) else (0, 0)
    edges = {start, end}
    for a, b in (*marked, near):
        edges |= {e for e in (a, b) if start < e < end}
    cuts = sorted(edges)
    found = [
        Segment(text[a:b], any(x <= a < y for x, y in marked), near[0] <= a < near[1])
        for a, b in pairwise(cuts)
    ]
    before = [Segment("… ", False, False)] if start else []
    after = [Segment(" …", False, False)] if end < len(text) else []
    return [*before, *found, *after]


def _window(text: str, marked: Sequence[Span], nearest: Span | None) -> Span:
    """`SHOWN` characters, from a little before the nearest sentence; without one, from the mark after
    which most marks follow."""
    if len(text) <= SHOWN:
        return 0, len(text)
    if nearest is not None:
        begin = nearest[0]
    else:
        within = {a: sum(a <= x < a + SHOWN for x, _ in marked) for a, _ in marked}
        begin = max(within, key=lambda a: (within[a], -a), default=0)
    start = min(max(begin - _BEFORE, 0), len(text) - SHOWN)
    if start:
        # At the beginning of a word, where there is one near.
        blank = text.find(" ", start, start + _BEFORE)
        start = blank + 1 if 0 <= blank < begin else start
    end = min(start + SHOWN, len(text))
    if end < len(text) and text[end - 1].isascii() and not text[end].isspace():
        # Not within a word either, unless it is a long one.
        blank = text.rfind(" ", end - _BEFORE, end)
        end = blank if blank > start else end
    return start, end


def found_words(text: str, marked: Sequence[Span]) -> list[str]:
    """What is marked, as it is written there, each once: some of it."""
    words = dict.fromkeys(text[a:b] for a, b in marked)
    seen: dict[str, str] = {}
    for word in words:
        seen.setdefault(word.casefold(), word)
    return list(seen.values())[:_WORDS]

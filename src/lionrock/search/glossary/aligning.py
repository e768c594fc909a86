"""Passages of two documents set side by side, where one is the other's translation.

Dynamic programming over lengths (Gale and Church 1993, "A Program for Aligning Sentences in Bilingual
Corpora"), with what both sides share counted too: paragraph numbers, figures, Latin words. Time and
memory: linear in the passages, times the width of the band that is searched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lionrock.documents.language import HAN

_BAND: Final = 60
_MOST_PLACES: Final = 1_000_000
"""Pairs of places that a band wider than that may take in."""
_STEPS: Final = (((1, 1), 0.0), ((1, 2), 2.5), ((2, 1), 2.5), ((1, 0), 4.5), ((0, 1), 4.5))
"""How many passages of each side a step takes, and what it costs: one for one is the rule."""
_SHARED = re.compile(r"\d[\d.,]*\d|\d+|[A-Za-z]{2,}")
_HAN_LENGTH: Final = 3.4
"""English characters that say what one Chinese character says."""
_VARIANCE: Final = 6.8


@dataclass(frozen=True, slots=True)
class Part:
    """A passage: its text, and the number it bears, if any."""

    text: str
    number: str = ""


def align(first: Sequence[Part], second: Sequence[Part]) -> list[tuple[str, str]]:
    """Texts that stand for one another, in order; what has no counterpart is left out."""
    a, b = [_Side.of(p) for p in first], [_Side.of(p) for p in second]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    slope = len(b) / max(1, len(a))
    room = _MOST_PLACES // (2 * len(a) + 2)
    band = max(_BAND, min(abs(len(a) - len(b)) + 10, room))
    for i in range(len(a) + 1):
        middle = round(i * slope)
        for j in range(max(0, middle - band), min(len(b), middle + band) + 1):
            for (di, dj), price in _STEPS:
                before = best.get((i - di, j - dj))
                if before is None or i < di or j < dj:
                    continue
                cost = before[0] + price + _cost(a[i - di : i], b[j - dj : j])
                if (i, j) not in best or cost < best[i, j][0]:
                    best[i, j] = cost, (di, dj)
    return _walked(first, second, best)


def _walked(
    first: Sequence[Part], second: Sequence[Part],
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
) -> list[tuple[str, str]]:  # fmt: skip
    place, found = (len(first), len(second)), []
    while place != (0, 0) and place in best:
        i, j = place
        di, dj = best[place][1]
        if di and dj:
            left, right = (
                "\n".join(p.text for p in side) for side in (first[i - di : i], second[j - dj : j])
            )
            found.append((left, right))
        place = i - di, j - dj
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Side:
    length: float
    number: str
    shared: frozenset[str]

    @classmethod
    def of(cls, part: Part) -> _Side:
        han = len(HAN.findall(part.text))
        length = len(part.text) - han + han * _HAN_LENGTH
        shared = frozenset(m.casefold() for m in _SHARED.findall(part.text))
        return cls(length, part.number.strip("().第條章 "), shared)


def _cost(a: Sequence[_Side], b: Sequence[_Side]) -> float:
    if not a or not b:
        return 0.0
    one, other = sum(s.length for s in a), sum(s.length for s in b)
    off = (other - one) / math.sqrt(_VARIANCE * max(one, other, 1.0))
    cost = min(12.0, off * off / 4)
    numbers = {s.number for s in a if s.number}, {s.number for s in b if s.number}
    if all(numbers):
        cost += -3.0 if numbers[0] & numbers[1] else 3.0
    here = frozenset[str]().union(*(s.shared for s in a))
    there = frozenset[str]().union(*(s.shared for s in b))
    digits = {t for t in here | there if t[0].isdigit()}
    if digits:
        cost += 2.0 - 4.0 * len(digits & here & there) / len(digits)
    return cost - min(2.0, 0.5 * len({t for t in here & there if t not in digits}))

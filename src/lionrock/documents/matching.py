"""Which paragraph of one text is which of another: the surest pairs are taken first.

By what they say where that is the same, then by their number, then by likeness. difflib finds what is
the same in the same order (Python's own, Ratcliff and Obershelp 1988).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Protocol

from lionrock.documents.language import HAN

TOKEN: Final = re.compile(rf"{HAN.pattern}|\s+|[^\W_]+|.", re.DOTALL)
_LIKE: Final = 0.5
"""The least similarity (of words, 0 to 1) of two paragraphs taken for one that was changed."""
SAME_NUMBER: Final = 0.2
"""The least for two of the same number."""
_MOST_COMPARED: Final = 400_000
"""Pairs weighed by similarity; beyond, each is weighed with so many of its neighbours only."""
_MOST_PARAGRAPHS_REPEATED: Final = 1_000_000
"""Pairs of equal paragraphs that difflib is given: it takes time for each of them again and again. Beyond,
only what both begin and end with is the same."""


class Placed(Protocol):
    """A paragraph as far as matching looks at it."""

    @property
    def number(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...


class Matching:
    """`pairs`: places in `older` to places in `newer`, each at most once."""

    def __init__(self, older: Sequence[Placed], newer: Sequence[Placed]) -> None:
        self._older, self._newer = older, newer
        self.pairs: dict[int, int] = {}
        self._taken: set[int] = set()

    def pair(self, i: int, j: int) -> None:
        self.pairs[i] = j
        self._taken.add(j)

    def left(self) -> tuple[list[int], list[int]]:
        """The older and the newer paragraphs that have no pair."""
        return (
            [i for i in range(len(self._older)) if i not in self.pairs],
            [j for j in range(len(self._newer)) if j not in self._taken],
        )

    def by_words(self) -> None:
        """The same in the same order first, so that what repeats is not taken for moved."""
        a, b = [folded(p.text) for p in self._older], [folded(p.text) for p in self._newer]
        for i, j, size in same(a, b, _MOST_PARAGRAPHS_REPEATED):
            for k in range(size):
                self.pair(i + k, j + k)
        rest: dict[str, list[int]] = {}
        for j, text in enumerate(b):
            if j not in self._taken:
                rest.setdefault(text, []).append(j)
        for i, text in enumerate(a):
            if i not in self.pairs and rest.get(text):
                self.pair(i, rest[text].pop(0))

    def by_number(self, least: float = SAME_NUMBER) -> None:
        """`least`: how like their words must be for it; 0 for texts of two languages."""
        numbered: dict[tuple[str, str], int] = {}
        for j, p in enumerate(self._newer):
            if j not in self._taken and p.number:
                numbered.setdefault((p.number, p.heading), j)
                numbered.setdefault((p.number, ""), j)
        for i, p in enumerate(self._older):
            if i in self.pairs or not p.number:
                continue
            for key in ((p.number, p.heading), (p.number, "")):
                found = numbered.get(key, -1)
                if found < 0 or found in self._taken:
                    continue
                if likeness(p.text, self._newer[found].text) >= least:
                    self.pair(i, found)
                    break

    def by_likeness(self) -> None:
        left, right = self.left()
        near = _MOST_COMPARED // max(len(left), 1)
        bags = {j: _bag(self._newer[j].text) for j in right}
        weighed = []
        for i in left:
            bag, place = _bag(self._older[i].text), i * len(self._newer) // len(self._older)
            first = min(max(bisect_left(right, place) - near // 2, 0), max(len(right) - near, 0))
            for j in right[first : first + max(near, 1)]:
                share = _share(bag, bags[j])
                if share >= _LIKE:
                    weighed.append((-share, abs(i - j), i, j))
        for _, _, i, j in sorted(weighed):
            if i not in self.pairs and j not in self._taken:
                self.pair(i, j)


def same(a: Sequence[str], b: Sequence[str], most: int) -> list[tuple[int, int, int]]:
    """What both share in one order, as (place in a, place in b, length); last both ends, of length 0."""
    often = Counter(b)
    if sum(n * often[token] for token, n in Counter(a).items()) <= most:
        blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
        return [(m.a, m.b, m.size) for m in blocks]
    shorter = min(len(a), len(b))
    first = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    last = next((n for n in range(shorter - first) if a[-n - 1] != b[-n - 1]), shorter - first)
    return [(0, 0, first), (len(a) - last, len(b) - last, last), (len(a), len(b), 0)]


def folded(text: str) -> str:
    return " ".join(text.split())


def likeness(a: str, b: str) -> float:
    """The share of words, or Chinese characters, that two texts have in common (Dice)."""
    return _share(_bag(a), _bag(b))


def _bag(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for token in TOKEN.findall(text.lower()):
        if not token.isspace():
            found[token] = found.get(token, 0) + 1
    return found


def _share(a: dict[str, int], b: dict[str, int]) -> float:
    small, large = (a, b) if len(a) < len(b) else (b, a)
    common = sum(min(n, large.get(token, 0)) for token, n in small.items())
    return 2 * common / (sum(a.values()) + sum(b.values()) or 1)


def moved(pairs: dict[int, int]) -> set[int]:
    """Older paragraphs that stand elsewhere in the order: those not on a longest run that stays in
    order (patience sorting, Fredman 1975)."""
    tails: list[int] = []
    at: list[int] = []
    came: dict[int, int | None] = {}
    for i in sorted(pairs):
        place = bisect_left(tails, pairs[i])
        tails[place : place + 1] = [pairs[i]]
        at[place : place + 1] = [i]
        came[i] = at[place - 1] if place else None
    stays: set[int] = set()
    last = at[-1] if at else None
    while last is not None:
        stays.add(last)
        last = came[last]
    return set(pairs) - stays


def in_order(
    older: int, newer: int, pairs: dict[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    """(newer, older) places of so many: the newer's order, and what was removed after what it followed."""
    back = {j: i for i, j in pairs.items()}
    follows: dict[int | None, list[int]] = {}
    anchor: int | None = None
    for i in range(older):
        if i in pairs:
            anchor = pairs[i]
        else:
            follows.setdefault(anchor, []).append(i)
    yield from ((None, i) for i in follows.get(None, []))
    for j in range(newer):
        yield j, back.get(j)
        yield from ((None, i) for i in follows.get(j, []))

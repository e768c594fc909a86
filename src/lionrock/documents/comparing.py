"""Two versions of a document compared, paragraph by paragraph.

Paragraphs are matched by what they say where that is the same, then by their number, then by
similarity; what stands elsewhere in the order is moved. Changed ones carry marks, by words, and by
characters in Chinese. difflib does the comparing (Python's own, Ratcliff and Obershelp 1988).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.language import HAN
from lionrock.documents.versions import Version

_TOKEN: Final = re.compile(rf"{HAN.pattern}|\s+|[^\W_]+|.", re.DOTALL)
_LIKE: Final = 0.5
"""The least similarity (of words, 0 to 1) of two paragraphs taken for one that was changed."""
_SAME_NUMBER: Final = 0.2
"""The least for two of the same number."""
_MOST_COMPARED: Final = 400_000
"""Pairs weighed by similarity; beyond, each is weighed with so many of its neighbours only."""
_MOST_REPEATED: Final = 100_000
_MOST_PARAGRAPHS_REPEATED: Final = 1_000_000
"""Pairs of equal words, and of equal paragraphs, that difflib is given: it takes time for each of them
again and again. Beyond, only what both begin and end with is the same."""


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Span(BaseModel):
    """A stretch of a paragraph; `marked`: it is not in the other one."""

    model_config = ConfigDict(frozen=True)
    text: str
    marked: bool = False


class Paragraph(BaseModel):
    """One paragraph as it stands in one version, with its page."""

    model_config = ConfigDict(frozen=True)
    number: str
    heading: str
    text: str
    page: int


class Compared(BaseModel):
    """A paragraph of the older version, of the newer, or both. `moved`: it stands elsewhere in the order."""

    model_config = ConfigDict(frozen=True)
    change: Change
    moved: bool = False
    older: Paragraph | None = None
    newer: Paragraph | None = None
    before: list[Span] = []
    after: list[Span] = []


class Comparison(BaseModel):
    """Every paragraph of both versions in the newer one's order, what was removed where it stood."""

    model_config = ConfigDict(frozen=True)
    document_id: UUID
    older: Version
    newer: Version
    counts: dict[str, int]
    """How many of each change, and "moved"."""
    paragraphs: list[Compared]


def compared(older: Sequence[Paragraph], newer: Sequence[Paragraph]) -> list[Compared]:
    """Growth: linear in paragraphs that are the same; of the others, their pairs up to a bound."""
    matching = _Matching(older, newer)
    matching.by_words()
    matching.by_number()
    matching.by_likeness()
    pairs = matching.pairs
    moved = _moved(pairs)
    back = {j: i for i, j in pairs.items()}
    found: list[Compared] = []
    for j, i in _order(older, newer, pairs):
        if j is None:
            assert i is not None
            found.append(Compared(change=Change.REMOVED, older=older[i], before=_all(older[i])))
        elif i is None:
            found.append(Compared(change=Change.ADDED, newer=newer[j], after=_all(newer[j])))
        else:
            found.append(_one(older[i], newer[j], moved=back[j] in moved))
    return found


def counts(paragraphs: Sequence[Compared]) -> dict[str, int]:
    found = {change.value: 0 for change in Change} | {"moved": 0}
    for p in paragraphs:
        found[p.change] += 1
        found["moved"] += p.moved
    return found


def marks(before: str, after: str) -> tuple[list[Span], list[Span]]:
    """Both texts cut into what they share and what they do not; joined, each is its text again."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    left: list[Span] = []
    right: list[Span] = []
    a0 = b0 = 0
    for i, j, size in _same(a, b, _MOST_REPEATED):
        for tokens, start, end, at, spans in (
            (a, a0, i, i + size, left),
            (b, b0, j, j + size, right),
        ):
            spans += [Span(text="".join(tokens[start:end]), marked=True)] if end > start else []
            spans += [Span(text="".join(tokens[end:at]))] if size else []
        a0, b0 = i + size, j + size
    return left, right


def _same(a: Sequence[str], b: Sequence[str], most: int) -> list[tuple[int, int, int]]:
    """What both share in one order, as (place in a, place in b, length); last both ends, of length 0."""
    often = Counter(b)
    if sum(n * often[token] for token, n in Counter(a).items()) <= most:
        blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
        return [(m.a, m.b, m.size) for m in blocks]
    shorter = min(len(a), len(b))
    first = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    last = next((n for n in range(shorter - first) if a[-n - 1] != b[-n - 1]), shorter - first)
    return [(0, 0, first), (len(a) - last, len(b) - last, last), (len(a), len(b), 0)]


def _one(a: Paragraph, b: Paragraph, *, moved: bool) -> Compared:
    if _folded(a.text) == _folded(b.text):
        return Compared(
            change=Change.SAME, moved=moved, older=a, newer=b, before=_all(a), after=_all(b)
        )
    before, after = marks(a.text, b.text)
    return Compared(
        change=Change.CHANGED, moved=moved, older=a, newer=b, before=before, after=after
    )


def _all(paragraph: Paragraph) -> list[Span]:
    return [Span(text=paragraph.text)]


def _folded(text: str) -> str:
    return " ".join(text.split())


class _Matching:
    """Which older paragraph is which newer one: the surest pairs are taken first."""

    def __init__(self, older: Sequence[Paragraph], newer: Sequence[Paragraph]) -> None:
        self._older, self._newer = older, newer
        self.pairs: dict[int, int] = {}
        self._taken: set[int] = set()

    def _pair(self, i: int, j: int) -> None:
        self.pairs[i] = j
        self._taken.add(j)

    def by_words(self) -> None:
        """The same in the same order first, so that what repeats is not taken for moved."""
        a, b = [_folded(p.text) for p in self._older], [_folded(p.text) for p in self._newer]
        for i, j, size in _same(a, b, _MOST_PARAGRAPHS_REPEATED):
            for k in range(size):
                self._pair(i + k, j + k)
        rest: dict[str, list[int]] = {}
        for j, text in enumerate(b):
            if j not in self._taken:
                rest.setdefault(text, []).append(j)
        for i, text in enumerate(a):
            if i not in self.pairs and rest.get(text):
                self._pair(i, rest[text].pop(0))

    def by_number(self) -> None:
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
                if likeness(p.text, self._newer[found].text) >= _SAME_NUMBER:
                    self._pair(i, found)
                    break

    def by_likeness(self) -> None:
        left = [i for i in range(len(self._older)) if i not in self.pairs]
        right = [j for j in range(len(self._newer)) if j not in self._taken]
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
                self._pair(i, j)


def likeness(a: str, b: str) -> float:
    """The share of words, or Chinese characters, that two texts have in common (Dice)."""
    return _share(_bag(a), _bag(b))


def _bag(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for token in _TOKEN.findall(text.lower()):
        if not token.isspace():
            found[token] = found.get(token, 0) + 1
    return found


def _share(a: dict[str, int], b: dict[str, int]) -> float:
    small, large = (a, b) if len(a) < len(b) else (b, a)
    common = sum(min(n, large.get(token, 0)) for token, n in small.items())
    return 2 * common / (sum(a.values()) + sum(b.values()) or 1)


def _moved(pairs: dict[int, int]) -> set[int]:
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


def _order(
    older: Sequence[Paragraph], newer: Sequence[Paragraph], pairs: dict[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    """(newer, older) places: the newer's order, and what was removed after what it followed."""
    back = {j: i for i, j in pairs.items()}
    follows: dict[int | None, list[int]] = {}
    anchor: int | None = None
    for i in range(len(older)):
        if i in pairs:
            anchor = pairs[i]
        else:
            follows.setdefault(anchor, []).append(i)
    yield from ((None, i) for i in follows.get(None, []))
    for j in range(len(newer)):
        yield j, back.get(j)
        yield from ((None, i) for i in follows.get(j, []))

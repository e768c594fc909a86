"""Two versions of a document compared, paragraph by paragraph.

Paragraphs are matched by what they say where that is the same, then by their number, then by
similarity; what stands elsewhere in the order is moved. Changed ones carry marks, by words, and by
characters in Chinese. difflib does the comparing (Python's own, Ratcliff and Obershelp 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lionrock.documents.matching import TOKEN, Matching, folded, in_order, moved, same
from lionrock.documents.versions import Version

_MOST_REPEATED: Final = 100_000
"""Pairs of equal words that difflib is given; see `matching`."""


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
    places: tuple[tuple[int, int, int], ...] = Field(default=(), exclude=True)
    """(page, start, end) in page texts, in the order of `text`; of a heading not known."""


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
    matching = Matching(older, newer)
    matching.by_words()
    matching.by_number()
    matching.by_likeness()
    pairs = matching.pairs
    elsewhere = moved(pairs)
    back = {j: i for i, j in pairs.items()}
    found: list[Compared] = []
    for j, i in in_order(len(older), len(newer), pairs):
        if j is None:
            assert i is not None
            found.append(Compared(change=Change.REMOVED, older=older[i], before=_all(older[i])))
        elif i is None:
            found.append(Compared(change=Change.ADDED, newer=newer[j], after=_all(newer[j])))
        else:
            found.append(_one(older[i], newer[j], moved=back[j] in elsewhere))
    return found


def counts(paragraphs: Sequence[Compared]) -> dict[str, int]:
    found = {change.value: 0 for change in Change} | {"moved": 0}
    for p in paragraphs:
        found[p.change] += 1
        found["moved"] += p.moved
    return found


def marks(before: str, after: str) -> tuple[list[Span], list[Span]]:
    """Both texts cut into what they share and what they do not; joined, each is its text again."""
    a, b = TOKEN.findall(before), TOKEN.findall(after)
    left: list[Span] = []
    right: list[Span] = []
    a0 = b0 = 0
    for i, j, size in same(a, b, _MOST_REPEATED):
        for tokens, start, end, at, spans in (
            (a, a0, i, i + size, left),
            (b, b0, j, j + size, right),
        ):
            spans += [Span(text="".join(tokens[start:end]), marked=True)] if end > start else []
            spans += [Span(text="".join(tokens[end:at]))] if size else []
        a0, b0 = i + size, j + size
    return left, right


def _one(a: Paragraph, b: Paragraph, *, moved: bool) -> Compared:
    if folded(a.text) == folded(b.text):
        return Compared(
            change=Change.SAME, moved=moved, older=a, newer=b, before=_all(a), after=_all(b)
        )
    before, after = marks(a.text, b.text)
    return Compared(
        change=Change.CHANGED, moved=moved, older=a, newer=b, before=before, after=after
    )


def _all(paragraph: Paragraph) -> list[Span]:
    return [Span(text=paragraph.text)]

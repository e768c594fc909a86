"""What a question asks the word index: its own words, its translation's, and what the glossary adds.

The one way from a question to passages by words; SearchService and the benchmark both take it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lionrock.search.figures import names
from lionrock.search.filters import Scope
from lionrock.search.glossary.expansion import NOTHING, Expansion
from lionrock.search.lexical import LexicalIndex
from lionrock.search.ranking import inverse_document_frequencies, share_of_words
from lionrock.search.tokens import is_chinese, terms

BY_WORDS = 50


@dataclass(frozen=True, slots=True)
class ByWords:
    """Passages that share words with the question."""

    shares: dict[UUID, float]
    """Each passage's BM25 score as a share of what could be had: the best of the readings."""
    readings: list[list[UUID]]
    """The passages of each reading, best first."""
    english: dict[str, float]
    """What each term is worth against English text, and against Chinese."""
    chinese: dict[str, float]
    figures: tuple[str, ...] = ()
    """Dates, amounts, shares and durations that the question tells, by name."""


_Reading = tuple[Sequence[str] | Mapping[str, float], list[str], Collection[str] | None]
"""What is looked for; the terms whose worth is the most it could score; and, of a reading that tells a
part of the question alone, the question's terms that it tells."""


def look_up(
    index: LexicalIndex, readings: Sequence[str], scope: Scope | None, *, chinese: bool,
    expansion: Expansion = NOTHING, limit: int = BY_WORDS,
) -> ByWords:  # fmt: skip
    """Passages by words. `readings` is the question, which `chinese` tells the language of, and its
    translation if there is one. Blocks for milliseconds."""
    own = terms(readings[0])
    told_figures = tuple(dict.fromkeys(name for reading in readings for name in names(reading)))
    asked: list[_Reading] = [(own, own, None), *((t, t, None) for t in map(terms, readings[1:]))]
    if same := expansion.of(chinese=chinese):
        asked.append((dict(same) | dict.fromkeys(own, 1.0), own, None))
    if other := expansion.of(chinese=not chinese):
        # Figures and names in Latin letters are the same in both.
        shared = [t for t in own if not is_chinese(t) and (chinese or any(map(str.isdigit, t)))]
        mixed = dict.fromkeys(shared, 1.0) | dict(other)
        told = {t for used in expansion.used for t in terms(used.found)}
        asked.append((mixed, list(mixed), told.union(shared)))
    shares: dict[UUID, float] = {}
    found: list[list[UUID]] = []
    worth: list[dict[str, float]] = []
    for wanted, of, told_of in asked:
        weights = inverse_document_frequencies(index.frequencies(of), len(index))
        hits = index.search(wanted, limit, scope, told_figures)
        part = 1.0 if told_of is None else _part(worth[0], told_of)
        for passage, share in share_of_words(hits, weights).items():
            shares[passage] = max(shares.get(passage, 0.0), share * part)
        found.append([passage for passage, _ in hits])
        worth.append(weights)
    in_own = worth[0]
    in_other = worth[1] if len(readings) > 1 else worth[-1] if other else in_own
    english, han = (in_other, in_own) if chinese else (in_own, in_other)
    return ByWords(shares, found, english, han, told_figures)


def _part(worth: Mapping[str, float], told: Collection[str]) -> float:
    """How much of the question's worth a reading tells: one term of ten is no whole answer."""
    return sum(w for t, w in worth.items() if t in told) / (sum(worth.values()) or 1.0)

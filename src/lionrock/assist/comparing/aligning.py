"""Which clause of one text answers which of the other.

By the same words first and by likeness of words, as versions are matched; then what is left by meaning,
which also finds a clause put in quite other words or in the other language. By meaning two clauses are a
pair when they are nearer to each other than each is to its next neighbours (Artetxe and Schwenk 2019,
"Margin-based Parallel Corpus Mining"): cosines of short and long clauses are not comparable otherwise.
Figures and a number that both state, and neighbours that are a pair, speak for it; between two pairs in
order less is asked for.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.assist.comparing.sides import Side, plain
from lionrock.assist.translate.numbers import normal
from lionrock.documents.comparing import Paragraph
from lionrock.documents.figures import figures
from lionrock.documents.language import detect
from lionrock.documents.matching import SAME_NUMBER, Matching, moved
from lionrock.search.centring import means_of

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_NEIGHBOURS: Final = 4
_LEAST, _LEAST_BETWEEN, _SURE = 1.1, 0.9, 1.2
"""Margin from which two clauses are a pair; from which they are one between two pairs in order; and from
which their neighbours are likelier one. On paragraphs of official reports and their translations, 15 % of
each side left out: precision 0.96 and recall 0.97 in order, 0.93 and 0.90 shuffled."""
_FIGURES, _NUMBER, _BESIDE = 0.1, 0.05, 0.1
"""What shared figures, the same number, and a sure pair right before or after add to the margin."""
_UNLIKE, _UNLIKE_IN_ONE = 0.25, 0.45
"""Cosines, without the languages' means, up to which clauses may have nothing to do with each other: across
languages, and in one language."""
_IDIOMS: Final = 2
"""Figures up to this are said by idioms and articles."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is compared of one clause."""

    vector: Array
    english: bool
    number: str
    figures: frozenset[Fraction]


def matched(first: Side, second: Side) -> Matching:
    """The pairs that words tell. `Matching.left` has no pair yet."""
    matching = Matching(_folded(first), _folded(second))
    matching.by_words()
    matching.by_likeness()
    return matching


def by_number(matching: Matching, first: Side, second: Side) -> None:
    """For where meaning cannot be asked."""
    across = (first.language == "en") != (second.language == "en")
    matching.by_number(least=0 if across else SAME_NUMBER)


def by_meaning(matching: Matching, a: Sequence[Told], b: Sequence[Told]) -> None:
    """Pair what is left. `a`, `b`: of the clauses of `matching.left()`, in their order."""
    left, right = matching.left()
    margins = _margins(a, b)
    for i, j in _greedy(_weighed(margins, a, b), _LEAST):
        matching.pair(left[i], right[j])
    between = _between(matching.pairs, left, right)
    for i, j in _greedy(margins * between, _LEAST_BETWEEN):
        matching.pair(left[i], right[j])


def _weighed(margins: Array, a: Sequence[Told], b: Sequence[Told]) -> Array:
    """Margins with what else speaks for a pair. Memory: n × m floats, some four times."""
    weights = (margins + _shared(a, b)) * (margins > 0)
    beside = np.zeros_like(weights)
    for i, j in _greedy(weights, _SURE):
        for step in (-1, 1):
            if 0 <= i + step < len(a) and 0 <= j + step < len(b):
                beside[i + step, j + step] = _BESIDE
    weighed: Array = weights + beside * (weights > 0)
    return weighed


def _margins(a: Sequence[Told], b: Sequence[Told]) -> Array:
    """Each cosine over the mean of both sides' nearest; 0 where it is no more than clauses that have
    nothing to do with each other may have. Where a clause has too few neighbours, such ones are thought
    beside it: two clauses alone are no pair by being nearest."""
    cosines = np.stack([t.vector for t in a]) @ np.stack([t.vector for t in b]).T
    same = np.array([t.english for t in a])[:, None] == np.array([t.english for t in b])[None, :]
    unlike = np.where(same, _UNLIKE_IN_ONE, _UNLIKE).astype(np.float32)
    beside, below = np.repeat(unlike[:, :1], _NEIGHBOURS, 1), np.repeat(unlike[:1], _NEIGHBOURS, 0)
    rows = np.partition(np.hstack([cosines, beside]), -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS:]
    columns = np.partition(np.vstack([cosines, below]), -_NEIGHBOURS, axis=0)[-_NEIGHBOURS:]
    around = (rows.mean(axis=1)[:, None] + columns.mean(axis=0)[None, :]) / 2
    margins: Array = np.where(cosines >= unlike, cosines / np.maximum(around, 1e-3), 0)
    return margins


def _shared(a: Sequence[Told], b: Sequence[Told]) -> Array:
    """Of figures: all where the shorter list is in the other, half of it off where none is shared."""
    found = np.zeros((len(a), len(b)), np.float32)
    stated = [(j, other.figures) for j, other in enumerate(b) if other.figures]
    numbered: dict[str, list[int]] = {}
    for j, other in enumerate(b):
        numbered.setdefault(other.number, []).append(j)
    for i, one in enumerate(a):
        for j, theirs in stated if one.figures else ():
            common = len(one.figures & theirs)
            least = min(len(one.figures), len(theirs))
            found[i, j] = _FIGURES * (common / least if common else -0.5)
        if one.number:
            found[i, numbered.get(one.number, [])] += _NUMBER
    return found


def _between(pairs: dict[int, int], left: Sequence[int], right: Sequence[int]) -> Mask:
    """Which of the clauses that still have no pair stand between the same two pairs, those out of order
    not counted."""
    elsewhere = moved(pairs)
    anchors = sorted(i for i in pairs if i not in elsewhere)
    others = [pairs[i] for i in anchors]
    a = np.array([bisect(anchors, i) for i in left])
    b = np.array([bisect(others, j) for j in right])
    free = np.isin(left, [*pairs], invert=True), np.isin(right, [*pairs.values()], invert=True)
    allowed: Mask = (a[:, None] == b[None, :]) & free[0][:, None] & free[1][None, :]
    return allowed


def _greedy(weights: Array, least: float) -> list[tuple[int, int]]:
    rows, columns = np.nonzero(weights >= least)
    order = np.argsort(-weights[rows, columns], kind="stable")
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    pairs = []
    for i, j in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if i not in taken_a and j not in taken_b:
            taken_a.add(i)
            taken_b.add(j)
            pairs.append((i, j))
    return pairs


def told(encoder: str, clauses: Sequence[Paragraph], vectors: Array) -> list[Told]:
    """`vectors` (n × d) without what each owes to its language alone, each of length 1. The means of
    `encoder` must be known: see `centring.measured`."""
    means = means_of(encoder, vectors.shape[1]).sentences
    own = vectors - np.stack([means[detect(c.text) != "en"] for c in clauses])
    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-6)
    return [
        Told(vector, detect(clause.text) == "en", clause.number, _figures(clause.text))
        for vector, clause in zip(own, clauses, strict=True)
    ]


def _figures(text: str) -> frozenset[Fraction]:
    return frozenset(f.value for f in figures(normal(text)) if f.value > _IDIOMS)


def _folded(side: Side) -> list[Paragraph]:
    """As `plain` tells them, so that the same text with another number is the same."""
    return [p.model_copy(update={"text": plain(p.text)}) for p in side.paragraphs]

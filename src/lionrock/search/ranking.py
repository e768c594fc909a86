"""Two kinds of evidence made one score: shared words, and nearness of meaning.

BM25 has no upper bound, so it is taken as the share of what the question's terms could score at most;
a question in another language then simply gets no points from words, instead of noise. The sum is
the best sentence's centred similarity plus a weight times that share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lionrock.search.dense import Near

WORDS_WEIGHT = 0.15
_SATURATION = 2.2
"""BM25's k1 + 1: what a term counts at most, in multiples of its weight."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage with both scores; `words` is between 0 and about 1."""

    passage_id: UUID
    score: float
    words: float
    meaning: float


def inverse_document_frequencies(frequencies: Mapping[str, int], total: int) -> dict[str, float]:
    """What each term is worth (Robertson and Spärck Jones 1976, with the usual smoothing)."""
    return {t: math.log(1 + (total - n + 0.5) / (n + 0.5)) for t, n in frequencies.items()}


def share_of_words(
    by_words: Sequence[tuple[UUID, float]], weights: Mapping[str, float]
) -> dict[UUID, float]:
    """Each passage's BM25 score as a share of the most that the question's terms could score."""
    most = _SATURATION * sum(weights.values()) or 1.0
    return {passage: score / most for passage, score in by_words}


def combine(words: Mapping[UUID, float], near: Sequence[Near]) -> list[Scored]:
    """Passages of both rankings, best first."""
    best: dict[UUID, tuple[float, float]] = {}
    for n in near:
        best[n.passage_id] = max(best.get(n.passage_id, (-9.0, 0.0)), (n.centred, n.meaning))
    floor = (min((centred for centred, _ in best.values()), default=0.0), 0.0)
    scored = []
    for passage in dict.fromkeys([*best, *words]):
        (centred, meaning), share = best.get(passage, floor), words.get(passage, 0.0)
        scored.append(Scored(passage, centred + WORDS_WEIGHT * share, share, meaning))
    return sorted(scored, key=lambda s: -s.score)

"""Two kinds of evidence made one score: shared words, and nearness of meaning.

BM25 has no upper bound, so it is taken as the share of what the question's terms could score at most;
a question in another language then simply gets no points from words, instead of noise. The sum is
the best sentence's centred similarity plus a weight times that share; see design/2026-11-22-retrieval.md
for how the weight was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lionrock.search.dense import Near

WORDS_DECIDE = 0.25
"""What the best passage by words gets for them; others in proportion to their shares."""
WORDS_WEIGHT = 0.15
"""… and between passages that it has words of and passages that it has none of; the evidence ranker
chooses its sentences with it."""
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


def combine(
    words: Mapping[UUID, float], near: Sequence[Near], spoken: Collection[bool] = (False, True)
) -> list[Scored]:
    """Passages of both rankings, best first.

    `spoken`: of which languages (Chinese or not) the question has words. A passage of another can
    share none; it is put a little below the best that does, and its meaning decides.
    """
    best: dict[UUID, tuple[float, float]] = {}
    mute: set[UUID] = set()
    for n in near:
        best[n.passage_id] = max(best.get(n.passage_id, (-9.0, 0.0)), (n.centred, n.meaning))
        if n.chinese not in spoken:
            mute.add(n.passage_id)
    floor = (min((centred for centred, _ in best.values()), default=0.0), 0.0)
    top = max(words.values(), default=0.0) or 1.0
    instead = WORDS_DECIDE - WORDS_WEIGHT * min(top, 1.0)
    scored = []
    for passage in dict.fromkeys([*best, *words]):
        (centred, meaning), share = best.get(passage, floor), words.get(passage, 0.0)
        counted = WORDS_DECIDE * share / top
        if passage in mute:
            counted = max(counted, instead)
        scored.append(Scored(passage, centred + counted, share, meaning))
    return sorted(scored, key=lambda s: -s.score)


def cited_first(ranked: Sequence[Scored], cited: Sequence[UUID]) -> list[Scored]:
    """Passages that the question names come before all others, in the order it names them."""
    known = {s.passage_id: s for s in ranked}
    first = [known.get(p) or Scored(p, 0.0, 0.0, 0.0) for p in cited]
    return [*first, *(s for s in ranked if s.passage_id not in set(cited))]

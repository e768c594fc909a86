"""The slot for a reranker: a model that reads question and passage together, after the fusion.

It orders the first `FIRST` passages anew, those that the question cites aside. Only passages that the
actor may read, under the filters of the search, are sent. What it cannot do, for whatever reason, leaves
the order as it was, and the hits say so.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from lionrock.documents.schemas import Passage
from lionrock.errors import LionrockError, Unavailable
from lionrock.kernel.telemetry.measures import Measures
from lionrock.search.ranking import Scored

log = logging.getLogger(__name__)
FIRST: Final = 30
_MOST_CHARACTERS: Final = 4000
"""Of a passage with its heading: more than passages have, but for single endless lines."""


class Reranker(Protocol):
    async def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers the question: finite, higher is better, on any scale.

        Within a time limit of its own. A `LionrockError` when there is no answer to be had, such as
        `Unavailable`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """Passages, best first; `scores` of those that the reranker read."""

    ranked: Sequence[Scored]
    scores: Mapping[UUID, float] = field(default_factory=dict)
    failed: bool = False
    """A reranker was asked, and the order is the one without it."""


async def reordered(
    reranker: Reranker, question: str, ranked: Sequence[Scored], cited: Collection[UUID],
    there: Mapping[UUID, Passage], measures: Measures,
) -> Order:  # fmt: skip
    """`ranked` with its first passages in the reranker's order; `there` are those that may be read."""
    named = [s for s in ranked if s.passage_id in cited]
    others = [s for s in ranked if s.passage_id in there and s.passage_id not in cited]
    first = others[:FIRST]
    if len(first) < 2:
        return Order(ranked)
    try:
        texts = [_read_as(there[s.passage_id]) for s in first]
        found = await reranker.scores(question, texts)
        if len(found) != len(first) or not all(map(math.isfinite, found)):
            raise Unavailable("The reranker did not score each passage.")
    except LionrockError as error:
        measures.not_reranked.add()
        log.warning("results are not reranked: %s", error.code())
        return Order(ranked, failed=True)
    measures.reranked.add()
    scores = {s.passage_id: float(score) for s, score in zip(first, found, strict=True)}
    best = sorted(first, key=lambda s: -scores[s.passage_id])
    return Order([*named, *best, *others[FIRST:]], scores)


def _read_as(passage: Passage) -> str:
    """A passage with the headings above it, without which many say little."""
    return f"{passage.heading}\n{passage.text}".strip()[:_MOST_CHARACTERS]

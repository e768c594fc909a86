"""The measuring: variants and customers, screened as they would be in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.screening.entities import Entity, Name
from lionrock.screening.registry.customers import Customer
from lionrock.screening.registry.entries import Stored
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.screener import Against, Asked, Screener
from lionrock.screening.registry.states import ListState
from lionrock.screening.tuning import simulation
from lionrock.screening.tuning.facts import FLOOR, ClassFacts, Miss, Pair, Side, VariantKind
from lionrock.screening.tuning.progress import Count, uncounted
from lionrock.screening.tuning.variants import variants

if TYPE_CHECKING:
    import asyncpg

_CHUNK: Final = 50


@dataclass(slots=True)
class Tried:
    """What became of variants."""

    scores: list[float] = field(default_factory=list)
    found: dict[VariantKind, list[bool]] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def classes(self) -> list[ClassFacts]:
        made = []
        for kind, each in self.found.items():
            share, lowest = round(sum(each) / len(each), 4), simulation.least(sum(each), len(each))
            made.append(
                ClassFacts(kind=kind, tried=len(each), found=sum(each), recall=share, least=lowest)
            )
        return made


@dataclass(frozen=True, slots=True)
class _Trial:
    kind: VariantKind
    list: ListState
    stored: Stored
    query: Entity


async def try_variants(
    db: asyncpg.Connection, tenant: UUID, screener: Screener, against: Against,
    drawn: Sequence[tuple[ListState, Stored]], random: Random, count: Count = uncounted,
) -> Tried:  # fmt: skip
    """Each variant is screened with nothing but a name, and must hit the entry it was made of."""
    trials = [
        _Trial(v.kind, one, stored, Entity("q", stored.entity.schema, (Name(v.text),)))
        for one, stored in drawn
        for v in variants(stored.entity, random)
    ]
    tried = Tried()
    for start in range(0, len(trials), _CHUNK):
        count(start, len(trials))
        chunk = trials[start : start + _CHUNK]
        hits = await screener.hits(db, tenant, against, [Asked(t.query) for t in chunk])
        for trial, found in zip(chunk, hits, strict=True):
            _note(tried, screener, trial, found)
    return tried


def _note(tried: Tried, screener: Screener, trial: _Trial, hits: Sequence[Hit]) -> None:
    score = round(screener.engine.compare(trial.query, trial.stored.entity).score, 4)
    hit = any(h.list.id == trial.list.ref.id and h.entry_id == trial.stored.entry_id for h in hits)
    tried.scores.append(score)
    tried.found.setdefault(trial.kind, []).append(hit)
    if not hit:
        threshold = trial.list.threshold_for("", screener.engine.threshold)
        tried.misses.append(
            Miss(
                kind=trial.kind, list=trial.list.ref.name, entry=trial.stored.entity.id,
                listed=trial.stored.entity.caption, screened=trial.query.caption,
                compared=score, threshold=round(threshold, 4),
            )
        )  # fmt: skip


async def find_exactly(
    db: asyncpg.Connection, tenant: UUID, screener: Screener, against: Against,
    one: ListState, drawn: Sequence[Stored],
) -> int:  # fmt: skip
    """How many of the entries are hit by their own first name, with no other particular."""
    asked = [Asked(Entity("q", s.entity.schema, s.entity.names[:1])) for s in drawn]
    hits = await screener.hits(db, tenant, against, asked)
    return sum(
        any(h.list.id == one.ref.id and h.entry_id == s.entry_id for h in found)
        for s, found in zip(drawn, hits, strict=True)
    )


@dataclass(slots=True)
class Crowd:
    """Customers that were screened at `FLOOR`."""

    best: list[float] = field(default_factory=list)
    """Of each customer; 0 for none."""
    scores: list[float] = field(default_factory=list)
    """Of each pair."""
    hit: int = 0
    above: list[Pair] = field(default_factory=list)
    below: list[Pair] = field(default_factory=list)

    def side(self, pairs: list[Pair], count: int, random: Random) -> Side:
        drawn = random.sample(pairs, min(count, len(pairs)))
        return Side(all=len(pairs), pairs=sorted(drawn, key=lambda p: -p.score))


async def try_customers(
    db: asyncpg.Connection, tenant: UUID, screener: Screener, against: Against,
    drawn: Sequence[Customer], count: Count = uncounted,
) -> Crowd:  # fmt: skip
    """Each as it is screened in use, and down to `FLOOR`. The line is the threshold of the list for the
    type of customer."""
    crowd, low = Crowd(), against.state.at(FLOOR)
    lists = {s.ref.id: s for s in against.state.lists}
    for start in range(0, len(drawn), _CHUNK):
        count(start, len(drawn))
        chunk = drawn[start : start + _CHUNK]
        found = await screener.hits(db, tenant, against, [c.asked for c in chunk], state=low)
        for customer, hits in zip(chunk, found, strict=True):
            crowd.best.append(max((round(h.score, 4) for h in hits), default=0.0))
            raised = False
            for hit in hits:
                crowd.scores.append(hit.score)
                pair = Pair(
                    customer=customer.entity.id, list=hit.list.name, entry=hit.entry.id,
                    listed=hit.entry.caption, score=round(hit.score, 4),
                )  # fmt: skip
                line = lists[hit.list.id].threshold_for(customer.type, screener.engine.threshold)
                (crowd.above if hit.score >= line else crowd.below).append(pair)
                raised = raised or hit.score >= line
            crowd.hit += raised
    return crowd

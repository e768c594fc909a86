"""A payment message against the lists in use: each list by its threshold, and each hit kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID, uuid4

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.payments.answers import PaymentAnswer, check
from lionrock.screening.payments.reading import read_payments
from lionrock.screening.registry.engine import SearchIndex
from lionrock.screening.registry.entries import Stored, of_index_id
from lionrock.screening.registry.registry import Registry
from lionrock.screening.registry.states import State
from lionrock.screening.registry.tabular import sha256_of

if TYPE_CHECKING:
    import asyncpg


@dataclass(slots=True)
class Listed:
    """An index that holds each list to its own threshold and remembers what it found."""

    index: SearchIndex
    state: State
    found: list[tuple[Entity, Match]] = field(default_factory=list)

    def screen(
        self, query: Entity, *, threshold: float = THRESHOLD, limit: int = 50
    ) -> list[Match]:
        lowest, most = self.state.lowest(threshold), max(len(self.index), 1)
        likely = self.index.screen(query, threshold=lowest, limit=most)
        kept = [m for m in likely if m.score >= self._threshold(m, threshold)][:limit]
        self.found += [(query, m) for m in kept]
        return kept

    def mentions(self, text: str) -> Sequence[tuple[int, int]]:
        """Those of the list with the lowest threshold: what is found is held to its own list's."""
        return self.index.mentions(text, threshold=self.state.lowest(THRESHOLD))

    def _threshold(self, match: Match, default: float) -> float:
        own = self.state.get(of_index_id(match.entity_id)[0])
        return default if own is None else own.threshold_for("", default)


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers, and by the index's id which entry each reason is about."""

    answers: list[PaymentAnswer]
    entries: dict[str, Stored]
    screenings: dict[str, UUID]
    """By the index's id: the screening in which the hit on it is kept."""


async def check_message(
    database: Database, registry: Registry, actor: Actor, state: State, file: BinaryIO,
    held: Collection[str],
) -> Checked:  # fmt: skip
    """Every payment of the message, or an error that says what is wrong with it.

    Who is found is screened by name too, so that the hit is kept and raises an alert; each entry once,
    by the name most like it. The message itself is not kept: its SHA-256 is in the event.
    """
    async with registry.screener.against(actor, state) as against:
        listed = Listed(against.index, state)
        sha256, answers = await asyncio.to_thread(_answers, file, listed, held)
    best: dict[str, tuple[Entity, Match]] = {}
    for query, match in sorted(listed.found, key=lambda one: -one[1].score):
        best.setdefault(match.entity_id, (query, match))
    async with database.tenant_session(actor) as db:
        details = {
            "kind": "payment", "lists": len(state.lists), "hits": len(best),
            "payments": len(answers), "state": state.digest(registry.screener.engine),
            "engine": registry.screener.engine.version, "sha256": sha256,
        }  # fmt: skip
        await record(db, actor, Event.SCREENING_NAME_SCREEN, uuid4(), details)
        entries = await _entries(db, registry, actor, state, best)
    return Checked(answers, entries, await _kept(registry, actor, best))


def _answers(
    file: BinaryIO, listed: Listed, held: Collection[str]
) -> tuple[str, list[PaymentAnswer]]:
    sha256 = sha256_of(file).hex()
    payments = read_payments(file)
    return sha256, [check(p, listed, listed, held_countries=held) for p in payments]


async def _entries(
    db: asyncpg.Connection, registry: Registry, actor: Actor, state: State, ids: Collection[str]
) -> dict[str, Stored]:
    found: dict[str, Stored] = {}
    for one in state.lists:
        own = {e: id for id in ids for lst, e in [of_index_id(id)] if lst == one.ref.id}
        stored = await registry.entries.these(db, actor.tenant_id, one.ref.id, one.ref.version, own)
        found |= {own[entry]: it for entry, it in stored.items()}
    return found


async def _kept(
    registry: Registry, actor: Actor, best: dict[str, tuple[Entity, Match]]
) -> dict[str, UUID]:
    done: dict[Entity, UUID] = {}
    for query, _ in best.values():
        if query not in done:
            done[query] = (await registry.screening.run(actor, query, kind="payment")).id
    return {id: done[query] for id, (query, _) in best.items()}

"""Screening itself: candidates from the index, the verdict of `compare`, the entry as its list has it.

What decides is compare(who is screened, entry) against the threshold of the list for that type of
customer, whichever of the two was indexed: so a hit does not depend on how it was come by.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.screening.entities import Entity
from lionrock.screening.registry.coding import Hashes
from lionrock.screening.registry.engine import Engine, SearchIndex
from lionrock.screening.registry.entries import Entries, Stored, of_index_id
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.indexes import Indexes
from lionrock.screening.registry.screens import Here, Likely, Screens, searched
from lionrock.screening.registry.states import ListState, State

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is screened, and as which type of customer."""

    entity: Entity
    type: str = ""


@dataclass(frozen=True, slots=True)
class Against:
    """The index of `state`, leased, and where it is."""

    state: State
    index: SearchIndex
    folder: Path | None = None


class Screener:
    def __init__(
        self, engine: Engine, entries: Entries, indexes: Indexes, hashes: Hashes,
        screens: Screens | None = None,
    ) -> None:  # fmt: skip
        """`screens`: where many are searched for; unset, here."""
        self.engine, self.entries, self.indexes = engine, entries, indexes
        self.screens: Screens = screens or Here()
        self._hashes = hashes

    @asynccontextmanager
    async def against(
        self, actor: Actor, state: State, *, keep: bool = True
    ) -> AsyncIterator[Against]:
        """The index of all lists of `state`, built if need be. `keep`: it is the current one."""
        tenant, name = actor.tenant_id, state.digest(self.engine)
        async with self.indexes.lease(
            tenant, "lists", name, lambda: self.entries.stream(actor, state), keep=keep
        ) as index:
            yield Against(state, index, self.indexes.folder(tenant, "lists", name))

    async def hits(
        self, db: asyncpg.Connection, tenant: UUID, against: Against, asked: Sequence[Asked],
        *, state: State | None = None, many: bool = False,
    ) -> list[list[Hit]]:  # fmt: skip
        """The hits of each, best first. `state`: of those lists alone, or with other thresholds.
        `many`: nobody waits for them, so they are searched for where many are.

        Growth: linear in `asked`; each is one search of the index.
        """
        state = state or against.state
        found = await self._likely(against, [a.entity for a in asked], state, many)
        stored = await self._stored(db, tenant, state, [id for ids in found for id in ids])
        return await asyncio.to_thread(self._judged, tenant, state, asked, found, stored)

    async def _likely(
        self, against: Against, queries: Sequence[Entity], state: State, many: bool
    ) -> Likely:
        index, lowest = against.index, state.lowest(self.engine.threshold)
        if many and against.folder is not None and len(index) and queries:
            return await self.screens.likely(index, against.folder, queries, lowest)
        return await asyncio.to_thread(searched, index, queries, lowest)

    async def _stored(
        self, db: asyncpg.Connection, tenant: UUID, state: State, ids: Sequence[str]
    ) -> dict[str, Stored]:
        wanted: dict[UUID, dict[UUID, str]] = {}
        for id in ids:
            list_id, entry_id = of_index_id(id)
            wanted.setdefault(list_id, {})[entry_id] = id
        found: dict[str, Stored] = {}
        for one in state.lists:
            if own := wanted.get(one.ref.id):
                these = await self.entries.these(db, tenant, one.ref.id, one.ref.version, own)
                found |= {own[entry_id]: stored for entry_id, stored in these.items()}
        return found

    def _judged(
        self, tenant: UUID, state: State, asked: Sequence[Asked], found: Likely,
        stored: dict[str, Stored],
    ) -> list[list[Hit]]:  # fmt: skip
        lists = {s.ref.id: s for s in state.lists}
        return [
            in_order(
                self.judge(tenant, one, lists[of_index_id(id)[0]], stored[id])
                for id in dict.fromkeys(ids)
                if id in stored
            )
            for one, ids in zip(asked, found, strict=True)
        ]

    def judge(self, tenant: UUID, asked: Asked, list: ListState, stored: Stored) -> Hit | None:
        """The hit of a pair; None below the threshold."""
        match = self.engine.compare(asked.entity, stored.entity)
        if match.score < list.threshold_for(asked.type, self.engine.threshold):
            return None
        digest = self.subject_digest(tenant, asked)
        match = replace(match, entity_id=stored.entity.id)
        return Hit(list.ref, stored.entity, match, stored.entry_id, stored.digest, digest)

    def subject_digest(self, tenant: UUID, asked: Asked) -> bytes:
        return self._hashes.digest(tenant, asked.entity, asked.type)


def in_order(hits: Iterable[Hit | None]) -> list[Hit]:
    """Best first; equal ones in an order that repeats."""
    kept = [h for h in hits if h is not None]
    return sorted(kept, key=lambda h: (-h.score, h.list.id, h.entry_id))

"""Searches that a member keeps: saved, listed, removed, and what is new for each.

All of it is the member's own. What new documents brought is counted and shown by what the member may
search at that moment, whatever they might when it was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.documents.schemas import Passage
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, Resource, decide, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.holds import refuse_held
from lionrock.kernel.vault.service import Vault
from lionrock.search.cantonese import to_written
from lionrock.search.saved import queries
from lionrock.search.saved.schemas import Match, NewSearch, SavedSearch
from lionrock.search.service import SearchService
from lionrock.search.tokens import terms

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "saved_searches"
MOST: Final = 50
"""Searches of one member: each is looked up again whenever documents come."""
SHOWN: Final = 200
"""New passages kept of one search; of more the oldest go."""


class SavedSearches:
    def __init__(self, database: Database, vault: Vault, search: SearchService) -> None:
        self._database, self._vault, self._search = database, vault, search

    async def save(self, actor: Actor, wanted: NewSearch) -> SavedSearch:
        """Keep a search. `Conflict` beyond `MOST`, and where nothing of the member's is to be kept."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        if actor.zero_retention:
            raise Conflict("This session keeps nothing of what is asked, so no search is saved.")
        made, tenant = uuid4(), actor.tenant_id
        key = await asyncio.to_thread(self._vault.make, tenant)
        sealed = key.seal_text(TABLE, made, "body", wanted.model_dump_json())
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.LOCK_MEMBER, tenant, actor.id)
            if await db.fetchval(queries.COUNT, tenant, actor.id) >= MOST:
                raise Conflict(f"There are {MOST} saved searches already. Remove one first.")
            row = await db.fetchrow(queries.INSERT, tenant, made, actor.id, actor.purpose, sealed)
            await record(db, actor, Event.SEARCH_SAVED_ADD, made)
        return SavedSearch(id=made, **wanted.model_dump(), **dict(row))

    async def listing(self, actor: Actor) -> list[SavedSearch]:
        """The member's own, in the order they were saved."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.OF_MEMBER, actor.tenant_id, actor.id)
            counts = await self._counts(db, actor) if rows else {}
        return [self.opened(actor.tenant_id, row, counts.get(row["id"], 0)) for row in rows]

    async def get(self, actor: Actor, search_id: UUID) -> SavedSearch:
        require(actor, P.SEARCH_SAVED_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await self._one(db, actor, search_id)
            counts = await self._counts(db, actor)
        return self.opened(actor.tenant_id, row, counts.get(search_id, 0))

    async def waiting(self, actor: Actor) -> int:
        """How many of the member's searches have something new: what a badge says."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        async with self._database.tenant_session(actor) as db:
            return len(await self._counts(db, actor))

    async def new(self, actor: Actor, search_id: UUID) -> Sequence[Match]:
        """Passages that are new since the member last said so, the newest first, `SHOWN` at most."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        async with self._database.tenant_session(actor) as db:
            saved = self.opened(actor.tenant_id, await self._one(db, actor, search_id))
            allowed = await _searched(db, actor)
            rows = await db.fetch(queries.NEW, actor.tenant_id, search_id, allowed)
        if not rows:
            return []
        there = await self._search.load(actor, [r["passage_id"] for r in rows])
        wanted = list(dict.fromkeys(terms(to_written(saved.question))))
        return [
            _match(there[p], r["found_at"], wanted) for r in rows if (p := r["passage_id"]) in there
        ]

    async def see(self, actor: Actor, search_id: UUID, *, until: datetime | None = None) -> None:
        """What is new now, or was at `until`, is not new any more."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        until = min(until or datetime.now(UTC), datetime.now(UTC))
        async with self._database.tenant_session(actor) as db:
            await self._one(db, actor, search_id)
            allowed = await _searched(db, actor)
            await db.execute(queries.SEE, actor.tenant_id, search_id, allowed, until)
            await db.execute(queries.SEEN, actor.tenant_id, search_id, until)
            await record(db, actor, Event.SEARCH_SAVED_SEE, search_id)

    async def remove(self, actor: Actor, search_id: UUID) -> None:
        """`Conflict` while a legal hold keeps it."""
        require(actor, P.SEARCH_SAVED_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await self._one(db, actor, search_id)
            await refuse_held(db, "search", search_id)
            await db.execute(queries.DELETE, actor.tenant_id, actor.id, search_id)
            await record(db, actor, Event.SEARCH_SAVED_REMOVE, search_id)

    async def _one(self, db: asyncpg.Connection, actor: Actor, search_id: UUID) -> asyncpg.Record:
        row = await db.fetchrow(queries.ONE, actor.tenant_id, actor.id, search_id)
        if row is None:
            raise NotFound(ABSENT)
        return row

    async def _counts(self, db: asyncpg.Connection, actor: Actor) -> dict[UUID, int]:
        """New passages that the actor may search now, by search; none is left out."""
        allowed = await _searched(db, actor)
        rows = await db.fetch(queries.NEW_COUNTS, actor.tenant_id, actor.id, allowed)
        return {row["search_id"]: row["new"] for row in rows}

    def opened(self, tenant: UUID, row: asyncpg.Record, new: int = 0) -> SavedSearch:
        """A row of `saved_searches`; `Erased` where the key is gone."""
        text = self._vault.key(tenant).open_text(TABLE, row["id"], "body", row["body"])
        kept = NewSearch.model_validate_json(text).model_dump()
        of = {name: row[name] for name in ("id", "created_at", "seen_at")}
        return SavedSearch(**kept, **of, new=new)


async def _searched(db: asyncpg.Connection, actor: Actor) -> list[UUID]:
    """The collections that the actor may search now; none also for who may search nothing."""
    if not decide(actor, P.SEARCH_PASSAGE_READ, Resource(actor.tenant_id)):
        return []
    return await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)


def _match(passage: Passage, found_at: datetime, wanted: Sequence[str]) -> Match:
    have = set(terms(passage.text)) | set(terms(passage.heading))
    return Match(passage=passage, found_at=found_at, words=[w for w in wanted if w in have])

"""The worker that looks new documents through for saved searches.

A version that becomes ready leaves a job (migration 0020), in the transaction that makes it ready; the
job holds its id and no more. One round takes the jobs that wait and asks each saved search of the
tenant once, as its member with the rights they have now, however many documents came: cost grows with
the tenant's saved searches, not with its library or with what came. A round that dies is repeated.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Set
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from lionrock.errors import Erased, Forbidden, LionrockError
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.identity import present
from lionrock.search.saved import queries
from lionrock.search.saved.matching import WITHIN, told
from lionrock.search.saved.service import SHOWN, SavedSearches
from lionrock.search.service import SearchService

if TYPE_CHECKING:
    from lionrock.search.saved.schemas import SavedSearch

log = logging.getLogger(__name__)
_IDLE_SECONDS: Final = 3.0
_VERSIONS: Final = 1000
"""Looked through in one round."""
_LEASE_SECONDS: Final = 600
_ATTEMPTS: Final = 5
_ROWS: Final = 100


class Watching:
    def __init__(self, database: Database, saved: SavedSearches, search: SearchService) -> None:
        self._database, self._saved, self._search = database, saved, search

    async def run(self) -> None:
        """Work until cancelled. Several processes may."""
        while True:
            await self.round()
            await asyncio.sleep(_IDLE_SECONDS)

    async def round(self) -> None:
        """One look at each tenant's jobs: one small query where there are none."""
        try:
            tenants = await self._database.active_tenants()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            return
        for tenant in tenants:
            try:
                await self.work(tenant)
            except LionrockError as error:
                log.warning("saved searches of tenant %s wait: %s", tenant, error.detail)
            except Exception:
                log.exception("saved searches of tenant %s failed", tenant)

    async def work(self, tenant: UUID) -> int:
        """Look through what waits; how many passages are new for somebody."""
        house = worker(tenant)
        async with self._database.tenant_session(house) as db:
            jobs = await db.fetch(queries.CLAIM, tenant, _VERSIONS, _LEASE_SECONDS)
        versions = {job["version_id"] for job in jobs if job["attempts"] <= _ATTEMPTS}
        if len(versions) < len(jobs):
            log.error("%d versions of tenant %s are given up", len(jobs) - len(versions), tenant)
        new = 0
        try:
            if versions:
                async for row in self._every(house):
                    new += await self._ask(house, row, versions)
        except (LionrockError, asyncio.CancelledError):
            # A part is away, or the server stops: that says nothing against the versions.
            await self._end(house, queries.FREE, versions)
            raise
        await self._end(house, queries.DONE, {job["version_id"] for job in jobs})
        return new

    async def _end(self, house: Actor, how: str, versions: Set[UUID]) -> None:
        if versions:
            async with self._database.tenant_session(house) as db:
                await db.execute(how, house.tenant_id, list(versions))

    async def _every(self, house: Actor) -> AsyncIterator[asyncpg.Record]:
        last = UUID(int=0)
        while True:
            async with self._database.tenant_session(house) as db:
                rows = await db.fetch(queries.EVERY, house.tenant_id, last, _ROWS)
            for row in rows:
                yield row
            if len(rows) < _ROWS:
                return
            last = rows[-1]["id"]

    async def _ask(self, house: Actor, row: asyncpg.Record, versions: Set[UUID]) -> int:
        """Ask one saved search as its member, and keep what is new; how many passages."""
        tenant = house.tenant_id
        async with self._database.tenant_session(house) as db:
            member = await present(db, tenant, row["member_id"], row["purpose"])
        if member is None:
            return 0
        try:
            found = await self._found(member, self._saved.opened(tenant, row), versions)
        except (Erased, Forbidden, ValueError):
            return 0
        if not found:
            return 0
        async with self._database.tenant_session(house) as db:
            kept = await db.fetch(queries.KEEP, tenant, row["id"], found)
            if kept:
                await db.execute(queries.TRIM, tenant, row["id"], SHOWN)
                details = {"passages": len(kept)}
                await record(db, house, Event.SEARCH_SAVED_MATCH, row["id"], details)
        return len(kept)

    async def _found(self, member: Actor, saved: SavedSearch, versions: Set[UUID]) -> list[UUID]:
        found = await self._search.find(member, saved.question, filters=saved.filters)
        return told(found, await self._search.hits(member, found, WITHIN, rerank=False), versions)

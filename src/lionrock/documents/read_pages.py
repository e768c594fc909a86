"""Pages of a version as they are read: sealed and committed some at a time, and given back.

A worker killed at page 600 leaves 599 of them or a few less; who takes the version over reads on from
there. They go when the version is whole, has failed, or is removed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.parsing import reading
from lionrock.documents.records import row_name
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.sealing import DataKey

BATCH_PAGES: Final = 32
BATCH_SECONDS: Final = 2.0
"""At the latest after so long what was read is committed; a page that took as long, alone."""

_TABLE: Final = "read_pages"


class ReadPages:
    """The pages of one version, for `sandbox.parse`. Growth: rows of 10 to 30 kB a page of text."""

    def __init__(
        self, database: Database, actor: Actor, version: UUID, key: DataKey, worker: UUID,
        lease_seconds: int, after: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        """`after` each commit is called, and may end the reading by raising."""
        self._database, self._actor, self._version, self._key = database, actor, version, key
        self._worker, self._lease_seconds, self._after = worker, lease_seconds, after
        self._batch: list[tuple[int, bytes]] = []
        self._since = time.monotonic()
        self.have = 0

    async def load(self) -> None:
        """See what an earlier attempt left. Pages of another release's format are read again."""
        async with self._database.tenant_session(self._actor) as db:
            of = (self._actor.tenant_id, self._version)
            count = await db.fetchval(queries.READ_SO_FAR, *of)
            first = await db.fetchrow(queries.READ, *of, 0, 1)
            if first is not None and self._open(**first)[0] != reading.FORMAT:
                await db.execute(queries.DELETE_READ, *of)
                count = 0
        self.have = count

    async def keep(self, number: int, count: int, body: bytes) -> None:
        if number == self.have + 1:
            self._batch.clear()  # of a reader that fell: the next begins after the last commit
        self._batch.append((number, body))
        slow = time.monotonic() - self._since >= BATCH_SECONDS
        if slow or len(self._batch) >= BATCH_PAGES or number == count:
            await self._commit(count)

    async def _commit(self, count: int) -> None:
        batch, self._batch = self._batch, []
        rows = await asyncio.to_thread(self._sealed, batch)
        tenant, done = self._actor.tenant_id, batch[-1][0]
        async with self._database.tenant_session(self._actor) as db:
            moved = await db.execute(
                queries.READ_TO,
                *(tenant, self._version, self._lease_seconds, done, count, self._worker),
            )
            if moved != "UPDATE 1":
                raise Lost
            await db.executemany(queries.INSERT_READ, rows)
        self.have = done
        await self._after()
        self._since = time.monotonic()

    def _sealed(self, batch: list[tuple[int, bytes]]) -> list[tuple[UUID, UUID, int, bytes]]:
        return [
            (self._actor.tenant_id, self._version, number,
             self._key.seal(_TABLE, row_name(self._version, number), "body", body))
            for number, body in batch
        ]  # fmt: skip

    async def kept(self, until: int) -> AsyncIterator[bytes]:
        at = 0
        while at < until:
            async with self._database.tenant_session(self._actor) as db:
                rows = await db.fetch(
                    queries.READ,
                    *(self._actor.tenant_id, self._version, at, min(BATCH_PAGES, until - at)),
                )
            if not rows:
                raise reading.Inconsistent("pages are missing")
            for row in rows:
                yield self._open(**row)
            at = rows[-1]["number"]

    def _open(self, number: int, body: bytes) -> bytes:
        return self._key.open(_TABLE, row_name(self._version, number), "body", body)


class Lost(Exception):
    """Another worker has the version now, or it was removed: nothing more is to be done to it."""

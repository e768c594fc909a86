"""Writes the journal to the audit log: refusals as they come, connections once a minute and at the end.

A refusal is recorded with the tenant whose work it was, or with the first tenant when it was nobody's:
by a worker of the house in both cases. What can't be written stays in the journal for the next time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from lionrock.errors import LionrockError
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.egress.journal import Attempt, Counts, Journal
from lionrock.kernel.events import Event, record
from lionrock.kernel.tasks import stop

log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0
_CONNECTIONS_EVERY = 60


class Recorder:
    def __init__(self, journal: Journal, database: Database, first_tenant: UUID) -> None:
        self._journal, self._database, self._first = journal, database, first_tenant

    async def write(self, *, connections: bool = True) -> None:
        """Record what has come in since the last time."""
        refused, opened = self._journal.take(opened=connections)
        for event, counts in (
            (Event.EGRESS_CONNECTION_REFUSE, refused),
            (Event.EGRESS_CONNECTION_OPEN, opened),
        ):
            for tenant in {attempt.tenant or self._first for attempt in counts}:
                mine = [(a, n) for a, n in counts.items() if (a.tenant or self._first) == tenant]
                try:
                    await self._record(tenant, event, mine)
                except (LionrockError, asyncpg.PostgresError, OSError) as error:
                    log.warning("egress: not recorded yet (%s)", type(error).__name__)
                    kept: Counts = type(counts)(dict(mine))
                    empty: Counts = type(counts)()
                    is_refusal = event is Event.EGRESS_CONNECTION_REFUSE
                    self._journal.give_back(*((kept, empty) if is_refusal else (empty, kept)))

    async def run(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            turn += 1
            await self.write(connections=turn % _CONNECTIONS_EVERY == 0)

    async def _record(self, tenant: UUID, event: Event, counts: list[tuple[Attempt, int]]) -> None:
        actor = worker(tenant)
        async with self._database.tenant_session(actor) as db:
            for attempt, count in counts:
                details = {
                    "host": attempt.host,
                    "port": attempt.port,
                    "part": attempt.part,
                    "count": count,
                }
                await record(db, actor, event, tenant, details)


@asynccontextmanager
async def recording(recorder: Recorder) -> AsyncIterator[Recorder]:
    """Record for as long as the block lasts, and what is left at its end."""
    task = asyncio.create_task(recorder.run(), name="egress recorder")
    try:
        yield recorder
    finally:
        await stop(task)
        await recorder.write()

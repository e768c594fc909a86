"""What each tenant has decided, remembered for a moment by this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from time import monotonic
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import LionrockError, PolicyUnavailable
from lionrock.gateway.guards.policy import read
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.rules import Rules
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database

SECONDS: Final = 2.0
"""How long what another process changed may still count as it was."""
PATIENCE: Final = 2.5
"""Seconds that PostgreSQL gets."""
_MOST: Final = 10_000
_READ: Final = """
SELECT d.share, p.guards, p.retention FROM tenant_directory d
LEFT JOIN gateway_policies p ON p.tenant_id = d.tenant_id WHERE d.tenant_id = $1
"""
_FAULTS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, LionrockError, ValueError)


class Policies:
    """One for each process. What cannot be read, and is not remembered, lets no call through."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = monotonic,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._database, self._clock, self._patience = database, clock, patience
        self._known: dict[UUID, tuple[float, Rules]] = {}
        self._reading: dict[UUID, asyncio.Task[Rules]] = {}

    async def of(self, tenant: UUID) -> Rules:
        """PolicyUnavailable. Calls that come together share one look at the table."""
        known = self._known.get(tenant)
        if known is not None and self._clock() < known[0]:
            return known[1]
        reading = self._reading.get(tenant)
        if reading is None:
            reading = asyncio.create_task(self._look(tenant))
            self._reading[tenant] = reading
            reading.add_done_callback(lambda done: self._looked(tenant, done))
        return await asyncio.shield(reading)

    def forget(self, tenant: UUID) -> None:
        """It was changed: a look that is under way counts for who waits for it, and for nobody after."""
        self._known.pop(tenant, None)
        self._reading.pop(tenant, None)

    async def _look(self, tenant: UUID) -> Rules:
        until = self._clock() + SECONDS
        try:
            async with asyncio.timeout(self._patience):
                rules = await self._read(tenant)
        except _FAULTS as error:  # a TimeoutError is an OSError
            raise PolicyUnavailable(
                "The organisation's policy for calls cannot be read, so nothing is sent. Try again.",
                retry_after=5.0,
            ) from error
        if self._reading.get(tenant) is asyncio.current_task():
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[tenant] = (until, rules)
        return rules

    async def _read(self, tenant: UUID) -> Rules:
        async with self._database.tenant_session(worker(tenant)) as db:
            row = await db.fetchrow(_READ, tenant)
        if row is None:
            raise ValueError("no such tenant")
        if row["guards"] is None:
            return Rules(share=row["share"])
        return Rules(read(json.loads(row["guards"])), Retention(row["retention"]), row["share"])

    def _looked(self, tenant: UUID, done: asyncio.Task[Rules]) -> None:
        if self._reading.get(tenant) is done:
            del self._reading[tenant]
        if not done.cancelled():
            done.exception()  # whoever waited was told; perhaps nobody does any more

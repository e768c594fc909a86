"""Exchanges on their way to the database: written after the answer went out, before the call is settled.

So a call that is settled was kept; one whose process died in between is still open, and is settled as
lost by whoever finds it. The client waits for neither. Memory is bounded by the `Room`: where there is
none, a call that would have to be kept is refused before anything is reserved or sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self
from uuid import UUID

import asyncpg

from lionrock.errors import LedgerUnavailable, LionrockError, SealBroken
from lionrock.gateway.exchanges.records import INSERT, month, sealed
from lionrock.gateway.exchanges.room import MOST_BYTES, Room
from lionrock.gateway.exchanges.taking import Taking, need_of
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Call, Outcome
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.tasks import stop
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

log = logging.getLogger(__name__)

_GROUP: Final = 64
_GROUP_BYTES: Final = 8 * 2**20
_PAUSE: Final = 0.5
"""Seconds before PostgreSQL is tried again."""
_PATIENCE: Final = 2.5
"""Seconds that `close` waits for what has queued."""
_RETRY_AFTER: Final = 5.0
_WAIT: Final = (
    OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError, asyncpg.LockNotAvailableError,
)  # fmt: skip
"""Errors that are over at some time, and say nothing against what is to be written."""


@dataclass(slots=True, eq=False)
class _Waiting:
    taken: Taking
    settle: Callable[[], None]


class Keeper:
    """One for each process; used as `async with Keeper(database, vault) as keeper`, within the ledger's."""

    def __init__(self, database: Database, vault: Vault, *, most_bytes: int = MOST_BYTES) -> None:
        self._database, self._vault = database, vault
        self.room = Room(most_bytes)
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._answers = True
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def begin(
        self, id: UUID, call: Call, endpoint: Endpoint, body: bytes, *, streamed: bool
    ) -> Taking:
        """Before the call is admitted: whoever begins also `keep`s, or `drop`s what this gives.

        `LedgerUnavailable` where there is no room; the vault's errors where it could not be sealed.
        """
        if not self.room.take(call.tenant, need_of(body)):
            raise LedgerUnavailable(
                "The answers that wait to be kept take all the memory there is for them. Try again.",
                retry_after=_RETRY_AFTER,
            )
        try:
            key, period = await self._key(call.tenant)
            return Taking(
                id, call, endpoint, body,
                streamed=streamed, room=self.room, key=key, period=period,
            )  # fmt: skip
        except BaseException:
            self.room.give(call.tenant, need_of(body))
            raise

    def keep(self, taken: Taking, outcome: Outcome, settle: Callable[[], None]) -> None:
        """Have it written; `settle` is called once that is durable. What was never sent is not kept."""
        if outcome is Outcome.VOID:
            taken.drop()
            settle()
            return
        taken.end(outcome)
        self._queue.append(_Waiting(taken, settle))
        self._quiet.clear()
        self._wake.set()

    async def close(self) -> None:
        """Write what waits. What PostgreSQL does not take in time stays unsettled, for `Ledger.recover`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), _PATIENCE)
        if self._task is not None:
            await stop(self._task)
        if self._queue:
            log.error("%d exchanges were not kept: the database took none", len(self._queue))

    async def _key(self, tenant: UUID) -> tuple[DataKey, str]:
        scope = month(datetime.now(UTC))
        try:
            return self._vault.key(tenant, scope), scope.name
        except SealBroken:  # the first of the month
            return await asyncio.to_thread(self._vault.make, tenant, scope), scope.name

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            while self._queue:
                group = self._next()
                try:
                    await self._write(group)
                except _WAIT as error:
                    if self._answers:
                        log.warning("exchanges wait to be kept: %s", type(error).__name__)
                    self._answers = False
                    await asyncio.sleep(_PAUSE)
                except Exception as error:
                    await self._apart(group, error)
                else:
                    self._done(group)
            self._wake.clear()
            self._quiet.set()

    def _next(self) -> list[_Waiting]:
        """Of one tenant, the oldest first; they stay in the queue until they are written."""
        tenant, size = self._queue[0].taken.call.tenant, 0
        group: list[_Waiting] = []
        for one in self._queue:
            size += one.taken.held
            if one.taken.call.tenant != tenant or len(group) == _GROUP:
                break
            if group and size > _GROUP_BYTES:
                break
            group.append(one)
        return group

    async def _write(self, group: list[_Waiting]) -> None:
        rows = await asyncio.to_thread(lambda: [sealed(one.taken) for one in group])
        async with self._database.tenant_session(worker(group[0].taken.call.tenant)) as db:
            await db.executemany(INSERT, rows)

    async def _apart(self, group: list[_Waiting], error: Exception) -> None:
        """One by one, so that none is lost for another's fault; one that cannot be kept says so."""
        if len(group) == 1:
            await self._lost(group[0].taken, error)
            self._done(group)
            return
        for one in group:
            try:
                await self._write([one])
            except _WAIT:
                return  # still in the queue
            except Exception as own:
                await self._lost(one.taken, own)
            self._done([one])

    async def _lost(self, taken: Taking, error: Exception) -> None:
        log.error("an exchange could not be kept: %s", type(error).__name__)
        house = worker(taken.call.tenant)
        with suppress(LionrockError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            async with self._database.tenant_session(house) as db:
                details = {"error": type(error).__name__}
                await record(db, house, Event.GATEWAY_EXCHANGE_LOSE, taken.id, details)

    def _done(self, group: list[_Waiting]) -> None:
        self._answers = True
        for one in group:
            self._queue.popleft()
            one.taken.drop()
            one.settle()

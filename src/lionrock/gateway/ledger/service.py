"""`Ledger`: nothing goes to an engine that it did not admit, and everything admitted is settled once."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Final, Self
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import InvalidInput, LionrockError
from lionrock.gateway.ledger.calls import Admission, Call, Outcome, Use, new_id
from lionrock.gateway.ledger.group import Ending
from lionrock.gateway.ledger.recovery import forget, gone, left_open
from lionrock.gateway.ledger.writer import Clock, Writer
from lionrock.kernel.database import Database
from lionrock.kernel.tasks import stop

log = logging.getLogger(__name__)

BEAT: Final = 5.0
"""Seconds between signs of life."""
LEASE: Final = timedelta(seconds=30)
"""A process not heard of for so long is gone; what it had reserved is then settled by others."""
PATIENCE: Final = 2.5
"""Seconds that PostgreSQL gets for a group."""
_RECOVER_EVERY: Final = 6
"""Beats."""


class Ledger:
    """One for each process; used as `async with Ledger(database) as ledger`."""

    def __init__(
        self, database: Database, *, clock: Clock | None = None, patience: float = PATIENCE
    ) -> None:
        """`clock` is for tests: otherwise PostgreSQL's clock counts, the same for all processes."""
        self.instance = uuid4()
        self._database, self._clock = database, clock
        self._writer = Writer(database, self.instance, clock, patience)
        self._open: set[UUID] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def writer(self) -> Writer:
        return self._writer

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._writer.run()), asyncio.create_task(self._keep())]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def admit(self, call: Call, id: UUID | None = None) -> Admission:
        """Check limits and budgets and reserve the call's worst case, durably: one round trip, shared.

        `id`: of the row, by `new_id`, where it had to be known before.
        `RateLimited` and `BudgetExceeded` name the limit and whose it is, with `retry_after`;
        `TooLarge` and `Forbidden` where waiting does not help; `LedgerUnavailable` when PostgreSQL
        does not answer in time. What is not admitted leaves nothing behind.
        """
        cost = call.price.cost(call.tokens_in, call.max_output)
        admission = Admission(id or new_id(), call, cost)
        await self._writer.admit(admission)
        self._open.add(admission.id)
        return admission

    async def settle(self, admission: Admission, use: Use) -> None:
        """Replace what was reserved by what was used; returns once that is durable.

        Once: a second settlement changes nothing. While PostgreSQL does not answer it waits, and is
        written when that does. A caller who goes away meanwhile changes nothing about it. Use above
        what was reserved is charged as it is.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.settle_soon(admission, use, future)
        await future

    def settle_soon(
        self, admission: Admission, use: Use, future: asyncio.Future[None] | None = None
    ) -> None:
        """`settle` for who does not wait: `close` does, and `recover` is there if the process dies."""
        if use.outcome is Outcome.LOST:
            raise InvalidInput("A call is lost when its process is: settle it as failed.")
        call = admission.call
        cost = call.price.cost(use.tokens_in, use.tokens_out)
        ending = Ending(call.tenant, admission.id, call.member, call.key, use, cost, future)
        self._writer.settle(ending)
        self._open.discard(admission.id)

    async def recover(self) -> int:
        """Settle, as their worst case, the calls of processes that are gone; how many there were."""
        dead = await gone(self._database, LEASE, self._clock and self._clock())
        if not dead:
            return 0
        loop = asyncio.get_running_loop()
        count = 0
        async for endings in left_open(self._database, dead):
            for ending in endings:
                ending.future = loop.create_future()
                self._writer.settle(ending)
            await asyncio.gather(*(e.future for e in endings if e.future))
            count += len(endings)
        await forget(self._database, dead)
        if count:
            log.warning("the ledger settled %d calls of processes that are gone", count)
        return count

    async def close(self) -> None:
        """Write what waits, for as long as a group may take; the rest is for `recover`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._writer.quiet.wait(), PATIENCE)
        await stop(*self._tasks)
        self._tasks = []
        if not self._open and self._writer.quiet.is_set() and not self._writer.doubted:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await forget(self._database, {self.instance: None})

    async def _keep(self) -> None:
        """Give signs of life, and look for the dead. A failure is told and tried again."""
        beats = 0
        while True:
            self._writer.beat()
            if beats % _RECOVER_EVERY == 0:
                try:
                    await self.recover()
                except (LionrockError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as e:
                    log.warning("the ledger could not look for lost calls: %s", type(e).__name__)
            beats += 1
            await asyncio.sleep(BEAT)

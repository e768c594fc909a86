"""Which workers live: each holds a lock of the database, which goes with its connection.

A process that is killed loses its connection at once, so others see within a moment that its work is
free; a lease has to run out only where a machine vanished without a word.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.database import Database
from lionrock.kernel.tasks import stop

log = logging.getLogger(__name__)
_FAMILY: Final = 0x4C494E47  # "LING", for ingest; the migrations' lock is another
_LOOK_SECONDS: Final = 5.0


class Presence:
    """One worker's sign of life. `id` is what its leases are marked with."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._number = secrets.randbits(31)
        self.id = UUID(int=self._number)
        self._here = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Be seen; returns once it is so."""
        self._task = asyncio.create_task(self._stay())
        await self._here.wait()

    async def begun(self) -> None:
        """Wait until this worker is seen."""
        await self._here.wait()

    async def end(self) -> None:
        if self._task is not None:
            await stop(self._task)

    async def living(self) -> list[UUID]:
        """The ids of the workers that live, this one's too once it has begun."""
        return [UUID(int=number) for number in await self._database.held(_FAMILY)]

    async def _stay(self) -> None:
        """Hold the lock, and take it again when its connection was lost with it."""
        while True:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError,
                          DatabaseUnavailable):  # fmt: skip
                async with self._database.hold(_FAMILY << 32 | self._number) as hold:
                    while hold is not None and await hold.stands():
                        self._here.set()
                        await asyncio.sleep(_LOOK_SECONDS)
                log.warning("this worker's lock was lost: it is taken again")
            await asyncio.sleep(1)

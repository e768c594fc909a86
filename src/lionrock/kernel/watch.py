"""Watches the credentials under which something lives on: a run, a stream. What they lose, ends.

A request asks once who calls; what goes on after its answer has begun must be asked about again. In
this process `wake` looks at once; what another process did is seen within `SECONDS`. Where the
database does not answer, nothing is known to be allowed any more, and all that is watched ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from lionrock.errors import Unauthenticated
from lionrock.kernel.actors import Actor, ActorKind, visitor
from lionrock.kernel.credentials import SESSION_IDLE, Ended
from lionrock.kernel.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)
SECONDS: Final = 1.0
_TRIES: Final = 5
T = TypeVar("T")

_ENDED: Final = """
SELECT w.member, w.credential,
       NOT (m.state = 'active' AND m.suspended_at IS NULL AND d.suspended_at IS NULL
            AND (c.id IS NULL OR c.ended_at IS NULL OR c.ended_why = ANY ($4))) AS stopped,
       NOT (m.state = 'active' AND m.suspended_at IS NULL AND d.suspended_at IS NULL
            AND (c.id IS NULL OR (c.ended_at IS NULL AND c.expires_at > now()
                 AND (c.kind <> 'session' OR c.seen_at > now() - $5::interval)))) AS closed
FROM unnest($2::uuid[], $3::uuid[]) AS w (member, credential)
JOIN members m ON m.tenant_id = $1 AND m.id = w.member
JOIN tenant_directory d ON d.tenant_id = $1
LEFT JOIN credentials c ON c.tenant_id = $1 AND c.id = w.credential
"""
_QUIET: Final = [Ended.USED.value, Ended.SIGNED_OUT.value]
"""Who signs out leaves their runs going: nobody took anything from them."""


class Watch:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._watched: dict[int, tuple[Actor, bool, Callable[[], object]]] = {}
        self._numbers = count()
        self._task: asyncio.Task[None] | None = None
        self._look = asyncio.Event()
        self.on_wake: list[Callable[[], object]] = []
        """To be called when something was ended here: whoever remembers who may do what, forgets."""

    @contextmanager
    def over(self, actor: Actor, stop: Callable[[], object], *, door: bool) -> Iterator[None]:
        """Call `stop` when the actor's access is gone. With `door`, for a stream: also when their
        session or key merely ended, by signing out or by time."""
        number = next(self._numbers)
        if actor.kind in (ActorKind.MEMBER, ActorKind.SERVICE):
            self._watched[number] = (actor, door, stop)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._watched.pop(number, None)
            if not self._watched:
                self._look.set()  # and the task that looked is over

    async def guarded(self, actor: Actor, updates: AsyncIterator[T]) -> AsyncIterator[T]:
        """`updates` for as long as the actor's session or key holds; then `Unauthenticated`."""
        gone = asyncio.Event()
        with self.over(actor, gone.set, door=True):
            closed = asyncio.ensure_future(gone.wait())
            try:
                while True:
                    waiting: asyncio.Future[T | None] = asyncio.ensure_future(anext(updates, None))
                    try:
                        either: set[asyncio.Future[Any]] = {waiting, closed}
                        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                        if closed.done():
                            raise Unauthenticated("Your access has ended.")
                        update = await waiting
                    finally:
                        waiting.cancel()
                    if update is None:
                        return
                    yield update
            finally:
                closed.cancel()

    def wake(self) -> None:
        """Something was ended here: look now."""
        for forget in self.on_wake:
            forget()
        self._look.set()

    async def close(self) -> None:
        """Watch nothing any more. A look under way is finished, not broken off in its query."""
        self._watched.clear()
        self._look.set()
        if self._task:
            await self._task

    async def _run(self) -> None:
        """Look every second for as long as there is something to look after."""
        failures = 0
        while self._watched:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), SECONDS)
            self._look.clear()
            try:
                await self._check()
                failures = 0
            except Exception:
                failures += 1
                log.warning("access could not be checked (%d of %d times)", failures, _TRIES)
                if failures >= _TRIES:
                    for _, _, stop in list(self._watched.values()):
                        stop()

    async def _check(self) -> None:
        tenants: dict[UUID, list[tuple[Actor, bool, Callable[[], object]]]] = {}
        for watched in list(self._watched.values()):
            tenants.setdefault(watched[0].tenant_id, []).append(watched)
        for tenant_id, watching in tenants.items():
            ended = await self._ended(tenant_id, {actor for actor, _, _ in watching})
            for actor, door, stop in watching:
                stopped, closed = ended.get((actor.id, actor.credential), (True, True))
                if stopped or (door and closed):
                    stop()

    async def _ended(
        self, tenant_id: UUID, actors: set[Actor]
    ) -> dict[tuple[UUID, UUID | None], tuple[bool, bool]]:
        """For each member and credential, whether access was taken and whether the door is shut."""
        pairs = list({(a.id, a.credential) for a in actors})
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            rows = await db.fetch(
                _ENDED,
                *(tenant_id, [p[0] for p in pairs], [p[1] for p in pairs], _QUIET, SESSION_IDLE),
            )
        return {(r["member"], r["credential"]): (r["stopped"], r["closed"]) for r in rows}

"""Runs that somebody follows on a page: under way, then what they found, for a while.

Held in this process's memory alone, for the one who began them; what outlives that is the event.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from lionrock.errors import LionrockError, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission
from lionrock.kernel.tasks import stop
from lionrock.kernel.watch import Watch

log = logging.getLogger(__name__)
KEPT: Final = timedelta(minutes=30)
"""How long a run is held once it has ended."""
S = TypeVar("S", bound=StrEnum)
R = TypeVar("R")


@dataclass(slots=True, kw_only=True)
class HeldRun(Generic[S, R]):
    """Under way until `ended_at` is set; then `found`, or `error`, or neither if it was stopped."""

    actor: Actor
    stage: S
    done: int = 0
    total: int = 0
    id: UUID = field(default_factory=uuid4)
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None
    found: R | None = None
    error: LionrockError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def kept_until(self) -> datetime | None:
        return self.ended_at and self.ended_at + KEPT

    def tell(self, stage: S, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


Run = TypeVar("Run", bound=HeldRun[Any, Any])


class HeldRuns(Generic[Run]):
    """Every method asks for the permission, and knows the caller's own runs only."""

    def __init__(self, permission: Permission, most_kept: int) -> None:
        """`most_kept`: ended runs of one member; the oldest goes first."""
        self._permission, self._most_kept = permission, most_kept
        self._runs: dict[UUID, Run] = {}

    def get(self, actor: Actor, run_id: UUID) -> Run:
        """`NotFound` for one that is not the actor's, or held no longer."""
        found = next((r for r in self.mine(actor) if r.id == run_id), None)
        if found is None:
            raise NotFound(ABSENT)
        return found

    def mine(self, actor: Actor) -> list[Run]:
        """The actor's own, newest first."""
        require(actor, self._permission)
        self._forget(datetime.now(UTC))
        return self._own(actor)

    def stop(self, actor: Actor, run_id: UUID) -> None:
        """One that has ended is as stopped as it can be."""
        if (run := self.get(actor, run_id)).task:
            run.task.cancel()

    def drop(self, run: Run) -> None:
        """Stop it and let go of it."""
        self._runs.pop(run.id, None)
        if run.task:
            run.task.cancel()

    async def close(self) -> None:
        """Stop what is under way and let go of everything."""
        await stop(*[r.task for r in self._runs.values() if r.task])
        self._runs.clear()

    def _busy(self, actor: Actor) -> bool:
        return any(r.ended_at is None for r in self.mine(actor))

    def _start(self, run: Run, work: Callable[[], Awaitable[Any]], watch: Watch) -> Run:
        """Let it run; what `work` returns is what it found. It ends with the actor's access, as `watch`
        sees it."""
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._work(run, work, watch))
        return run

    async def _work(self, run: Run, work: Callable[[], Awaitable[Any]], watch: Watch) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            with watch.over(run.actor, task.cancel, door=False):
                run.found = await work()
        except asyncio.CancelledError:
            pass  # stopped: there is nothing to tell
        except LionrockError as error:
            run.error = error
        except Exception:
            log.exception("%s %s failed", type(run).__name__, run.id)
            run.error = LionrockError("The run failed; the server's log has the cause.")
        run.ended_at = datetime.now(UTC)
        for old in [r for r in self._own(run.actor) if r.ended_at is not None][self._most_kept :]:
            del self._runs[old.id]
        asyncio.get_running_loop().call_later(KEPT.total_seconds(), self._runs.pop, run.id, None)

    def _own(self, actor: Actor) -> list[Run]:
        owner = (actor.tenant_id, actor.id)
        own = [r for r in self._runs.values() if (r.actor.tenant_id, r.actor.id) == owner]
        return sorted(own, key=lambda r: r.begun_at, reverse=True)

    def _forget(self, now: datetime) -> None:
        """What is past its time, should the clock have been put forward."""
        for run in list(self._runs.values()):
            if run.kept_until is not None and run.kept_until <= now:
                del self._runs[run.id]

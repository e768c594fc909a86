"""Tuning runs that somebody follows on a page: under way, then their reports, for a while.

A report is held in this process's memory alone, for the one who ran it; what outlives that is the event.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from lionrock.errors import Conflict, LionrockError, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.watch import Watch
from lionrock.screening.registry.registry import Registry
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.progress import Stage
from lionrock.screening.tuning.service import Report, Tuning

log = logging.getLogger(__name__)
KEPT: Final = timedelta(minutes=30)
"""How long a run is held once it has ended."""
MOST_KEPT: Final = 3
"""Ended runs of one member; the oldest goes first."""


@dataclass(slots=True)
class TuningRun:
    """One run: under way until `ended_at` is set; then `report`, or `error`, or neither if it was stopped."""

    id: UUID
    actor: Actor
    wanted: Wanted
    begun_at: datetime
    stage: Stage = Stage.LISTS
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    report: Report | None = None
    error: LionrockError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def kept_until(self) -> datetime | None:
        return self.ended_at and self.ended_at + KEPT

    def tell(self, stage: Stage, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


class TuningRuns:
    """Every method asks for `screening:tuning:run`, and knows the caller's own runs only."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._tuning = Tuning(database, registry)
        self._runs: dict[UUID, TuningRun] = {}

    def begin(self, actor: Actor, wanted: Wanted, watch: Watch) -> TuningRun:
        """Let it run. It ends with the actor's access, as `watch` sees it.

        `Conflict` while another of theirs is under way, or if nothing of theirs is to be kept.
        """
        require(actor, P.SCREENING_TUNING_RUN)
        if actor.zero_retention:
            raise Conflict(
                "A report is held until you have taken it out; nothing of yours is kept."
                " The route under /v1 answers with the report itself."
            )
        if any(r.ended_at is None for r in self.mine(actor)):
            raise Conflict("A tuning report of yours is being made: wait for it, or stop it.")
        run = TuningRun(uuid4(), actor, wanted, datetime.now(UTC))
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._work(run, watch))
        return run

    def get(self, actor: Actor, run_id: UUID) -> TuningRun:
        """`NotFound` for one that is not the actor's, or held no longer."""
        found = next((r for r in self.mine(actor) if r.id == run_id), None)
        if found is None:
            raise NotFound(ABSENT)
        return found

    def mine(self, actor: Actor) -> list[TuningRun]:
        """The actor's own, newest first."""
        require(actor, P.SCREENING_TUNING_RUN)
        self._forget(datetime.now(UTC))
        return self._own(actor)

    def stop(self, actor: Actor, run_id: UUID) -> None:
        """One that has ended is as stopped as it can be."""
        run = self.get(actor, run_id)
        if run.task:
            run.task.cancel()

    async def close(self) -> None:
        """Stop what is under way and let go of everything."""
        tasks = [r.task for r in self._runs.values() if r.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runs.clear()

    async def _work(self, run: TuningRun, watch: Watch) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            with watch.over(run.actor, task.cancel, door=False):
                run.report = await self._tuning.run(run.actor, run.wanted, run.tell)
        except asyncio.CancelledError:
            pass  # stopped: there is nothing to tell
        except LionrockError as error:
            run.error = error
        except Exception:
            log.exception("tuning run %s failed", run.id)
            run.error = LionrockError("The run failed; the server's log has the cause.")
        run.ended_at = datetime.now(UTC)
        self._make_room(run.actor)
        asyncio.get_running_loop().call_later(KEPT.total_seconds(), self._runs.pop, run.id, None)

    def _own(self, actor: Actor) -> list[TuningRun]:
        owner = (actor.tenant_id, actor.id)
        own = [r for r in self._runs.values() if (r.actor.tenant_id, r.actor.id) == owner]
        return sorted(own, key=lambda r: r.begun_at, reverse=True)

    def _make_room(self, actor: Actor) -> None:
        ended = [r for r in self._own(actor) if r.ended_at is not None]
        for old in ended[MOST_KEPT:]:
            del self._runs[old.id]

    def _forget(self, now: datetime) -> None:
        """What is past its time, should the clock have been put forward."""
        for run in list(self._runs.values()):
            if run.kept_until is not None and run.kept_until <= now:
                del self._runs[run.id]

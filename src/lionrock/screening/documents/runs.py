"""Documents whose names somebody has screened on a page: under way, then what was found, for a while.

Held in this process's memory alone, for the one who began it; what outlives that is the event, and what
was put on record of hits.
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
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.watch import Watch
from lionrock.screening.documents.progress import Stage
from lionrock.screening.documents.service import DocumentScreening, Screened

log = logging.getLogger(__name__)
KEPT: Final = timedelta(minutes=30)
"""How long a run is held once it has ended."""
MOST_KEPT: Final = 5
"""Ended runs of one member; the oldest goes first."""


@dataclass(slots=True)
class DocumentRun:
    """Under way until `ended_at` is set; then `found`, or `error`, or neither if it was stopped."""

    id: UUID
    actor: Actor
    document_id: UUID
    document: str
    begun_at: datetime
    stage: Stage = Stage.LISTS
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    found: Screened | None = None
    error: LionrockError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def kept_until(self) -> datetime | None:
        return self.ended_at and self.ended_at + KEPT

    def tell(self, stage: Stage, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


class DocumentRuns:
    """Every method asks for `screening:name:screen`, and knows the caller's own runs only."""

    def __init__(self) -> None:
        self._runs: dict[UUID, DocumentRun] = {}

    def begin(
        self, actor: Actor, screening: DocumentScreening, document_id: UUID, document: str, watch: Watch
    ) -> DocumentRun:  # fmt: skip
        """Let it run; `document` is its name. It ends with the actor's access, as `watch` sees it.

        `Conflict` while another of theirs is under way.
        """
        if any(run.ended_at is None for run in self._mine(actor)):
            raise Conflict("A document of yours is being screened: wait for it, or stop it.")
        run = DocumentRun(uuid4(), actor, document_id, document, datetime.now(UTC))
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._work(run, screening, watch))
        return run

    def get(self, actor: Actor, run_id: UUID) -> DocumentRun:
        """`NotFound` for one that is not the actor's, or held no longer."""
        found = next((run for run in self._mine(actor) if run.id == run_id), None)
        if found is None:
            raise NotFound(ABSENT)
        return found

    def stop(self, actor: Actor, run_id: UUID) -> None:
        """One that has ended is as stopped as it can be."""
        if (run := self.get(actor, run_id)).task:
            run.task.cancel()

    async def close(self) -> None:
        """Stop what is under way and let go of everything."""
        tasks = [run.task for run in self._runs.values() if run.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runs.clear()

    async def _work(self, run: DocumentRun, screening: DocumentScreening, watch: Watch) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            with watch.over(run.actor, task.cancel, door=False):
                run.found = await screening.run(run.actor, run.document_id, run.tell)
        except asyncio.CancelledError:
            pass  # stopped: there is nothing to tell
        except LionrockError as error:
            run.error = error
        except Exception:
            log.exception("screening the names of a document failed (run %s)", run.id)
            run.error = LionrockError("The run failed; the server's log has the cause.")
        run.ended_at = datetime.now(UTC)
        for old in [r for r in self._mine(run.actor) if r.ended_at is not None][MOST_KEPT:]:
            del self._runs[old.id]
        asyncio.get_running_loop().call_later(KEPT.total_seconds(), self._runs.pop, run.id, None)

    def _mine(self, actor: Actor) -> list[DocumentRun]:
        """Newest first, without those past their time."""
        require(actor, P.SCREENING_NAME_SCREEN)
        now, owner = datetime.now(UTC), (actor.tenant_id, actor.id)
        own = [r for r in self._runs.values() if (r.actor.tenant_id, r.actor.id) == owner]
        live = [r for r in own if r.kept_until is None or r.kept_until > now]
        return sorted(live, key=lambda run: run.begun_at, reverse=True)

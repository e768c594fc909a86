"""A run: one execution of a capability, streamed while it works and kept when it ends.

The run's end, its model use and its event commit in one transaction. A run whose process died is
marked failed at the next start, so that none stays "running" for ever. What was asked and answered
is kept sealed, see `run_records`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from pydantic import BaseModel

from lionrock.errors import Erased, LionrockError, NotFound
from lionrock.kernel.access import keeps_nothing
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.capabilities import Capability, Result, RunContext, Update
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import Decision, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.fields import document_ids
from lionrock.kernel.permissions import Permission
from lionrock.kernel.run_records import RunRecords, note_sources
from lionrock.kernel.tasks import stop
from lionrock.kernel.telemetry import Telemetry
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.watch import Watch

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger(__name__)
_KEEP_SECONDS = 300
_KEEP_NOTHING_SECONDS = 30
"""In memory, after the end: as long as a page takes to come for the result."""
_STOPPED = "The server stopped while this ran."


class LiveRun:
    """A run in this process. Any number of readers may follow it, from its first update on."""

    def __init__(self, context: RunContext, capability: Capability) -> None:
        self.context = context
        self.capability = capability
        self.updates: list[Update] = []
        self.error: LionrockError | None = None
        self.ended = False
        self.task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def id(self) -> UUID:
        return self.context.run_id

    def add(self, update: Update) -> None:
        self.updates.append(update)
        self._wake()

    def end(self, error: LionrockError | None) -> None:
        self.error, self.ended = error, True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self) -> AsyncIterator[Update]:
        """Every update in order; raises the run's error at the end if it failed."""
        seen = 0
        while True:
            changed = self._changed
            while seen < len(self.updates):
                yield self.updates[seen]
                seen += 1
            if self.ended:
                break
            await changed.wait()
        if self.error:
            raise self.error

    def cancel(self) -> None:
        if self.task:
            self.task.cancel()


class Runs:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._records = database, RunRecords(vault)
        self._live: dict[tuple[UUID, UUID], LiveRun] = {}
        self.watch = Watch(database)
        self.telemetry = Telemetry()

    async def begin(
        self, context: RunContext, capability: Capability, request: BaseModel
    ) -> LiveRun:
        """Decide, record the start, and let it run. `Forbidden` if the actor may not, `NotFound` for
        a document that is not there for the actor: nothing is recorded then."""
        actor = context.actor
        decision = require(actor, capability.permission)
        if wanted := document_ids(request):
            there = {document.id for document in await context.documents.some(actor, wanted)}
            if not there.issuperset(wanted):
                raise NotFound("There is no such document here.")
        async with self._database.tenant_session(actor) as db:
            context.zero_retention |= await keeps_nothing(db, actor)
        await self._record_start(context, capability, request, decision)
        live = LiveRun(context, capability)
        self._live[actor.tenant_id, live.id] = live
        live.task = asyncio.create_task(self._work(live, request))
        return live

    def live(self, actor: Actor, run_id: UUID) -> LiveRun:
        """The actor's own run, while it is in memory."""
        require(actor, Permission.KERNEL_RUN_READ)
        run = self._live.get((actor.tenant_id, run_id))
        if run is None or run.context.actor.id != actor.id:
            raise NotFound("There is no such run here, or it has ended.")
        return run

    async def _work(self, live: LiveRun, request: BaseModel) -> None:
        result: Result | None = None
        error: LionrockError | None = None
        state = "finished"
        try:
            with (
                self.watch.over(live.context.actor, live.cancel, door=False),
                self.telemetry.span(f"run {live.capability.id}"),
            ):
                async with aclosing(live.capability.body(live.context, request)) as updates:  # type: ignore[type-var]
                    async for update in updates:
                        if isinstance(update, Result):
                            result = update
                        else:
                            live.add(update)
        except asyncio.CancelledError:
            state, error = "cancelled", LionrockError("The run was stopped.")
        except LionrockError as failure:
            state, error = "failed", failure
        except Exception as failure:
            # Where nothing is kept, neither are the words of an error, which may hold content.
            told = type(failure).__name__ if live.context.zero_retention else "see below"
            traced = None if live.context.zero_retention else failure
            log.error("run %s of %s failed: %s", live.id, live.capability.id, told, exc_info=traced)
            state, error = (
                "failed",
                LionrockError("The run failed; the server's log has the cause."),
            )
        # Kept before it is shown: what a reader has seen is always on record.
        await asyncio.shield(self._record_end(live, state, result, error))
        if result is not None:
            live.add(result)
        live.end(error)
        loop = asyncio.get_running_loop()
        loop.call_later(
            _KEEP_NOTHING_SECONDS if live.context.zero_retention else _KEEP_SECONDS,
            self._live.pop,
            (live.context.actor.tenant_id, live.id),
            None,
        )

    async def _record_start(
        self, context: RunContext, capability: Capability, request: BaseModel, decision: Decision
    ) -> None:
        actor, run_id = context.actor, context.run_id
        # In a thread: the first run of a month makes that month's key.
        sealed, key_period = await asyncio.to_thread(
            self._records.begin,
            actor.tenant_id,
            run_id,
            "{}" if context.zero_retention else request.model_dump_json(),
        )
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO runs (tenant_id, id, capability, risk, rule, member_id, purpose, state,"
                " request, key_period) VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9)",
                *(actor.tenant_id, run_id, capability.id, capability.risk.value),
                *(decision.rule, actor.id, actor.purpose, sealed, key_period),
            )
            details = {
                "capability": capability.id, "rule": decision.rule,
                "zero_retention": context.zero_retention,
            }  # fmt: skip
            await record(db, actor, Event.RUN_RUN_START, context.run_id, details)

    async def _record_end(
        self, live: LiveRun, state: str, result: Result | None, error: LionrockError | None
    ) -> None:
        actor, uses, nothing = live.context.actor, live.context.uses, live.context.zero_retention
        refused = getattr(result, "refused", False) is True
        async with self._database.tenant_session(actor) as db:
            kept = await self._keep(
                db, actor, live.id, state, refused=refused,
                result=result.model_dump_json() if result and not nothing else None,
                error=error.detail if error and not nothing else None,
            )  # fmt: skip
            if result is not None and kept and not nothing:
                await note_sources(db, actor.tenant_id, live.id, result.model_dump(mode="json"))
            run_id = live.id if kept else None
            await db.executemany(
                "INSERT INTO usage (tenant_id, id, run_id, member_id, model, prompt_tokens,"
                " output_tokens, first_token_ms, total_ms, outcome)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                [
                    (actor.tenant_id, uuid4(), run_id, actor.id, u.model, u.prompt_tokens)
                    + (u.output_tokens, u.first_token_ms, u.total_ms, u.outcome)
                    for u in uses
                ],
            )
            tokens = sum(u.prompt_tokens + u.output_tokens for u in uses)
            details = {"state": state, "model_calls": len(uses), "tokens": tokens}
            await record(db, actor, Event.RUN_RUN_FINISH, live.id, details)

    async def _keep(
        self, db: asyncpg.Connection, actor: Actor, run_id: UUID, state: str,
        *, result: str | None = None, error: str | None = None, refused: bool = False,
    ) -> bool:  # fmt: skip
        """Write how a run ended, its words sealed. False if the run was erased while it went on."""
        tenant = actor.tenant_id
        key_period = await db.fetchval(
            "SELECT key_period FROM runs WHERE tenant_id = $1 AND id = $2", tenant, run_id
        )
        if key_period is None:
            return False
        sealed = [
            self._records.seal(tenant, key_period, run_id, column, text) if text else None
            for column, text in (("result", result), ("error", error))
        ]
        await db.execute(
            "UPDATE runs SET state = $3, result = $4, error = $5, refused = $6, finished_at = now()"
            " WHERE tenant_id = $1 AND id = $2",
            *(tenant, run_id, state, *sealed, refused),
        )
        return True

    async def load(self, actor: Actor, run_id: UUID) -> dict[str, object]:
        """A kept run of the actor's own: capability, state, request, result."""
        require(actor, Permission.KERNEL_RUN_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT id, capability, state, request, result, error, started_at, finished_at,"
                " key_period FROM runs WHERE tenant_id = $1 AND id = $2 AND member_id = $3",
                *(actor.tenant_id, run_id, actor.id),
            )
        if row is None:
            raise NotFound("There is no such run here.")
        return self._records.opened(actor.tenant_id, row)

    async def note_export(self, actor: Actor, run_id: UUID, format: str) -> None:
        """On record: the result of this run was saved as a file of that format."""
        async with self._database.tenant_session(actor) as db:
            await record(db, actor, Event.RUN_RESULT_EXPORT, run_id, {"format": format})

    async def list(self, actor: Actor, *, limit: int) -> list[dict[str, Any]]:
        """The actor's own runs, newest first, without their results. `refused`: did the result say
        that it holds no answer?"""
        require(actor, Permission.KERNEL_RUN_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT id, capability, state, request, started_at, finished_at, refused, key_period"
                " FROM runs WHERE tenant_id = $1 AND member_id = $2"
                " ORDER BY started_at DESC, id LIMIT $3",
                *(actor.tenant_id, actor.id, limit),
            )
        kept = []
        for row in rows:
            with suppress(Erased):
                kept.append(self._records.opened(actor.tenant_id, row))
        return kept

    async def close_interrupted(self) -> None:
        """Mark the runs that a dead process left running."""
        for tenant_id in await self._database.tenants():
            actor = worker(tenant_id)
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(
                    "SELECT id FROM runs WHERE tenant_id = $1 AND state = 'running' FOR UPDATE",
                    tenant_id,
                )
                for row in rows:
                    await self._keep(db, actor, row["id"], "failed", error=_STOPPED)
                    details = {"state": "failed", "cause": "server stopped"}
                    await record(db, actor, Event.RUN_RUN_FINISH, row["id"], details)

    async def close(self) -> None:
        """Stop what runs and wait until each is on record."""
        await self.watch.close()
        await stop(*[r.task for r in self._live.values() if r.task and not r.ended])

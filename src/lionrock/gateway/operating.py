"""The operator's sight of the engines, and hand on them: drained for maintenance, and used again.

Engines are the installation's, not a tenant's. How busy they are tells one tenant of the others, so
that is shown to operators alone; what a single tenant does there, to nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.places import place
from lionrock.gateway.pool import CircuitState, LaneState, Pool, Trust
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import decide, require
from lionrock.kernel.egress.residency import HERE
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
"""Between two looks for what another process drained or resumed."""
_FAULTS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class EngineState(StrEnum):
    """The first that applies, from below."""

    READY = "ready"
    TRYING = "trying"
    """One request tries an open circuit."""
    CIRCUIT_OPEN = "circuit-open"
    UNHEALTHY = "unhealthy"
    DRAINING = "draining"
    DRAINED = "drained"
    """And it works on nothing any more; told to operators."""


USED: Final = frozenset({EngineState.READY, EngineState.TRYING})
"""Requests are sent to it, or one is, to try it."""


class Running(BaseModel):
    """What it works on. `oldest_since`: the oldest of those requests; None: there is none."""

    model_config = ConfigDict(frozen=True)
    busy: int
    waiting: int
    """Requests that wait for it, perhaps for others too."""
    by_model: dict[str, int]
    oldest_since: datetime | None


class Standing(BaseModel):
    """An engine as it stands in this process. `load` is None for who is no operator."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: EngineKind
    trust: Trust
    where: str
    """Host and port, or `this machine`."""
    models: list[str]
    at_once: int
    state: EngineState
    since: datetime | None
    """Of its state; None while it is ready."""
    fault: str
    """What is wrong with it, also while it is drained; empty when nothing is."""
    ill_since: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    trial_at: datetime | None
    """When an open circuit lets a request through."""
    load: Running | None


class EngineService:
    """One for each process. `run` keeps in step with other processes of the installation."""

    def __init__(self, database: Database, pool: Pool) -> None:
        self._database, self.pool = database, pool
        self._drained: dict[str, datetime] = {}
        self._lock = asyncio.Lock()

    def listing(self, actor: Actor) -> list[Standing]:
        """In the order of the file. Forbidden for who may not see engines."""
        require(actor, Permission.PLATFORM_ENGINE_READ)
        return [self._standing(actor, state) for state in self.pool.states()]

    async def drain(self, operator: Actor, name: str) -> Standing:
        """Send the engine nothing more, in no process, until it is resumed. Once: again changes nothing.

        Forbidden; NotFound, with the engines there are.
        """
        return await self._set(operator, name, Event.GATEWAY_ENGINE_DRAIN)

    async def resume(self, operator: Actor, name: str) -> Standing:
        """Use it again, if it is well."""
        return await self._set(operator, name, Event.GATEWAY_ENGINE_RESUME)

    async def load(self) -> None:
        """Drain what is on record as drained, and resume what is not any more."""
        async with self._lock:
            async with self._database.directory_session() as db:
                rows = await db.fetch("SELECT engine, drained_at FROM gateway_drains")
            self._drained = {r["engine"]: r["drained_at"] for r in rows}
            for state in self.pool.states():
                self._apply(state.engine, was=state.draining)

    async def run(self) -> None:
        """`load`, again and again, until cancelled. While the database does not answer, all stays."""
        answers = True
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.load()
                answers = True
            except _FAULTS as error:
                if answers:
                    _log.warning("which engines are drained is not known: %s", type(error).__name__)
                answers = False

    async def _set(self, operator: Actor, name: str, event: Event) -> Standing:
        require(operator, Permission.PLATFORM_ENGINE_MANAGE)
        self.pool.state(name)
        # `load` waits: it must not put back what it read before this was written.
        async with self._lock:
            async with self._database.tenant_session(operator) as db:
                if event is Event.GATEWAY_ENGINE_DRAIN:
                    at = await db.fetchval(
                        "INSERT INTO gateway_drains (engine) VALUES ($1) ON CONFLICT DO NOTHING"
                        " RETURNING drained_at",
                        name,
                    )
                else:
                    at = await db.fetchval(
                        "DELETE FROM gateway_drains WHERE engine = $1 RETURNING drained_at", name
                    )
                if at is not None:
                    await record(db, operator, event, operator.tenant_id, {"engine": name})
            if event is Event.GATEWAY_ENGINE_RESUME:
                self._drained.pop(name, None)
            else:
                self._drained.setdefault(name, at or datetime.now(UTC))
            self._apply(name, was=self.pool.state(name).draining)
        return self._standing(operator, self.pool.state(name))

    def _apply(self, name: str, *, was: bool) -> None:
        wanted = name in self._drained
        if wanted == was:
            return
        (self.pool.drain if wanted else self.pool.resume)(name)
        _log.warning("engine %s: %s", name, "drained" if wanted else "resumed")

    def _standing(self, actor: Actor, state: LaneState) -> Standing:
        engine = self.pool.engine(state.engine)
        now = datetime.now(UTC)
        operator = bool(decide(actor, Permission.PLATFORM_ENGINE_MANAGE))
        which = _state(state, operator)
        drained = self._drained.get(engine.name) if state.draining else None
        ill = _moment(now, state.ill_for, -1)
        return Standing(
            name=engine.name, kind=engine.kind, trust=engine.trust, where=place(engine) or HERE,
            models=list(state.models), at_once=state.at_once, state=which,
            since=drained or (None if which is EngineState.READY else ill),
            fault=state.fault, ill_since=ill,
            checked_at=_moment(now, state.checked_ago, -1), next_check_at=_moment(now, state.check_in),
            trial_at=_moment(now, state.trial_in), load=_running(state, now) if operator else None,
        )  # fmt: skip


def _state(state: LaneState, operator: bool) -> EngineState:
    if state.draining:
        return EngineState.DRAINED if operator and not state.busy else EngineState.DRAINING
    if not state.healthy:
        return EngineState.UNHEALTHY
    return _OF_CIRCUIT[state.circuit]


_OF_CIRCUIT: Final[Mapping[CircuitState, EngineState]] = {
    CircuitState.CLOSED: EngineState.READY,
    CircuitState.OPEN: EngineState.CIRCUIT_OPEN,
    CircuitState.HALF_OPEN: EngineState.TRYING,
}


def _running(state: LaneState, now: datetime) -> Running:
    oldest = _moment(now, state.oldest_for, -1)
    return Running(
        busy=state.busy, waiting=state.waiting, by_model=dict(state.running), oldest_since=oldest
    )


def _moment(now: datetime, seconds: float | None, direction: int = 1) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=direction * seconds)

"""Engines under an operator's hand: what is told of them and to whom, drained for good, resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from lionrock.errors import EngineUnavailable, Forbidden, NotFound
from lionrock.gateway import operating
from lionrock.gateway.operating import EngineService, EngineState
from lionrock.gateway.pool import Pool, Trust
from lionrock.gateway.pool.circuit import Outcome
from lionrock.kernel import tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from tests.gateway.pool.making import clock, engine, pool_of

S = EngineState


@pytest.fixture
async def operator(database: Database) -> Actor:
    tenant, member = await tenants.ensure_platform(database)
    roles = frozenset({Role.PLATFORM_OPERATOR})
    return Actor(tenant, member, ActorKind.MEMBER, roles, "general")


@pytest.fixture
async def name(database: Database) -> AsyncIterator[str]:
    """Of an engine that no other test has."""
    made = f"gpu-{uuid4().hex[:8]}"
    yield made
    async with database.directory_session() as db:
        await db.execute("DELETE FROM gateway_drains WHERE engine = $1", made)


async def events(database: Database, operator: Actor, name: str) -> list[str]:
    async with database.tenant_session(operator) as db:
        rows = await db.fetch(
            "SELECT event FROM events e JOIN event_payloads p"
            " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)"
            " WHERE payload -> 'details' ->> 'engine' = $1 ORDER BY e.id",
            name,
        )
    return [r["event"] for r in rows]


def lease(pool: Pool, **given: Any) -> Any:
    return pool.lease("m", "t", deadline=clock() + 5, **given)


async def test_a_drained_engine_gets_nothing_and_finishes_what_it_has(
    database: Database, operator: Actor, name: str
) -> None:
    pool = pool_of(engine(name, at_once=2))
    service = EngineService(database, pool)
    async with lease(pool):
        standing = await service.drain(operator, name)
        assert standing.state is S.DRAINING and standing.since and standing.load
        assert standing.load.by_model == {"m": 1} and standing.load.oldest_since
        with pytest.raises(EngineUnavailable, match="drained for maintenance"):
            await lease(pool).__aenter__()
    (standing,) = service.listing(operator)
    assert standing.state is S.DRAINED and standing.load and standing.load.by_model == {}
    assert (await service.resume(operator, name)).state is S.READY
    async with lease(pool):
        pass
    assert await events(database, operator, name) == [
        "gateway:engine:drain", "gateway:engine:resume",
    ]  # fmt: skip


async def test_a_drain_survives_a_restart_and_is_noted_once(
    database: Database, operator: Actor, name: str
) -> None:
    first = EngineService(database, pool_of(engine(name)))
    since = (await first.drain(operator, name)).since
    assert (await first.drain(operator, name)).since == since
    assert await events(database, operator, name) == ["gateway:engine:drain"]
    again = EngineService(database, pool_of(engine(name), engine("other")))
    await again.load()
    drained, other = again.listing(operator)
    assert (drained.state, drained.since, other.state) == (S.DRAINED, since, S.READY)


async def test_what_one_process_drains_or_resumes_all_do(
    database: Database, operator: Actor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "LOOK_SECONDS", 0.01)
    here, there = (EngineService(database, pool_of(engine(name))) for _ in range(2))
    looking = asyncio.create_task(there.run())
    try:
        for turn, wanted in ((here.drain, S.DRAINED), (here.resume, S.READY)):
            await turn(operator, name)
            for _ in range(3000):
                if there.listing(operator)[0].state is wanted:
                    break
                await asyncio.sleep(0.01)
            assert there.listing(operator)[0].state is wanted
    finally:
        looking.cancel()


async def test_while_the_database_does_not_answer_all_stays_as_it_was(
    database: Database, operator: Actor, name: str, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(operating, "LOOK_SECONDS", 0.0)
    service = EngineService(database, pool_of(engine(name)))
    await service.drain(operator, name)
    looks, enough = 0, asyncio.Event()

    async def gone() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            enough.set()
        raise asyncpg.PostgresConnectionError("gone")

    monkeypatch.setattr(service, "load", gone)
    looking = asyncio.create_task(service.run())
    await enough.wait()
    looking.cancel()
    assert service.listing(operator)[0].state is S.DRAINED
    assert caplog.text.count("is not known") == 1


async def test_a_drain_that_cannot_be_kept_is_none(
    database: Database, operator: Actor, name: str
) -> None:
    service = EngineService(database, pool_of(engine(name)))
    nobody = replace(operator, tenant_id=uuid4())  # no such tenant: its event cannot be written
    with pytest.raises(asyncpg.PostgresError):
        await service.drain(nobody, name)
    assert service.listing(operator)[0].state is S.READY


async def test_only_operators_turn_engines_and_see_how_busy_they_are(
    database: Database, operator: Actor, actor: Actor, name: str
) -> None:
    pool = pool_of(engine(name))
    service = EngineService(database, pool)
    for turn in (service.drain, service.resume):
        with pytest.raises(Forbidden, match="platform:engine:manage"):
            await turn(actor, name)
        with pytest.raises(Forbidden):  # before it is told which there are
            await turn(actor, "nobodys")
        with pytest.raises(NotFound, match=name):
            await turn(operator, "nobodys")
    await service.drain(operator, name)
    (seen,) = service.listing(actor)
    assert seen.load is None and seen.state is S.DRAINING  # not that it works on nothing
    with pytest.raises(Forbidden):
        service.listing(replace(actor, roles=frozenset({Role.ANALYST})))


async def test_an_ill_engine_says_since_when_and_why_also_while_it_is_drained(
    database: Database, operator: Actor, name: str
) -> None:
    pool = pool_of(engine(name, trust=Trust.OUTSIDE, url="https://models.example:8443/v1"))
    service = EngineService(database, pool)
    pool._lanes[name].checked("It is down.", clock() - 60)
    (ill,) = service.listing(operator)
    assert (ill.state, ill.fault) == (S.UNHEALTHY, "It is down.")
    assert (ill.where, ill.trust) == ("models.example port 8443", Trust.OUTSIDE)
    minute = datetime.now(UTC) - timedelta(minutes=1)
    for moment in (ill.since, ill.checked_at):
        assert moment and abs(moment - minute) < timedelta(seconds=10)
    drained = await service.drain(operator, name)
    assert (drained.state, drained.fault) == (S.DRAINED, "It is down.")
    assert (
        drained.since
        and drained.since > minute
        and drained.ill_since == pytest.approx(minute, abs=timedelta(seconds=10))
    )


async def test_a_circuit_that_opened_tells_when_it_is_tried(
    database: Database, operator: Actor, name: str
) -> None:
    pool = pool_of(engine(name, at_once=8))
    service, lane = EngineService(database, pool), pool._lanes[name]
    for _ in range(3):
        async with lease(pool) as upstream:
            upstream.failed()
    (open_,) = service.listing(operator)
    assert open_.state is S.CIRCUIT_OPEN and "left alone" in open_.fault and open_.since
    assert open_.trial_at and open_.trial_at > datetime.now(UTC)
    lane.circuit.hasten(clock())
    assert service.listing(operator)[0].state is S.CIRCUIT_OPEN  # nobody has tried it yet
    async with lease(pool) as upstream:
        (trying,) = service.listing(operator)
        assert trying.state is S.TRYING and trying.trial_at is None
        assert trying.since and abs(trying.since - open_.since) < timedelta(seconds=1)
        upstream.answered(200)
    assert service.listing(operator)[0].since is None
    assert lane.circuit.end(Outcome.GOOD, clock()) is False

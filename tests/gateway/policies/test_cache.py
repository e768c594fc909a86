"""What a tenant has decided, remembered: for how long, forgotten when, and what if it cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from lionrock.errors import PolicyUnavailable
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.cache import SECONDS, Policies
from lionrock.gateway.policies.rules import Rules, strictest
from lionrock.gateway.policies.service import Decided, PolicyService
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Counted:
    """The database, with its sessions counted; `broken` fails them, `held` holds them up."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sessions = 0
        self.broken: BaseException | None = None
        self.held = asyncio.Event()
        self.held.set()

    @asynccontextmanager
    async def tenant_session(self, actor: Actor) -> AsyncIterator[asyncpg.Connection]:
        self.sessions += 1
        if self.broken:
            raise self.broken
        async with self._database.tenant_session(actor) as db:
            yield db
            await self.held.wait()


LOOSE = Decided(guards={Kind.EMAIL: Action.OFF}, retention=Retention.STANDARD)


async def changed(database: Database, actor: Actor, wanted: Decided, seen: int = 0) -> None:
    await PolicyService(database, lambda tenant: None).change(actor, wanted, seen)


def made(database: Database, **more: Any) -> tuple[Policies, Counted, Hands]:
    counted, clock = Counted(database), Hands()
    given: Any = counted
    return Policies(given, clock, **more), counted, clock


async def test_a_tenant_that_decided_nothing_has_all_masked_and_no_content_kept(
    database: Database, actor: Actor
) -> None:
    rules = await Policies(database).of(actor.tenant_id)
    assert rules == Rules() and rules.share == 1
    assert rules.retention is Retention.METADATA
    assert rules.guards.kinds(Action.MASK) == frozenset(Kind)


async def test_what_is_remembered_is_read_anew_after_seconds(
    database: Database, actor: Actor
) -> None:
    policies, counted, clock = made(database)
    await policies.of(actor.tenant_id)
    await changed(database, actor, LOOSE)  # as another process would
    clock.now = SECONDS - 0.01
    assert await policies.of(actor.tenant_id) == Rules() and counted.sessions == 1
    clock.now = SECONDS
    rules = await policies.of(actor.tenant_id)
    assert rules.retention is Retention.STANDARD and counted.sessions == 2
    assert rules.guards.kinds(Action.OFF) == {Kind.EMAIL}


async def test_a_change_in_this_process_counts_at_once_and_for_that_tenant(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    policies, counted, _ = made(database)
    for tenant in (actor.tenant_id, stranger.tenant_id):
        await policies.of(tenant)
    await PolicyService(database, policies.forget).change(actor, LOOSE, 0)
    assert (await policies.of(actor.tenant_id)).retention is Retention.STANDARD
    assert await policies.of(stranger.tenant_id) == Rules() and counted.sessions == 3


async def test_a_look_that_a_change_overtook_is_not_remembered(
    database: Database, actor: Actor
) -> None:
    policies, counted, _ = made(database)
    counted.held.clear()
    before = asyncio.create_task(policies.of(actor.tenant_id))
    await asyncio.sleep(0.05)
    await changed(database, actor, LOOSE)
    policies.forget(actor.tenant_id)
    after = asyncio.create_task(policies.of(actor.tenant_id))
    await asyncio.sleep(0.05)
    counted.held.set()
    await before
    assert (await after).retention is Retention.STANDARD
    assert (await policies.of(actor.tenant_id)).retention is Retention.STANDARD
    assert counted.sessions == 2


async def test_calls_that_come_together_share_one_look(database: Database, actor: Actor) -> None:
    policies, counted, _ = made(database)
    await asyncio.gather(*(policies.of(actor.tenant_id) for _ in range(20)))
    assert counted.sessions == 1


async def test_one_who_goes_away_takes_the_look_from_nobody(
    database: Database, actor: Actor
) -> None:
    policies, counted, _ = made(database)
    counted.held.clear()
    gone, stays = (asyncio.create_task(policies.of(actor.tenant_id)) for _ in range(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    counted.held.set()
    assert await stays == Rules() and counted.sessions == 1


@pytest.mark.parametrize("fault", [OSError(), asyncpg.InterfaceError("x"), TimeoutError()])
async def test_what_cannot_be_read_and_is_not_remembered_is_refused(
    database: Database, actor: Actor, fault: Exception
) -> None:
    policies, counted, clock = made(database)
    await policies.of(actor.tenant_id)
    counted.broken = fault
    assert await policies.of(actor.tenant_id) == Rules()
    clock.now = SECONDS
    with pytest.raises(PolicyUnavailable):
        await policies.of(actor.tenant_id)
    with pytest.raises(PolicyUnavailable) as refused:
        await policies.of(actor.tenant_id)
    assert refused.value.status == 503 and refused.value.retry_after
    counted.broken = None
    assert await policies.of(actor.tenant_id) == Rules()


async def test_a_database_that_does_not_answer_is_given_up(
    database: Database, actor: Actor
) -> None:
    policies, counted, _ = made(database, patience=0.05)
    counted.held.clear()
    with pytest.raises(PolicyUnavailable):
        await policies.of(actor.tenant_id)


@pytest.mark.parametrize("guards", ['{"dna": "mask"}', '{"hkid": "burn"}'])
async def test_words_that_this_release_does_not_know_let_nothing_through(
    database: Database, actor: Actor, guards: str
) -> None:
    await changed(database, actor, LOOSE)
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE gateway_policies SET guards = $1", guards)
    with pytest.raises(PolicyUnavailable):
        await Policies(database).of(actor.tenant_id)


async def test_a_tenant_that_is_not_there_has_no_policy(actor: Actor, database: Database) -> None:
    with pytest.raises(PolicyUnavailable):
        await Policies(database).of(actor.id)


def test_each_may_tighten_what_is_kept_and_none_loosen_it() -> None:
    standard, metadata, none = Retention
    assert strictest(standard, standard, standard) is standard
    assert strictest(metadata, standard) is strictest(standard, metadata) is metadata
    assert strictest(standard, none, metadata) is none

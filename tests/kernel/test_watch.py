"""What lives longer than a request ends with the access it began under."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Unauthenticated
from lionrock.kernel import identity, service_keys, sessions, tenants
from lionrock.kernel.actors import Actor, ActorKind, Role, worker
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import NewKey
from lionrock.kernel.watch import Watch
from tests.kernel.joining import PASSWORD, new_email


@pytest.fixture
async def watch(database: Database) -> AsyncIterator[Watch]:
    made = Watch(database)
    yield made
    await made.close()


class Guest:
    """A member with a session and the token of it."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor, self.token = actor, token


@pytest.fixture
async def guest(database: Database, people: People, actor: Actor) -> Guest:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    entered = await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
    resolved = await identity.resolve(database, entered.session, ("session",))
    return Guest(resolved, entered.session)


async def counting() -> AsyncIterator[int]:
    for n in range(10**9):
        yield n
        await asyncio.sleep(0.01)


async def read(watch: Watch, actor: Actor) -> None:
    async for _ in watch.guarded(actor, counting()):
        pass


async def still_reading(task: asyncio.Task[None], watch: Watch) -> bool:
    """Has the stream outlived a look?"""
    for _ in range(3):
        watch.wake()
        await asyncio.sleep(0.1)
    return not task.done()


async def test_a_stream_ends_when_its_member_is_suspended(
    watch: Watch, people: People, actor: Actor, guest: Guest
) -> None:
    reading = asyncio.create_task(read(watch, guest.actor))
    assert await still_reading(reading, watch)
    await people.members.suspend(actor, guest.actor.id)
    watch.wake()
    with pytest.raises(Unauthenticated, match="ended"):
        await asyncio.wait_for(reading, 30)


async def test_a_suspension_by_another_process_is_seen_without_being_told(
    watch: Watch, people: People, actor: Actor, guest: Guest
) -> None:
    reading = asyncio.create_task(read(watch, guest.actor))
    await asyncio.sleep(0.05)
    await people.members.suspend(actor, guest.actor.id)
    with pytest.raises(Unauthenticated):
        await asyncio.wait_for(reading, 30)


async def test_a_stream_ends_with_its_session_and_the_run_under_it_goes_on(
    database: Database, watch: Watch, guest: Guest
) -> None:
    stopped = asyncio.Event()
    with watch.over(guest.actor, stopped.set, door=False):
        reading = asyncio.create_task(read(watch, guest.actor))
        await asyncio.sleep(0.05)
        await identity.end(database, guest.actor, guest.token)
        watch.wake()
        with pytest.raises(Unauthenticated):
            await asyncio.wait_for(reading, 30)
        watch.wake()
        await asyncio.sleep(0.1)
        assert not stopped.is_set(), "who signs out leaves their work going"


@pytest.mark.parametrize("how", ["revoked", "replaced"])
async def test_a_run_stops_when_its_session_was_taken(
    database: Database, people: People, watch: Watch, guest: Guest, how: str
) -> None:
    link = await identity.issue(database, guest.actor.tenant_id, guest.actor.id, "link")
    other = await identity.resolve(database, await identity.redeem(database, link), ("session",))
    stopped = asyncio.Event()
    with watch.over(guest.actor, stopped.set, door=False):
        if how == "revoked":
            assert guest.actor.credential
            await sessions.end_one(database, other, guest.actor.credential)
        else:
            await people.accounts.change_password(other, PASSWORD, "three other words")
        watch.wake()
        await asyncio.wait_for(stopped.wait(), 30)


async def test_a_run_stops_when_its_key_is_ended(
    database: Database, watch: Watch, actor: Actor
) -> None:
    made = await service_keys.create(
        database, actor, NewKey(name="x", scopes={P.SEARCH_PASSAGE_READ})
    )
    key = await identity.resolve(database, made.key, ("key",))
    stopped = asyncio.Event()
    with watch.over(key, stopped.set, door=False):
        await service_keys.end(database, actor, made.id)
        watch.wake()
        await asyncio.wait_for(stopped.wait(), 30)


async def test_everything_of_a_suspended_tenant_stops(
    database: Database, watch: Watch, guest: Guest
) -> None:
    platform, member = await tenants.ensure_platform(database)
    roles = frozenset({Role.PLATFORM_OPERATOR})
    operator = Actor(platform, member, ActorKind.MEMBER, roles)
    stopped = asyncio.Event()
    with watch.over(guest.actor, stopped.set, door=False):
        await tenants.suspend(database, operator, guest.actor.tenant_id)
        watch.wake()
        await asyncio.wait_for(stopped.wait(), 30)


async def test_others_are_left_alone(
    watch: Watch, people: People, actor: Actor, guest: Guest, stranger: Actor
) -> None:
    reading = [asyncio.create_task(read(watch, a)) for a in (actor, stranger)]
    await people.members.suspend(actor, guest.actor.id)
    for task in reading:
        assert await still_reading(task, watch)
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def test_a_member_who_is_not_there_has_no_access(watch: Watch, actor: Actor) -> None:
    stopped = asyncio.Event()
    with watch.over(replace(actor, id=uuid4()), stopped.set, door=False):
        watch.wake()
        await asyncio.wait_for(stopped.wait(), 30)


async def test_the_house_itself_is_not_watched(watch: Watch, actor: Actor) -> None:
    stopped = asyncio.Event()
    with watch.over(worker(actor.tenant_id), stopped.set, door=True):
        watch.wake()
        await asyncio.sleep(0.2)
        assert not stopped.is_set()


async def test_where_nothing_can_be_asked_nothing_goes_on(
    watch: Watch, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(self: Watch) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr(Watch, "_check", gone)
    stopped = asyncio.Event()
    with watch.over(guest.actor, stopped.set, door=False):
        while not stopped.is_set():
            watch.wake()
            await asyncio.sleep(0.01)


async def test_nobody_watches_when_there_is_nothing_to_watch(watch: Watch, actor: Actor) -> None:
    with watch.over(actor, lambda: None, door=False):
        assert watch._task is not None
    watch.wake()
    await asyncio.wait_for(watch._task, 30)


async def test_a_guarded_stream_ends_as_its_updates_do(watch: Watch, actor: Actor) -> None:
    async def three() -> AsyncIterator[int]:
        for n in range(3):
            yield n

    async def fails() -> AsyncIterator[int]:
        yield 1
        raise ValueError("as it was")

    assert [n async for n in watch.guarded(actor, three())] == [0, 1, 2]
    with pytest.raises(ValueError, match="as it was"):
        [n async for n in watch.guarded(actor, fails())]

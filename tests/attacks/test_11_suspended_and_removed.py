"""Attack 11: the sessions, keys, links, streams and running work of someone who was suspended."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from lionrock.assist.schemas import AskRequest
from lionrock.doors import SESSION_COOKIE
from lionrock.errors import Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from tests.attacks.doors import fetch
from tests.attacks.taken_apart import missing
from tests.matrix.institution import _ENDLESS
from tests.matrix.world import World


@pytest.fixture
async def leaver(world: World) -> Actor:
    return await world.ours.member(Role.ANALYST)


async def issue(world: World, leaver: Actor, kind: str) -> str:
    return await identity.issue(world.house.database, leaver.tenant_id, leaver.id, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["suspend", "remove"])
async def test_every_way_in_closes_at_once(world: World, url: str, leaver: Actor, how: str) -> None:
    key, session, link = [await issue(world, leaver, k) for k in ("key", "session", "link")]
    bearer, cookie = {"Authorization": f"Bearer {key}"}, {"Cookie": f"{SESSION_COOKIE}={session}"}
    async with aiohttp.ClientSession(url) as http:
        assert (await fetch(http, "GET", "/v1/documents", headers=bearer)).status == 200
        assert (await fetch(http, "GET", "/documents", headers=cookie)).status == 200
        await getattr(world.house.people.members, how)(world.ours.actor, leaver.id)
        assert (await fetch(http, "GET", "/v1/documents", headers=bearer)).status == 401
        assert (await fetch(http, "GET", "/v1/documents", headers=cookie)).status == 401
        assert (await fetch(http, "GET", "/documents", headers=cookie)).status == 303
        assert (await fetch(http, "POST", "/sign-in", data={"token": link})).status == 401


async def test_restoring_gives_no_old_way_in_back(world: World, leaver: Actor) -> None:
    key = await issue(world, leaver, "key")
    members = world.house.people.members
    await members.suspend(world.ours.actor, leaver.id)
    await members.restore(world.ours.actor, leaver.id)
    with pytest.raises(Unauthenticated):
        await identity.resolve(world.house.database, key, ("key",))


async def test_a_stream_that_is_open_ends_and_the_run_behind_it_stops(
    world: World, url: str, leaver: Actor
) -> None:
    session = await issue(world, leaver, "session")
    actor = await identity.resolve(world.house.database, session, ("session",))
    live = await world.house.runs.begin(
        world.house.context(actor), _ENDLESS, AskRequest(question="Wait.")
    )
    async with (
        aiohttp.ClientSession(url, cookies={SESSION_COOKIE: session}) as http,
        http.get(f"/runs/{live.id}/stream") as response,
    ):
        await response.content.readline()
        await world.house.people.members.suspend(world.ours.actor, leaver.id)
        world.house.runs.watch.wake()
        await asyncio.wait_for(response.content.read(), 15)
    for _ in range(500):
        if live.ended:
            break
        await asyncio.sleep(0.01)
    assert live.ended


async def test_a_suspended_tenants_work_waits(world: World) -> None:
    """Its documents are not read while its doors are closed."""
    tenant = await world.ours.fresh_tenant(suspended=True)
    assert tenant not in await world.house.database.active_tenants()
    assert tenant in await world.house.database.tenants()


def test_the_watch_over_running_work_is_taken_apart_in_its_room() -> None:
    assert missing(
        "kernel/test_watch", "a_stream_ends_when_its_member_is_suspended",
        "a_run_stops_when_its_key_is_ended", "everything_of_a_suspended_tenant_stops",
        "where_nothing_can_be_asked_nothing_goes_on",
    ) == []  # fmt: skip

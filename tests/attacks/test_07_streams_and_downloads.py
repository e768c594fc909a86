"""Attack 7: the streaming, websocket and download addresses of a thing one may not see."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import ClientSession

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Role
from tests.attacks.doors import NEVER, fetch, get, raw
from tests.matrix.world import World


@pytest.mark.parametrize("who", ["stranger", "colleague"])
async def test_a_run_streams_to_its_maker_alone(
    world: World, url: str, browser: ClientSession, who: str
) -> None:
    run, _ = await world.ours.ended_run()
    assert (await fetch(browser, "GET", f"/runs/{run}/stream")).status == 200
    other = (
        world.theirs.actor if who == "stranger"
        else await world.ours.member(Role.ADMINISTRATOR)
    )  # fmt: skip
    token = await identity.issue(world.house.database, other.tenant_id, other.id, "session")
    async with aiohttp.ClientSession(url, cookies={SESSION_COOKIE: token}) as session:
        found = await fetch(session, "GET", f"/runs/{run}/stream")
        never = await fetch(session, "GET", f"/runs/{NEVER}/stream")
        assert found.status == never.status == 404
        assert found.text.replace(str(run), "") == never.text.replace(NEVER, "")
        await fetch(session, "POST", f"/runs/{run}/stop")


async def test_a_stranger_cannot_stop_a_run_that_works(
    world: World, intruder: ClientSession
) -> None:
    run = await world.ours.endless_run()
    assert (await fetch(intruder, "POST", f"/v1/runs/{run}/stop")).status == 404
    live = world.house.runs.live(world.ours.actor, run)
    assert not live.ended
    live.cancel()


async def test_a_page_image_is_no_further_than_its_page(
    world: World, intruder: ClientSession
) -> None:
    address = f"/v1/documents/{world.ours.document}/pages/1/image"
    reply = await fetch(intruder, "GET", address)
    assert reply.status == 404 and reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/v1/documents", "/runs", "/v1/ask", "/"])
async def test_no_door_becomes_a_websocket(url: str, path: str) -> None:
    reply = await raw(
        url, get(path, "127.0.0.1", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==").replace(
                     b"Connection: close", b"Connection: Upgrade, close"),
    )  # fmt: skip
    assert reply.status in (303, 400, 401, 403, 404, 405)

"""Attack 8: previews, thumbnails, tracing and observability of what belongs to others."""

from __future__ import annotations

import re

import aiohttp
import pytest
from aiohttp import ClientSession

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from tests.attacks.doors import fetch
from tests.matrix.surface import operations
from tests.matrix.world import World


async def test_a_preview_of_our_page_is_not_drawn_for_them(world: World, url: str) -> None:
    actor = world.theirs.actor
    token = await identity.issue(world.house.database, actor.tenant_id, actor.id, "session")
    async with aiohttp.ClientSession(url, cookies={SESSION_COOKIE: token}) as session:
        for target in ({}, {"HX-Request": "true", "HX-Target": "panel"}):
            address = f"/documents/{world.ours.document}/pages/1"
            reply = await fetch(session, "GET", address, headers=target)
            assert reply.status == 404 and world.ours.canary not in reply.text
        # The address that pages take pictures from is the API's, with the session.
        image = f"/v1/documents/{world.ours.document}/pages/1/image"
        assert (await fetch(session, "GET", image)).status == 404


async def test_status_tells_of_the_server_and_the_caller_and_of_no_one_else(
    world: World, intruder: ClientSession
) -> None:
    reply = await fetch(intruder, "GET", "/v1/status")
    for secret in world.ours.secrets():
        assert secret.decode() not in reply.text


@pytest.mark.parametrize(
    "word", ["trace", "tracing", "telemetry", "metrics", "debug", "logs", "env"]
)
def test_there_is_no_door_for_watching_others(word: str) -> None:
    """A route that is made for it later must pass the matrix; its name is noticed here first. Metrics have
    no tenant, member or words: `tests/whole/test_metrics.py`."""
    found = [o.id for o in operations() if re.search(rf"/{word}\b", o.path)]
    assert found == (["GET /metrics"] if word == "metrics" else [])

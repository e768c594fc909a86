"""Attack 6: a bulk endpoint that forgets what the single one checks."""

from __future__ import annotations

import json

import aiohttp
from aiohttp import ClientSession

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from tests.attacks.doors import NEVER, fetch
from tests.matrix.world import World


async def test_following_many_documents_tells_nothing_of_those_that_are_not_ours(
    world: World, url: str
) -> None:
    """Theirs among ours is answered as one that was removed, like an id that never was."""
    actor = world.theirs.actor
    token = await identity.issue(world.house.database, actor.tenant_id, actor.id, "session")
    async with aiohttp.ClientSession(url, cookies={SESSION_COOKIE: token}) as session:
        for state in ("ready/0/0", "queued/0/0"):
            shown = []
            for foreign in (str(world.ours.document), NEVER):
                query = [
                    ("follow", f"{world.theirs.document}/{state}"),
                    ("follow", f"{foreign}/{state}"),
                ]
                reply = await fetch(session, "GET", "/documents/changes", params=query)
                assert world.ours.canary not in reply.text
                shown.append((reply.status, reply.text.replace(foreign, "·")))
            assert shown[0] == shown[1]


async def test_loading_many_passages_leaves_out_those_of_others(world: World) -> None:
    search = world.house.search
    mixed = []
    for institution in (world.ours, world.theirs):
        mixed += [h.passage.id for h in await search.passages(institution.actor, "records")]
    for institution in (world.ours, world.theirs):
        loaded = await search.load(institution.actor, mixed)
        assert loaded and all(institution.canary in p.document for p in loaded.values())


async def test_a_batch_in_one_body_is_not_taken(client: ClientSession) -> None:
    """JSON that repeats a key or is a list of requests is refused or counted once."""
    for body in ('[{"question": "a"}, {"question": "b"}]', '{"question": ["a", "b"]}'):
        reply = await fetch(
            client, "POST", "/v1/ask", data=body, headers={"Content-Type": "application/json"}
        )
        assert reply.status == 422, json.dumps(reply.text)

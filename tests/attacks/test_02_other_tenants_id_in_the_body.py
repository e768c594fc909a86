"""Attack 2: the id of another tenant's thing in a body, where the path is one's own."""

from __future__ import annotations

import json

from aiohttp import ClientSession

from tests.attacks.doors import fetch, upload
from tests.matrix.recipes import RECIPES
from tests.matrix.surface import operations
from tests.matrix.world import QUESTION, World


async def test_a_question_takes_no_ids_and_says_so(world: World, intruder: ClientSession) -> None:
    for name in ("document_id", "collection_id", "run_id", "tenant_id", "chat_id"):
        body = {"question": QUESTION, name: str(world.ours.document)}
        reply = await fetch(intruder, "POST", "/v1/ask", json=body)
        assert reply.status == 422 and name in reply.text


async def test_an_upload_that_names_our_tenant_stays_theirs(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    added = await upload(
        intruder, "planted.md", b"planted", tenant_id=str(world.ours.actor.tenant_id),
        collection="library", document_id=str(world.ours.document),
    )  # fmt: skip
    planted = json.loads(added.text)["document_id"]
    assert planted != str(world.ours.document)
    assert planted not in (await fetch(client, "GET", "/v1/documents")).text
    assert planted in (await fetch(intruder, "GET", "/v1/documents")).text
    await fetch(intruder, "DELETE", f"/v1/documents/{planted}")


def test_every_route_with_an_id_in_its_body_is_in_the_matrix() -> None:
    with_ids = [o.id for o in operations() if any(s.where == "body" for s in o.slots)]
    assert set(with_ids) <= RECIPES.keys()

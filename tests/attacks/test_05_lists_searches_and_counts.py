"""Attack 5: what lists, searches, counts and answers show of others."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import fetch
from tests.matrix.world import QUESTION, World


@pytest.mark.parametrize(
    "path", ["/v1/documents", "/v1/search?q=due+diligence+records", "/v1/status"]
)
async def test_a_list_or_search_shows_its_tenant_alone(
    world: World, intruder: ClientSession, path: str
) -> None:
    reply = await fetch(intruder, "GET", path)
    assert reply.status == 200
    for secret in world.ours.secrets():
        assert secret.decode() not in reply.text


async def test_an_answer_rests_on_its_tenants_documents_alone(
    world: World, intruder: ClientSession
) -> None:
    reply = await fetch(intruder, "POST", "/v1/ask", json={"question": QUESTION})
    assert world.theirs.canary in reply.text
    assert world.ours.canary not in reply.text


async def test_asking_for_our_words_brings_none_of_them(
    world: World, intruder: ClientSession
) -> None:
    """Our word is in no index, frequency or vector of theirs: it weighs nothing and finds nothing."""
    reply = await fetch(intruder, "GET", f"/v1/search?q={world.ours.canary}")
    hits = reply.text.partition('"hits"')[2]
    assert world.ours.canary not in hits
    index = await world.house.search.indexer.words(world.theirs.actor)
    assert index.frequencies([world.ours.canary.lower()]) == {world.ours.canary.lower(): 0}


async def test_counts_count_ones_own(world: World) -> None:
    for institution in (world.ours, world.theirs):
        index = await world.house.search.indexer.words(institution.actor)
        listed = await world.house.documents.list(institution.actor)
        assert len(index) >= 1
        assert all(institution.canary in d.name or d.state != "ready" for d in listed)

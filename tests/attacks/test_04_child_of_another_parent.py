"""Attack 4: a child's id that does not belong to the parent the caller may see."""

from __future__ import annotations

from uuid import UUID

from aiohttp import ClientSession

from lionrock.doors import SESSION_COOKIE
from tests.attacks.doors import fetch
from tests.matrix.world import Institution, World


def marked(of: Institution, run: UUID, cite: str) -> str:
    return f"/documents/{of.document}/pages/1?run={run}&cite={cite}"


async def test_a_citation_marks_words_for_whose_run_it_is(
    world: World, browser: ClientSession
) -> None:
    page = await fetch(browser, "GET", marked(world.ours, world.ours.run, world.ours.citation))
    assert page.status == 200 and "<rect" in page.text


async def test_their_run_under_our_page_marks_nothing_and_tells_nothing(
    world: World, url: str, browser: ClientSession
) -> None:
    page = await fetch(browser, "GET", marked(world.ours, world.theirs.run, world.theirs.citation))
    assert "<rect" not in page.text and world.theirs.canary not in page.text


async def test_our_run_under_their_page_is_no_way_to_the_page(
    world: World, browser: ClientSession
) -> None:
    page = await fetch(browser, "GET", marked(world.theirs, world.ours.run, world.ours.citation))
    assert page.status == 404 and world.theirs.canary not in page.text


async def test_a_page_number_of_another_document_is_not_this_ones(
    world: World, client: ClientSession
) -> None:
    for number in (0, -1, 2, 10**9):
        address = f"/v1/documents/{world.ours.document}/pages/{number}"
        assert (await fetch(client, "GET", address)).status == 404


async def test_passages_of_another_tenant_are_not_loaded_by_id(world: World) -> None:
    search, theirs = world.house.search, world.theirs.actor
    hits = await search.passages(theirs, "records")
    ids = [hit.passage.id for hit in hits]
    assert ids and await search.load(theirs, ids)
    assert await search.load(world.ours.actor, ids) == {}
    passage = hits[0].passage
    assert await search.cite(world.ours.actor, passage, 0, 5) is None


def test_the_session_cookie_is_the_one_the_pages_read() -> None:
    assert SESSION_COOKIE == "lionrock_session"

"""Attack 1: the id of another tenant's thing in the path."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import NEVER, fetch
from tests.matrix.world import World

DOCUMENT = ("", "/pages/1", "/pages/1/image")


@pytest.mark.parametrize("path", DOCUMENT)
async def test_a_document_of_ours_is_as_absent_to_them_as_one_that_never_was(
    world: World, client: ClientSession, intruder: ClientSession, path: str
) -> None:
    ours = f"/v1/documents/{world.ours.document}{path}"
    assert (await fetch(client, "GET", ours)).status == 200
    found = await fetch(intruder, "GET", ours)
    never = await fetch(intruder, "GET", f"/v1/documents/{NEVER}{path}")
    assert (found.status, found.text) == (never.status, never.text)
    assert found.status == 404


async def test_a_run_of_ours_is_as_absent_to_them_as_one_that_never_was(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    assert (await fetch(client, "GET", f"/v1/runs/{world.ours.run}")).status == 200
    found = await fetch(intruder, "GET", f"/v1/runs/{world.ours.run}")
    never = await fetch(intruder, "GET", f"/v1/runs/{NEVER}")
    assert (found.status, found.text) == (never.status, never.text) and found.status == 404


async def test_they_cannot_remove_a_document_of_ours(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    ours = f"/v1/documents/{world.ours.document}"
    assert (await fetch(intruder, "DELETE", ours)).status == 404
    assert (await fetch(client, "GET", ours)).status == 200

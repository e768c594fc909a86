"""Kept exchanges over HTTP: a list without words, and one with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.gateway.exchanges.making import put
from tests.serving import served


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, working=False) as found:
        yield found


@pytest.fixture
async def client(house: House, actor: Actor) -> AsyncIterator[ClientSession]:
    """Signed in."""
    session = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    async with (
        served(create_app(house)) as url,
        ClientSession(url, cookies={"lionrock_session": session}) as http,
    ):
        yield http


async def got(client: ClientSession, path: str, status: int = 200, **params: Any) -> Any:
    async with client.get(f"/v1/gateway/exchanges{path}", params=params) as reply:
        assert reply.status == status, await reply.text()
        assert "no-store" in reply.headers.get("cache-control", "")
        return await reply.json()


async def test_the_list_goes_back_page_by_page_without_a_word_of_what_was_said(
    house: House, client: ClientSession, actor: Actor
) -> None:
    made = {str(await put(house.database, house.vault, actor, "a secret")) for _ in range(3)}
    first = await got(client, "", limit=2)
    assert len(first["exchanges"]) == 2 and first["next"] == first["exchanges"][-1]["id"]
    rest = await got(client, "", limit=2, before=first["next"])
    assert rest["next"] is None
    assert {one["id"] for one in first["exchanges"] + rest["exchanges"]} == made
    assert "secret" not in str(first)


async def test_one_is_told_with_what_was_sent_and_answered(
    house: House, client: ClientSession, actor: Actor
) -> None:
    id = await put(house.database, house.vault, actor, "why?", "so")
    found = await got(client, f"/{id}")
    assert "why?" in found["request"] and (found["request_cut"], found["answer_cut"]) == (
        False,
        False,
    )
    assert found["answer"] == {"choices": [{"index": 0, "content": "so", "finish": "stop"}]}


async def test_what_is_not_there_and_what_is_no_page_is_refused(client: ClientSession) -> None:
    await got(client, f"/{uuid4()}", 404)
    await got(client, "", 422, limit=201)
    await got(client, "", 422, before="yesterday")

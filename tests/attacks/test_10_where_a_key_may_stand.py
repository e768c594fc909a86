"""Attack 10: the same key through another door: header, cookie, query, another scheme."""

from __future__ import annotations

import aiohttp
import pytest

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from tests.attacks.doors import fetch
from tests.matrix.world import World


@pytest.fixture
async def tokens(world: World) -> dict[str, str]:
    actor, database = world.ours.actor, world.house.database
    kinds = ("key", "session", "link")
    return {k: await identity.issue(database, actor.tenant_id, actor.id, k) for k in kinds}  # type: ignore[arg-type]


async def test_a_key_opens_the_api_as_a_bearer_and_nowhere_else(
    url: str, tokens: dict[str, str]
) -> None:
    key, path = tokens["key"], "/v1/documents"
    async with aiohttp.ClientSession(url) as session:
        good = {"Authorization": f"Bearer {key}"}
        assert (await fetch(session, "GET", path, headers=good)).status == 200
        for headers in (
            {"X-API-Key": key}, {"Api-Key": key}, {"Authorization": key},
            {"Authorization": f"Basic {key}"}, {"Authorization": f"Token {key}"},
            {"Proxy-Authorization": f"Bearer {key}"}, {"X-Authorization": f"Bearer {key}"},
            {"Cookie": f"{SESSION_COOKIE}={key}"}, {"Cookie": f"Authorization=Bearer {key}"},
        ):  # fmt: skip
            assert (await fetch(session, "GET", path, headers=headers)).status == 401, headers
        for name in ("key", "api_key", "access_token", "token", "authorization"):
            reply = await fetch(session, "GET", path, params={name: key})
            assert reply.status == 401 and key not in reply.text


async def test_a_key_opens_no_page(url: str, tokens: dict[str, str]) -> None:
    async with aiohttp.ClientSession(url) as session:
        for headers in (
            {"Authorization": f"Bearer {tokens['key']}"},
            {"Cookie": f"{SESSION_COOKIE}={tokens['key']}"},
        ):
            reply = await fetch(session, "GET", "/documents", headers=headers)
            assert (reply.status, reply.text) == (303, "")


@pytest.mark.parametrize("kind", ["session", "link"])
async def test_no_other_credential_passes_as_a_key(
    url: str, tokens: dict[str, str], kind: str
) -> None:
    async with aiohttp.ClientSession(url) as session:
        headers = {"Authorization": f"Bearer {tokens[kind]}"}
        assert (await fetch(session, "GET", "/v1/documents", headers=headers)).status == 401


async def test_a_link_is_no_session(url: str, tokens: dict[str, str]) -> None:
    cookies = {SESSION_COOKIE: tokens["link"]}
    async with aiohttp.ClientSession(url, cookies=cookies) as session:
        assert (await fetch(session, "GET", "/documents")).status == 303
        assert (await fetch(session, "GET", "/v1/documents")).status == 401


async def test_with_a_bad_key_and_a_good_session_the_key_decides(
    url: str, tokens: dict[str, str]
) -> None:
    """No falling back from one credential to another."""
    headers = {"Authorization": f"Bearer {tokens['key']}x"}
    cookies = {SESSION_COOKIE: tokens["session"]}
    async with aiohttp.ClientSession(url, cookies=cookies, headers=headers) as session:
        assert (await fetch(session, "GET", "/v1/documents")).status == 401

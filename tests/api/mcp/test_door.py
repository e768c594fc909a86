"""The door itself: who gets in, from where, with how much; and requests as no good client sends them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from lionrock.api.mcp.serving import BODY_BYTES
from lionrock.api.mcp.under_way import UnderWay
from lionrock.app import House
from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.capabilities import Capability
from tests.api.mcp.conftest import ended
from tests.attacks.doors import Reply, fetch, raw

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
WAIT = {
    "jsonrpc": "2.0", "id": 7, "method": "tools/call",
    "params": {"name": "trial", "arguments": {"deed": "wait"}, "_meta": {"progressToken": 7}},
}  # fmt: skip


def bearer(token: str, **more: str) -> dict[str, str]:
    return {**ACCEPT, "Authorization": f"Bearer {token}", **more}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def post(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: Any = LIST
) -> Reply:
    return await fetch(session, "POST", url, json=body, headers=headers)


async def test_a_key_opens_it_and_leaves_no_session_behind(
    session: aiohttp.ClientSession, url: str, key: str
) -> None:
    reply = await post(session, url, bearer(key))
    assert reply.status == 200 and '"tools"' in reply.text
    assert not {"set-cookie", "mcp-session-id"} & reply.headers.keys()
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"].startswith("no-")


async def test_nothing_else_opens_it(
    session: aiohttp.ClientSession, url: str, house: House, actor: Actor, key: str
) -> None:
    """Neither a browser's session, in whichever place, nor a key in another place."""
    token = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    link = await identity.issue(house.database, actor.tenant_id, actor.id, "link")
    for headers in (
        {}, {"Cookie": f"{SESSION_COOKIE}={token}"}, {"Cookie": f"{SESSION_COOKIE}={key}"},
        {"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {link}"},
        {"Authorization": f"ApiKey {key}"}, {"Authorization": key}, {"X-API-Key": key},
        {"Authorization": f"Bearer {key}x", "Cookie": f"{SESSION_COOKIE}={token}"},
    ):  # fmt: skip
        reply = await post(session, url, {**ACCEPT, **headers})
        assert reply.status == 401, headers
        assert reply.headers["www-authenticate"] == "Bearer"
        assert reply.headers["content-type"] == "application/problem+json"
    assert (await post(session, f"{url}?access_token={key}", ACCEPT)).status == 401


async def test_a_page_of_another_site_is_turned_away_even_with_a_key(
    session: aiohttp.ClientSession, url: str, key: str
) -> None:
    for headers in (
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ):  # fmt: skip
        reply = await post(session, url, bearer(key, **headers))
        assert reply.status == 403, headers
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    allowed = await fetch(session, "OPTIONS", url, headers=asked)
    assert allowed.status == 405
    assert not [name for name in allowed.headers if name.startswith("access-control-")]


async def test_a_page_of_our_own_opens_nothing_with_its_session(
    session: aiohttp.ClientSession, url: str, house: House, actor: Actor
) -> None:
    token = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    own = {"Origin": url.removesuffix("/mcp"), "Cookie": f"{SESSION_COOKIE}={token}"}
    assert (await post(session, url, {**ACCEPT, **own})).status == 401


async def test_another_name_for_this_server_is_not_answered(url: str, key: str) -> None:
    """DNS rebinding: the page's own name leads here."""
    body = json.dumps(LIST)
    request = (
        f"POST /mcp HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer {key}\r\n"
        f"Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    assert (await raw(url, request.encode())).status == 400


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_there_is_no_stream_to_wait_on_and_no_session_to_end(
    session: aiohttp.ClientSession, url: str, key: str, method: str
) -> None:
    headers = bearer(key, **{"Mcp-Session-Id": "x"})
    assert (await fetch(session, method, url, headers=headers)).status == 405


async def test_a_body_has_a_bound_whether_its_length_is_said_or_not(
    session: aiohttp.ClientSession, url: str, key: str
) -> None:
    async def unsaid() -> AsyncIterator[bytes]:
        for _ in range(2 + BODY_BYTES // (1 << 20)):
            yield b" " * (1 << 20)

    headers = bearer(key, **{"Content-Type": "application/json"})
    for body in (BytesIO(b" " * (BODY_BYTES + 1)), unsaid()):
        assert (await fetch(session, "POST", url, data=body, headers=headers)).status == 413


NO_REQUEST = (
    b"", b"{", b"[]", b"[" * 50_000, b'"Lungtin"', json.dumps([LIST, LIST]).encode(),
    b'{"jsonrpc": "1.0", "Lungtin": 1}', b'{"jsonrpc": "2.0", "id": 1, "result": {"Lungtin": 1}}',
    b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}}',
    b'{"jsonrpc": "2.0", "method": "notifications/Lungtin"}',
    b'{"jsonrpc": "2.0", "id": 1, "method": "tools/Lungtin"}',
)  # fmt: skip


async def test_what_is_no_request_of_ours_does_nothing_and_leaves_no_word_in_the_log(
    session: aiohttp.ClientSession, url: str, key: str, house: House, actor: Actor,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    for version in ("2025-11-25", "2026-07-28", "1999-01-01"):
        kind = {"Content-Type": "application/json", "MCP-Protocol-Version": version}
        for body in NO_REQUEST:
            reply = await fetch(session, "POST", url, data=body, headers=bearer(key, **kind))
            assert reply.status < 500 and '"result"' not in reply.text, body
            assert "Traceback" not in reply.text and "Lungtin" not in caplog.text
    assert await house.runs.list(actor, limit=1) == []


async def test_nothing_is_run_while_the_audit_log_does_not_verify(
    session: aiohttp.ClientSession, url: str, key: str, house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(house.audit.sequencer, "state", State("broken", "A leaf is missing."))
    assert (await post(session, url, bearer(key))).status == 503


async def waiting(session: aiohttp.ClientSession, url: str, key: str) -> aiohttp.ClientResponse:
    """A call that is under way: its first progress has come."""
    response = await session.post(url, json=WAIT, headers=bearer(key))
    async for line in response.content:
        if b"notifications/progress" in line:
            return response
    pytest.fail("the call ended without progress")


async def test_who_goes_away_stops_the_run(
    session: aiohttp.ClientSession, url: str, key: str, house: House, actor: Actor,
    trial: Capability,
) -> None:  # fmt: skip
    (await waiting(session, url, key)).close()
    await ended(house, actor, "cancelled")


async def test_a_call_is_cancelled_by_a_message_of_its_own(
    session: aiohttp.ClientSession, url: str, key: str, house: House, actor: Actor,
    trial: Capability,
) -> None:  # fmt: skip
    """As clients in other languages do it, whose connection stays open."""
    response = await waiting(session, url, key)
    cancel = {"method": "notifications/cancelled", "params": {"requestId": 7, "reason": "enough"}}
    other = {"method": "notifications/cancelled", "params": {"requestId": 8}}
    for message in (other, cancel):
        reply = await post(session, url, bearer(key), {"jsonrpc": "2.0", **message})
        assert reply.status == 202
    await ended(house, actor, "cancelled")
    async with asyncio.timeout(10):
        assert b"cancelled" in await response.read()


def someone(tenant: Any, key: Any) -> Actor:
    return Actor(tenant, uuid4(), ActorKind.SERVICE, credential=key)


async def test_one_key_cancels_no_call_of_another_and_none_when_two_could_be_meant() -> None:
    tenant, under_way = uuid4(), UnderWay()
    ours, others = someone(tenant, uuid4()), someone(tenant, uuid4())
    elsewhere = someone(uuid4(), ours.credential)
    with under_way.held(ours, 7) as first:
        for actor, request in ((others, 7), (elsewhere, 7), (ours, 8), (ours, "7")):
            under_way.cancel(actor, request)
        with under_way.held(ours, 7) as second:
            under_way.cancel(ours, 7)
        assert not first.cancel_called and not second.cancel_called
        under_way.cancel(ours, 7)
        assert first.cancel_called

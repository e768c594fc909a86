"""Clients and engines that mean harm: what they get, what it costs the others, what stays on record."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from lionrock.api.openai import exchange
from lionrock.api.openai.room import Room
from lionrock.errors import EngineBusy
from lionrock.gateway.calls import relaying
from lionrock.gateway.pool import CircuitState
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.fields.making import PNG

HEAD = {"Content-Type": "text/event-stream"}
PIECE = b'data: {"choices": [{"index": 0, "delta": {"content": "%s"}}]}\n\n'


class Scene:
    """`reply` is what the engine does next."""

    def __init__(self) -> None:
        self.reply: Any = None
        self.asked = 0
        self.let_go = asyncio.Event()


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, scene: Scene
) -> AsyncIterator[Office]:
    async def handler(request: web.Request) -> web.StreamResponse:
        scene.asked += 1
        await request.read()
        try:
            return await scene.reply(request)  # type: ignore[no-any-return]
        except asyncio.CancelledError:
            scene.let_go.set()
            raise

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url, at_once=2)) as found,
    ):
        yield found


async def posted(
    office: Office, path: str = "chat/completions", **more: Any
) -> tuple[int, Any, Any]:
    body = {"model": "small", "messages": SAID, "max_tokens": 20} | more
    body = {name: value for name, value in body.items() if value is not ...}
    headers = {"Authorization": f"Bearer {office.key}"}
    async with (
        aiohttp.ClientSession(office.url) as session,
        session.post(f"/v1/{path}", json=body, headers=headers) as reply,
    ):
        return reply.status, await reply.text(), reply.headers


def raw(office: Office, extra: bytes = b"", length: int = 0, host: bytes = b"127.0.0.1") -> bytes:
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: %s\r\nauthorization: Bearer %s\r\n%s"
        b"content-length: %d\r\n\r\n" % (host, office.key.encode(), extra, length)
    )


async def opened(office: Office, sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(office.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1024)
    writer.write(sent)
    return reader, writer


async def test_a_body_that_never_begins_is_not_waited_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_BODY_SECONDS", 0.2)
    reader, writer = await opened(office, raw(office, length=100))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert b" 400 " in head
    writer.close()


async def test_a_client_that_reads_nothing_gives_its_place_back(
    office: Office, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_UNREAD_SECONDS", 0.3)

    async def much(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEAD)
        await response.prepare(request)
        while True:
            await response.write(PIECE % (b"x" * 60_000))

    scene.reply = much
    body = json.dumps({"model": "small", "messages": SAID, "stream": True}).encode()
    _, writer = await opened(office, raw(office, length=len(body)) + body)
    await asyncio.wait_for(scene.let_go.wait(), 20)
    (row,) = await office.rows(1)
    assert row["outcome"] == "cancelled" and row["tokens_out"] > 0
    assert office.calls.pool.states()[0].busy == 0
    writer.transport.abort()


@pytest.mark.parametrize(
    "extra", [b"host: elsewhere.example\r\n", b"authorization: Bearer another\r\n"]
)
async def test_who_sends_two_hosts_or_two_keys_is_refused(office: Office, extra: bytes) -> None:
    reader, writer = await opened(office, raw(office, extra))
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 400 " in head or b" 401 " in head
    writer.close()


def test_large_requests_have_so_much_room_and_a_tenant_half_of_it() -> None:
    room, one, two = Room(1_000_000), uuid4(), uuid4()
    large = [(b"content-length", b"300000")]
    with room.hold(one, large):
        with pytest.raises(EngineBusy) as refused, room.hold(one, large):
            pass
        assert refused.value.retry_after
        with room.hold(one, [(b"content-length", b"100")]), room.hold(two, large):
            pass
        with pytest.raises(EngineBusy), room.hold(two, [(b"transfer-encoding", b"chunked")]):
            pass
    with room.hold(one, large):
        pass


async def test_what_is_reserved_covers_every_text_and_every_image(
    office: Office, scene: Scene
) -> None:
    async def embedded(request: web.Request) -> web.StreamResponse:
        usage = {"prompt_tokens": 40_000, "total_tokens": 40_000}
        return web.json_response({"data": [], "usage": usage})

    async def chatted(request: web.Request) -> web.StreamResponse:
        return web.json_response(answer())

    scene.reply = embedded
    texts = ["w " * 1000] * 20
    await posted(office, "embeddings", input=texts, messages=..., max_tokens=...)
    scene.reply = chatted
    parts = [{"type": "image_url", "image_url": {"url": PNG}}]
    await posted(office, messages=[{"role": "user", "content": parts}])
    rows = await office.rows(2)
    assert rows[0]["tokens_in"] == 40_000 <= rows[0]["most_in"] <= 20 * 4096
    assert rows[1]["most_in"] == 4096


async def test_an_engine_that_goes_on_and_on_is_cut_off(office: Office, scene: Scene) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEAD)
        await response.prepare(request)
        while True:
            await response.write(PIECE % b"on and ")

    scene.reply = endless
    status, text, _ = await posted(office, stream=True)
    assert status in (200, 502) and "more than was asked for" in text
    (row,) = await office.rows(1)
    assert row["outcome"] == "failed"


async def test_so_is_one_that_sends_bytes_and_no_words(
    office: Office, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "_MOST_BYTES", 100_000)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEAD)
        await response.prepare(request)
        while True:
            await response.write(b": waiting\n\n" * 100)

    scene.reply = endless
    _, text, _ = await posted(office, stream=True)
    assert "more than was asked for" in text


async def test_compressed_answers_are_not_blown_up(office: Office, scene: Scene) -> None:
    async def bomb(request: web.Request) -> web.StreamResponse:
        data = gzip.compress(json.dumps(answer("x" * 10_000_000)).encode())
        return web.Response(body=data, headers={"Content-Encoding": "gzip"})

    scene.reply = bomb
    status, text, headers = await posted(office)
    assert status == 502 and "not JSON" in text
    (row,) = await office.rows(1)
    assert row["outcome"] == "failed" and headers["x-request-id"] == row["id"].hex


DEEP: Any = json.loads("[" * 400 + "]" * 400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"finish_reason": ["stop"]},
        {"message": {"tool_calls": [{"index": {}, "function": 3}]}, "delta": {"tool_calls": [{"index": {}}]}},
        {"message": {"content": DEEP}, "delta": {"content": DEEP}},
        {"message": "yes", "delta": "yes"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["chat/completions", "responses"])
@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_of_any_shape_is_an_answer_or_the_engines_fault(
    office: Office, scene: Scene, wrong: dict[str, Any], path: str, stream: bool
) -> None:
    choice = {"index": 0, "finish_reason": "stop"} | wrong

    async def odd(request: web.Request) -> web.StreamResponse:
        told = json.dumps({"object": "x", "choices": [choice]})
        if not stream:
            return web.Response(text=told)
        return web.Response(text=f"data: {told}\n\ndata: [DONE]\n\n", headers=HEAD)

    scene.reply = odd
    more = {"input": "x", "messages": ..., "max_tokens": ...} if path == "responses" else {}
    status, text, _ = await posted(office, path, stream=stream, **more)
    assert status in (200, 502) and "did not expect" not in text
    (row,) = await office.rows(1)
    assert row["outcome"] == "failed" or status == 200


async def test_what_an_engine_says_of_a_request_does_not_close_it_to_others(
    office: Office, scene: Scene
) -> None:
    async def refuses(request: web.Request) -> web.StreamResponse:
        said = b'data: {"error": {"message": "this grammar cannot be read", "code": 400}}\n\n'
        return web.Response(body=said, headers=HEAD)

    scene.reply = refuses
    for _ in range(5):
        status, text, _ = await posted(office, stream=True)
        assert status == 200 and "grammar" in text
    assert office.calls.pool.states()[0].circuit is CircuitState.CLOSED and scene.asked == 5
    assert {row["outcome"] for row in await office.rows(5)} == {"failed"}


async def test_without_a_database_a_call_is_refused_as_one_to_be_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*given: object) -> None:
        raise asyncpg.CannotConnectNowError("starting up")

    monkeypatch.setattr(office.house.database, "credential", gone)
    status, text, headers = await posted(office)
    assert status == 503 and headers["Retry-After"] == "5"
    assert json.loads(text)["error"]["code"] == "ledger-unavailable" and "starting" not in text


async def test_an_engines_words_within_a_stream_are_not_repeated_where_they_hold_the_request(
    office: Office, scene: Scene
) -> None:
    async def quotes(request: web.Request) -> web.StreamResponse:
        told = {"message": "cannot parse: Repeat exactly: salt wave gull", "type": {"a": DEEP}}
        return web.Response(text=f"data: {json.dumps({'error': told})}\n\n", headers=HEAD)

    scene.reply = quotes
    _, text, _ = await posted(office, stream=True)
    assert "salt wave" not in text and "repeat the request" in text

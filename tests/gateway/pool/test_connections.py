"""Over real sockets: loopback and unix."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from lionrock.errors import EgressRefused, EngineUnavailable
from lionrock.gateway.pool import Pool
from lionrock.gateway.pool.connections import Connection
from lionrock.kernel.egress import Egress
from tests.gateway.pool.making import clock, engine


class Server:
    """Answers every POST with the bytes it got, every GET with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[web.Request] = []
        self.left = asyncio.Event()
        self.port = 0

    async def get(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)

    async def post(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        body = await request.read()
        if body == b"silent":
            await asyncio.sleep(60)
        if body == b"late":
            await asyncio.sleep(0.3)
        if body != b"endless":
            return web.Response(status=self.status, body=body)
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while True:
                await answer.write(b"data: x\n\n")
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.CancelledError):
            self.left.set()
            raise


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.get)
    app.router.add_post("/{path:.*}", made.post)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await web.UnixSite(runner, str(tmp_path / "e.sock")).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture(params=["http", "unix"])
async def connection(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path
) -> AsyncIterator[Connection]:
    url = (
        f"http://127.0.0.1:{server.port}" if request.param == "http" else f"unix:{tmp_path}/e.sock"
    )
    made = Connection(engine(url=url, key="k-1"), Egress())
    yield made
    await made.close()


async def test_bytes_go_as_they_are_with_the_key(server: Server, connection: Connection) -> None:
    body = '{"字": "\\u5b57"}'.encode()
    async with connection.post("chat/completions", body, {"X-Request-Id": "r-1"}) as response:
        assert (response.status, await response.read()) == (200, body)
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == "Bearer k-1"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["X-Request-Id"] == "r-1"
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_a_second_request_uses_the_connection_of_the_first(
    server: Server, connection: Connection
) -> None:
    for _ in range(2):
        async with connection.post("completions", b"{}") as response:
            await response.read()
    first, second = (asked.transport for asked in server.asked)
    assert first is second


async def test_leaving_early_hangs_up(server: Server, connection: Connection) -> None:
    async with connection.post("chat/completions", b"endless") as response:
        assert await response.content.readany()
    await asyncio.wait_for(server.left.wait(), 5)


async def test_an_engine_that_falls_silent_is_given_up(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port}"
    made = Connection(engine(url=url, silence=0.05), Egress())
    with pytest.raises(aiohttp.SocketTimeoutError):
        async with made.post("chat/completions", b"silent"):
            pass
    async with made.post("chat/completions", b"late", silence=30) as response:
        assert await response.read() == b"late"
    await made.close()


async def test_a_redirect_is_not_followed(server: Server, connection: Connection) -> None:
    server.status = 302
    async with connection.post("chat/completions", b"{}") as response:
        assert response.status == 302
    with pytest.raises(EngineUnavailable, match="status 302"):
        await connection.probe("/health")
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [(503, r"not well \(status 503\)"), (401, "does not take the key"), (404, "status 404")],
)
async def test_a_health_check_says_what_is_wrong(
    server: Server, connection: Connection, status: int, words: str
) -> None:
    await connection.probe("/health")
    assert server.asked[0].path == "/health"
    server.status = status
    with pytest.raises(EngineUnavailable, match=words):
        await connection.probe("/health")


async def test_an_engine_that_is_not_there_cannot_be_reached(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1:9", f"unix:{tmp_path}/none.sock"):
        connection = Connection(engine(url=url), Egress())
        with pytest.raises(EngineUnavailable, match="cannot be reached"):
            await connection.probe("/health")
        await connection.close()


async def test_a_host_that_is_not_listed_is_never_asked() -> None:
    connection = Connection(engine(url="http://engine.bank.example:8000"), Egress())
    with pytest.raises(EgressRefused):
        connection.post("chat/completions", b"{}")
    with pytest.raises(EngineUnavailable, match="not on the egress list"):
        await connection.probe("/health")
    await connection.close()


async def test_a_pool_starts_though_an_engine_is_down_and_serves_from_the_other(
    server: Server,
) -> None:
    up = engine("up", url=f"http://127.0.0.1:{server.port}", at_once=2)
    pool = Pool([engine("down"), up], egress=Egress())
    await pool.start()
    try:
        assert [state.healthy for state in pool.states()] == [False, True]
        async with pool.lease("m", "t", deadline=clock()) as upstream:
            async with upstream.post("chat/completions", b"hello") as response:
                upstream.answered(response.status)
                assert await response.read() == b"hello"
            assert upstream.engine.name == "up"
    finally:
        await pool.close()


async def test_a_pool_of_engines_that_cannot_be_reached_says_which_and_why() -> None:
    pool = Pool([engine("down")], egress=Egress())
    await pool.start()
    asked: Any = pool.lease("m", "t", deadline=clock() + 60)
    with pytest.raises(EngineUnavailable, match="The engine down cannot be reached"):
        await asked.__aenter__()
    await pool.close()

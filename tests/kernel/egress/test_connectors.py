"""How aiohttp connects: by a socket or by the list, and how long for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.connectors import connector
from tests.kernel.egress.conftest import Names


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[str]:
    """Listens on a socket and on loopback, and tells each connection's number. Its port."""
    connections: list[object] = []

    async def told(request: web.Request) -> web.Response:
        if request.transport not in connections:
            connections.append(request.transport)
        return web.Response(text=str(connections.index(request.transport)))

    app = web.Application()
    app.router.add_get("/", told)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "s")).start()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site.name.rpartition(":")[2]
    await runner.cleanup()


async def asked(url: str, made: aiohttp.BaseConnector) -> list[str]:
    """On which connections two requests came, one after the other."""
    async with aiohttp.ClientSession(connector=made) as session:
        return [await (await session.get(url)).text() for _ in range(2)]


@pytest.mark.parametrize("by_socket", [True, False])
@pytest.mark.parametrize(("keep", "numbers"), [(None, ["0", "1"]), (30.0, ["0", "0"])])
async def test_a_connection_is_kept_only_where_that_is_asked(
    server: str, tmp_path: Path, by_socket: bool, keep: float | None, numbers: list[str]
) -> None:
    socket = tmp_path / "s" if by_socket else None
    host = "elsewhere" if by_socket else f"localhost:{server}"
    assert await asked(f"http://{host}/", connector(socket, Egress(), keep=keep)) == numbers


async def test_a_name_that_is_not_listed_is_refused_before_it_is_looked_up() -> None:
    names = Names(out_example=[["127.0.0.1"]])
    with pytest.raises(EgressRefused):
        await asked("http://out.example/", connector(None, Egress(resolver=names), keep=None))
    assert names.asked == []

"""Two institutions behind a served application; and the word on what waits for its room."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.logs import ContentFreeFormatter
from tests.attacks.doors import fetch, upload
from tests.building import at_work
from tests.kernel.oidc.conftest import (  # noqa: F401 (fixtures)
    hostile,
    hostile_server,
    installation,
)
from tests.matrix.world import World, world_of
from tests.serving import served


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "waits(room, why): the room under attack is not built yet")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if mark := item.get_closest_marker("waits"):
        pytest.xfail(f"waits for {mark.args[0]}: {mark.args[1]}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    waits = [r for r in terminalreporter.stats.get("xfailed", ()) if "tests/attacks/" in r.nodeid]
    if waits:
        terminalreporter.section(f"attacks that wait for a room: {len(waits)}")
        for report in waits:
            name = report.nodeid.rpartition("/")[2]
            terminalreporter.line(
                f"{name}: {getattr(report, 'wasxfail', '').removeprefix('reason: ')}"
            )


@pytest.fixture(scope="package")
async def world(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("attacks")
    async with world_of(postgres, folder, "attacks") as made:
        yield made


@pytest.fixture(scope="package")
async def url(world: World) -> AsyncIterator[str]:
    async with served(world.app) as address:
        yield address


async def with_key(world: World, url: str, actor: Actor) -> aiohttp.ClientSession:
    key = await identity.issue(world.house.database, actor.tenant_id, actor.id, "key")
    return aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
async def client(world: World, url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Our administrator's key."""
    async with await with_key(world, url, world.ours.actor) as session:
        yield session


@pytest.fixture
async def intruder(world: World, url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A key of the other institution's administrator, who is after ours."""
    async with await with_key(world, url, world.theirs.actor) as session:
        yield session


@pytest.fixture
async def browser(world: World, url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Our administrator's session."""
    actor = world.ours.actor
    token = await identity.issue(world.house.database, actor.tenant_id, actor.id, "session")
    async with aiohttp.ClientSession(url, cookies={SESSION_COOKIE: token}) as session:
        yield session


@pytest.fixture
async def nobody(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(url) as session:
        yield session


@pytest.fixture
async def reading(world: World) -> AsyncIterator[None]:
    """The worker that reads documents is at work."""
    async with at_work(world.house.ingest):
        yield


Taken = Callable[[str, bytes], Awaitable[dict[str, Any]]]


@pytest.fixture
async def taken_in(client: aiohttp.ClientSession, reading: None) -> Taken:
    """Add a file over HTTP and wait until it is read: the document, ready or failed."""

    async def take(name: str, data: bytes) -> dict[str, Any]:
        import json

        added = await upload(client, name, data)
        assert added.status == 202, added.text
        address = f"/v1/documents/{json.loads(added.text)['document_id']}"
        while True:
            document: dict[str, Any] = json.loads((await fetch(client, "GET", address)).text)
            if document["state"] in ("ready", "failed"):
                return document
            await asyncio.sleep(0.02)

    return take


@pytest.fixture
async def listener() -> AsyncIterator[tuple[str, list[str]]]:
    """An address that notes who calls: the server must never. (address, first lines of requests)"""
    callers: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append((await reader.readline()).decode(errors="replace"))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", callers


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would have written, every level, by the formatter it has."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(ContentFreeFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.removeHandler(handler)
    root.setLevel(level)

"""`lionrock mcp`: the SDK's own clients on its standard input and output, a server of the same home behind."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.shared.memory import create_client_server_memory_streams

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.assist.schemas import Answer
from lionrock.cli.client import connect
from lionrock.cli.mcp_bridge import server_of
from lionrock.errors import LionrockError
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.capabilities import Capability
from lionrock.kernel.home import WORD, publish
from lionrock.settings import Settings
from tests.api.mcp.conftest import QUESTION, ended, house, trial  # noqa: F401 (fixtures)
from tests.serving import served_privately

AGES = ("legacy", "auto")
both_ages = pytest.mark.parametrize("mode", AGES)


@pytest.fixture
async def settings(house: House, actor: Actor, tmp_path: Path) -> AsyncIterator[Settings]:  # noqa: F811
    """Of a home in which a server runs and has left word of itself."""
    key = await identity.issue_local_key(house.database, actor.tenant_id, actor.id)
    home = tmp_path / "home"
    home.mkdir()
    with TemporaryDirectory(prefix="lionrock-test-") as folder, (home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = Path(folder) / "api.sock"
        async with served_privately(create_app(house), path):
            publish(home, socket=str(path), key=key, operator_key=key, url="")
            yield Settings(home=home)


COMMAND = (sys.executable, "-c", "from lionrock.cli.main import main; main()", "mcp")


def environment(settings: Settings) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LIONROCK_HOME": str(settings.home)}


@both_ages
async def test_a_local_client_starts_it_and_asks(
    settings: Settings, house: House, actor: Actor, mode: str  # noqa: F811
) -> None:  # fmt: skip
    program, *arguments = COMMAND
    started = StdioServerParameters(command=program, args=arguments, env=environment(settings))
    async with Client(stdio_client(started), mode=mode) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert {"ask", "documents", "search"} <= tools
        assert "documents" in (client.instructions or "")
        told = await client.call_tool("ask", {"question": QUESTION})
    assert "seven years" in Answer.model_validate(told.structured_content).answer
    run = await house.runs.load(actor, UUID((told.meta or {})["lionrock/run"]))
    assert run["state"] == "finished"


@asynccontextmanager
async def bridged(settings: Settings, mode: str) -> AsyncIterator[Client]:
    """A client of the bridge in this process, streams in the place of standard input and output."""
    async with (
        connect(settings) as behind,
        Client(_piped(await server_of(behind)), mode=mode) as client,
    ):
        yield client


@asynccontextmanager
async def _piped(server: Server[Any]) -> AsyncIterator[Any]:
    async with (
        create_client_server_memory_streams() as (ours, its),
        anyio.create_task_group() as at,
    ):
        at.start_soon(server.run, *its, server.create_initialization_options())
        yield ours
        at.cancel_scope.cancel()


@both_ages
async def test_progress_comes_through(
    settings: Settings, trial: Capability, mode: str  # noqa: F811
) -> None:  # fmt: skip
    seen: list[str | None] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        seen.append(message)

    async with bridged(settings, mode) as client:
        told = await client.call_tool("trial", {"words": "x"}, progress_callback=note)
    assert told.structured_content == {"words": "x"} and seen[-1] == "writing 2 of 3"


@both_ages
async def test_who_cancels_stops_the_run(
    settings: Settings, house: House, actor: Actor, trial: Capability, mode: str  # noqa: F811
) -> None:  # fmt: skip
    async with bridged(settings, mode) as client:
        with anyio.CancelScope() as scope:

            async def leave(progress: float, total: float | None, message: str | None) -> None:
                scope.cancel()

            await client.call_tool("trial", {"deed": "wait"}, progress_callback=leave)
        await ended(house, actor, "cancelled")


@both_ages
async def test_what_is_refused_comes_through_in_its_own_words(
    settings: Settings, house: House, mode: str  # noqa: F811
) -> None:  # fmt: skip
    async with bridged(settings, mode) as client:
        told = await client.call_tool("ask", {"question": ""})
        assert told.is_error and "question:" in str(told.content)
        for name in ("never-there", "問"):
            with pytest.raises(MCPError, match="There is no such tool"):
                await client.call_tool(name, {})
        house.audit.sequencer.state = State("broken", "Event 3 is not there.")
        with pytest.raises(MCPError, match="Event 3 is not there"):
            await client.call_tool("ask", {"question": QUESTION})


async def test_without_a_key_that_holds_it_does_not_start(
    settings: Settings, house: House, actor: Actor  # noqa: F811
) -> None:  # fmt: skip
    async with connect(settings) as behind:
        key = json.loads((settings.home / WORD).read_text())["key"]
        await identity.retire(house.database, actor.tenant_id, key)
        with pytest.raises(LionrockError, match="not valid any more"):
            await server_of(behind)


async def test_it_ends_when_it_is_told_to_and_when_its_client_is_gone(settings: Settings) -> None:
    """Standard input stays open in the one case, and is closed in the other."""
    for told_to in (True, False):
        child = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=PIPE, stdout=PIPE, env=environment(settings)
        )
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        await child.stdin.drain()
        assert b'"id":1' in await child.stdout.readline()
        child.terminate() if told_to else child.stdin.close()
        async with asyncio.timeout(10):
            await child.wait()

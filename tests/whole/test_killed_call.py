"""A real server with a call under way that is killed, left or stopped: nothing of it stays reserved."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aiohttp
import asyncpg
import openai
import pytest

from lionrock.cli.client import running
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.ledger.service import LEASE
from lionrock.kernel.migrate import OWNER, RUNTIME, SCHEMA
from tests.conftest import _PASSWORD
from tests.gateway.fakes import server as fakes
from tests.gateway.fakes.server import KEY, MODEL, FakeEngine, fake_engine

DATABASE = "killed_call"
ENGINES = """
[[engine]]
name = "slow"
kind = "vllm"
url = "{url}"
key = "slow"
trust = "inside"
at_once = 8

  [[engine.model]]
  name = "small"
  upstream = "{model}"
  context = 4096
  output = 512
  price_in = 1_000_000
  price_out = 1_000_000
"""
COUNT: Any = [{"role": "user", "content": "Count from one"}]


@dataclass
class Installation:
    """A home of `lionrock up`, the database it keeps, and the engine it asks."""

    home: Path
    admin: asyncpg.Connection
    fake: FakeEngine
    environment: dict[str, str]

    @asynccontextmanager
    async def up(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from lionrock.cli.main import main; main()", "up", "--json",
            stdout=asyncio.subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip
        try:
            await until(lambda: running(self.home) is not None or process.returncode is not None)
            assert process.returncode is None, "the server did not start"
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[openai.AsyncOpenAI]:
        facts = running(self.home)
        assert facts
        async with openai.AsyncOpenAI(
            api_key=facts["key"], base_url=f"{facts['url']}/v1", max_retries=0
        ) as client:
            yield client

    async def budget(self, cap: int) -> None:
        facts = running(self.home)
        assert facts
        headers = {"Authorization": f"Bearer {facts['key']}"}
        body = {"subject": {"kind": "tenant"}, "budget": {"period": "total", "cap": cap}}
        async with (
            aiohttp.ClientSession(facts["url"], headers=headers) as session,
            session.put("/v1/gateway/budgets", json=body) as reply,
        ):
            assert reply.status == 200, await reply.text()

    async def outcomes(self) -> list[str]:
        rows = await self.admin.fetch("SELECT outcome FROM gateway_usage ORDER BY id")
        return [row["outcome"] for row in rows]

    async def money(self) -> tuple[int, int]:
        row = await self.admin.fetchrow("SELECT spent, reserved FROM gateway_budgets")
        return row["spent"], row["reserved"]


@pytest.fixture
async def installation(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installation]:
    folder = Path(mkdtemp(prefix="lionrock-call-", dir="/tmp"))
    folder.chmod(0o755)
    home, engines = folder / "home", folder / "engines.toml"
    keys = home / "keys"
    (keys / "engines").mkdir(mode=0o700, parents=True)
    for path, secret in ((keys / OWNER, _PASSWORD), (keys / RUNTIME, _PASSWORD),
                         (keys / "engines" / "slow", KEY)):  # fmt: skip
        path.touch(mode=0o600)
        path.write_text(secret)
    # An answer of 512 tokens would take half a minute: what ends sooner was ended.
    monkeypatch.setattr(fakes, "_PAUSE_SECONDS", 0.05)
    server = await asyncpg.connect(postgres)
    await server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {DATABASE}")
    url = f"{postgres.rpartition('/')[0]}/{DATABASE}"
    admin = await asyncpg.connect(url, server_settings={"search_path": SCHEMA})
    async with fake_engine(EngineKind.VLLM, at_once=8) as fake:
        engines.write_text(ENGINES.format(url=fake.url, model=MODEL))
        environment = os.environ | {
            "LIONROCK_HOME": str(home), "LIONROCK_PORT": "0", "LIONROCK_MODEL": "none",
            "LIONROCK_DATABASE_URL": url, "LIONROCK_ENGINES": str(engines),
        }  # fmt: skip
        yield Installation(home, admin, fake, environment)
    await admin.close()
    await server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    await server.close()


async def until(true: Callable[[], bool | Awaitable[bool]], seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.05)


async def begun(client: openai.AsyncOpenAI) -> Any:
    """A stream of which some pieces have come."""
    stream = await client.chat.completions.create(
        model="small", messages=COUNT, stream=True, max_tokens=512
    )
    pieces = 0
    async for chunk in stream:
        pieces += bool(chunk.choices and chunk.choices[0].delta.content)
        if pieces == 3:
            return stream
    raise AssertionError("it ended")


async def test_a_server_killed_in_a_call_settles_it_at_its_next_start(
    installation: Installation,
) -> None:
    async with installation.up() as process:
        await installation.budget(10_000)
        async with installation.client() as client:
            await begun(client)
            assert await installation.outcomes() == ["started"]
            spent, reserved = await installation.money()
            assert spent == 0 and reserved > 512
            process.kill()
            await process.wait()
        await until(lambda: installation.fake.slots.running == 0)
    assert await installation.outcomes() == ["started"], "the row is there, whatever came after it"
    assert await installation.money() == (0, reserved)

    # As if its lease had run out meanwhile: a start that comes sooner waits for that.
    await installation.admin.execute(
        "UPDATE gateway_instances SET beat_at = beat_at - $1::interval * 2", LEASE
    )
    async with installation.up():
        await until(lambda: _are(installation, ["lost"]))
        assert await installation.money() == (reserved, 0)
        async with installation.client() as client:
            done = await client.chat.completions.create(model="small", messages=COUNT, max_tokens=2)
        assert done.usage and done.usage.completion_tokens == 2
        await until(lambda: _are(installation, ["lost", "finished"]))
    assert (await installation.money())[1] == 0


async def _are(installation: Installation, outcomes: list[str]) -> bool:
    return await installation.outcomes() == outcomes


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_ends_the_work_at_the_engine(
    installation: Installation, stream: bool
) -> None:
    async with installation.up(), installation.client() as client:
        await installation.budget(10_000)
        if stream:
            answer = await begun(client)
            left = time.monotonic()
            await answer.close()
        else:
            asking = asyncio.create_task(
                client.chat.completions.create(model="small", messages=COUNT, max_tokens=512)
            )
            await until(lambda: installation.fake.slots.running == 1)
            left = time.monotonic()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: installation.fake.slots.running == 0, 15)
        print(f"the engine was free {time.monotonic() - left:.2f} s after the client had gone")
        await until(lambda: _are(installation, ["cancelled"]))
        spent, reserved = await installation.money()
        assert reserved == 0 and 0 < spent < 512


async def test_a_server_that_is_stopped_in_a_call_settles_it_before_it_ends(
    installation: Installation,
) -> None:
    async with installation.up() as process:
        await installation.budget(10_000)
        async with installation.client() as client:
            await begun(client)
            process.terminate()
            await process.wait()
    assert await installation.outcomes() == ["cancelled"]
    spent, reserved = await installation.money()
    assert reserved == 0 and 0 < spent < 512
    assert await installation.admin.fetchval("SELECT count(*) FROM gateway_instances") == 0

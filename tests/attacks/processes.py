"""Server processes beside the tests' own, on the world's database; and an engine that holds answers back.

As a program it is such a process: `python -m tests.attacks.processes FOLDER ENGINE TENANT MEMBER`, the
database's URL on standard input. It prints its address and a key, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from aiohttp import ClientSession, ClientTimeout, web

from lionrock.kernel.database import Database
from tests.attacks.doors import Reply
from tests.conftest import administrator
from tests.gateway.door_making import answer, engine, office_of
from tests.matrix.world import World

ROOT = Path(__file__).parents[2]


class Held:
    """An engine whose answers wait until `let` is set. `inside` counts who came to it."""

    def __init__(self) -> None:
        self.url = ""
        self.let = asyncio.Event()
        self.inside = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.inside += 1
        await self.let.wait()
        return web.json_response(answer())

    async def all_but(self, calls: list[asyncio.Task[Reply]], some: int) -> list[Reply]:
        """What the others were told, once all but `some` have ended and those are inside."""
        done: list[asyncio.Task[Reply]] = []
        async with asyncio.timeout(120):
            while len(done) < len(calls) - some or self.inside < some:
                await asyncio.sleep(0.02)
                done = [call for call in calls if call.done()]
        return [call.result() for call in done]


async def settled(world: World) -> None:
    """Wait until no call of ours is open."""
    async with asyncio.timeout(30):
        while True:
            async with world.house.database.tenant_session(world.ours.actor) as db:
                if not await db.fetchval(
                    "SELECT count(*) FROM gateway_usage WHERE outcome = 'started'"
                ):
                    return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def another_door(
    world: World, database: str, folder: Path, engine_url: str
) -> AsyncIterator[ClientSession]:
    """A process of its own on the world's `database` (URL), and a session with a key of ours for it."""
    actor = world.ours.actor
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(folder), engine_url,
        actor.tenant_id.hex, actor.id.hex,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin and process.stdout
    try:
        process.stdin.write(f"{database}\n".encode())
        await process.stdin.drain()
        url, key = (await process.stdout.readline()).decode().split()
        headers = {"Authorization": f"Bearer {key}"}
        async with ClientSession(url, headers=headers, timeout=ClientTimeout(120)) as session:
            yield session
    finally:
        process.stdin.close()
        await process.wait()


async def _main(folder: str, engine_url: str, tenant: str, member: str) -> None:
    loop = asyncio.get_running_loop()
    # Few connections: the tests' server has sixty for everybody.
    database = await Database.open(sys.stdin.readline().strip(), size=6)
    actor = administrator(UUID(tenant), UUID(member))
    os.makedirs(folder, exist_ok=True)
    async with office_of(
        database, actor, Path(folder), engine(engine_url, silence=120.0), patience=60.0
    ) as office:
        print(office.url, office.key, flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
    await database.close()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))

"""What access costs a request: the actor behind a key, a decision and a tenant transaction.

Against a bare route of the same application in the same run, the two asked in turn over loopback, one
request at a time. The cost does not grow with tenants, members or history: a credential is found by
its key (tenant, hash), in one round trip.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import uvicorn
from fastapi import FastAPI, Request

from common import figure, median, percentile
from lionrock.api.deps import ActorDep
from lionrock.cli.server import QuietServer, _listen
from lionrock.doors import house
from lionrock.kernel import identity
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.migrate import RUNTIME, prepare
from lionrock.kernel.permissions import Permission
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.settings import Settings

REQUESTS = 1500
WARM_UP = 100
_PASSWORD = "0" * 64


def application(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.house = SimpleNamespace(database=database)

    @app.get("/bare")
    async def bare(request: Request) -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/actor")
    async def actor(request: Request, actor: ActorDep) -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/whole")
    async def whole(request: Request, actor: ActorDep) -> dict[str, str]:
        require(actor, Permission.PURPOSES_PURPOSE_READ)
        async with house(request).database.tenant_session(actor) as db:
            await db.fetchval("SELECT name FROM tenants WHERE tenant_id = $1", actor.tenant_id)
        return {"status": "ok"}

    return app


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Database, str]]:
    """A database of its own, and a key."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", _PASSWORD)
        admin = server.start()
        try:
            await prepare(admin, _PASSWORD, _PASSWORD)
            url = f"postgresql://{RUNTIME}:{_PASSWORD}@{admin.rpartition('@')[2]}"
            database = await Database.open(url)
            tenant, member = await identity.ensure_first_tenant(database)
            yield database, await identity.issue(database, tenant, member, "key")
            await database.close()
        finally:
            server.stop()


async def measure(url: str, key: str) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"bare": [], "actor": [], "whole": []}
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(url, headers=headers) as client:
        for n in range(REQUESTS + WARM_UP):
            for name, taken in times.items():
                started = time.perf_counter()
                async with client.get(f"/{name}") as response:
                    await response.read()
                    assert response.status == 200, name
                if n >= WARM_UP:
                    taken.append((time.perf_counter() - started) * 1000)
    return times


async def main() -> None:
    async with opened() as (database, key):
        listener = _listen(Settings(port=0))
        config = uvicorn.Config(application(database), log_level="warning", access_log=False)
        server = QuietServer(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        times = await measure(f"http://127.0.0.1:{listener.getsockname()[1]}", key)
        server.should_exit = True
        await task
    print(f"{'route':<8}{'p10 ms':>9}{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}")
    for name, taken in times.items():
        shares = (percentile(taken, s) for s in (0.1, 0.5, 0.9, 0.99))
        print(f"{name:<8}" + "".join(f"{value:9.2f}" for value in shares))
    for name in ("actor", "whole"):
        figure(f"overhead_{name}_p50_ms", median(times[name]) - median(times["bare"]))
    # On a busy machine most of the wait is for a core: the fastest tenth shows the work itself.
    least = percentile(times["whole"], 0.1) - percentile(times["bare"], 0.1)
    figure("overhead_whole_p10_ms", least)
    added = percentile(times["whole"], 0.99) - percentile(times["bare"], 0.99)
    figure("overhead_whole_p99_ms", added)


if __name__ == "__main__":
    asyncio.run(main())

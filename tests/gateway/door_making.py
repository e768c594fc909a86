"""A house with engines that are not there, its door on loopback, and the official client for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import openai
from aiohttp import web

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.gateway.calls import Calls, Salts
from lionrock.gateway.exchanges.keeper import Keeper
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.guards.policy import Policy
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.policies.cache import Policies
from lionrock.gateway.policies.rules import Rules
from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.gateway.service import Gateway
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from tests.building import house_of
from tests.gateway.fakes.server import KEY, MODEL
from tests.serving import served

SAID = [{"role": "user", "content": "Repeat exactly: salt wave gull"}]


def engine(url: str, name: str = "one", **given: Any) -> Engine:
    offer = Offer("small", MODEL, 4096, 512, price_in=1_000_000, price_out=1_000_000)
    fields: dict[str, Any] = {
        "kind": EngineKind.VLLM, "trust": Trust.INSIDE, "offers": (offer,), "at_once": 64, "key": KEY,
        "silence": 5.0,
    }  # fmt: skip
    return Engine(name=name, url=url, **(fields | given))


@dataclass
class Office:
    """A served house. `client`: of a key of the actor's."""

    house: House
    url: str
    actor: Actor
    calls: Calls
    client: openai.AsyncOpenAI
    key: str

    async def key_of(self, actor: Actor) -> str:
        return await identity.issue(self.house.database, actor.tenant_id, actor.id, "key")

    async def client_of(self, actor: Actor) -> openai.AsyncOpenAI:
        key = await self.key_of(actor)
        return openai.AsyncOpenAI(api_key=key, base_url=f"{self.url}/v1", max_retries=0)

    async def rows(self, count: int | None = None) -> list[asyncpg.Record]:
        """The tenant's usage, once nothing of it is open (and there are `count`)."""
        for _ in range(500):
            async with self.house.database.tenant_session(self.actor) as db:
                found = list(await db.fetch("SELECT * FROM gateway_usage ORDER BY id"))
            if all(r["outcome"] != "started" for r in found) and count in (None, len(found)):
                return found
            await asyncio.sleep(0.01)
        raise AssertionError([r["outcome"] for r in found])


@dataclass
class Guarded:
    """Policies of guards alone, without a table."""

    guards: Callable[[UUID], Policy]

    async def of(self, tenant: UUID) -> Rules:
        return Rules(guards=self.guards(tenant))

    def forget(self, tenant: UUID) -> None:
        pass


@asynccontextmanager
async def office_of(
    database: Database,
    actor: Actor,
    folder: Path,
    *engines: Engine,
    policies: Callable[[UUID], Policy] | None = None,
    patience: float = 5.0,
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(house_of(database, actor, folder, working=False))
        pool = Pool(engines, egress=Egress())
        stack.push_async_callback(pool.close)
        ledger = await stack.enter_async_context(Ledger(database))
        keeper = await stack.enter_async_context(Keeper(database, house.vault))
        kept = Policies(database) if policies is None else Guarded(policies)
        calls = Calls(pool, ledger, Salts(b"s" * 32), kept, patience=patience, keeper=keeper)
        house.gateway = Gateway(None, calls=calls)
        url = await stack.enter_async_context(served(create_app(house)))
        key = await identity.issue(database, actor.tenant_id, actor.id, "key")
        client = openai.AsyncOpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
        stack.push_async_callback(client.close)
        yield Office(house, url, actor, calls, client, key)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def upstream(handler: Handler) -> AsyncIterator[str]:
    """An engine that does as it is told."""
    app = web.Application(client_max_size=16 * 2**20)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def answer(text: str = "yes", **more: Any) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    return {
        "id": "x", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice],
        "usage": usage,
    } | more  # fmt: skip

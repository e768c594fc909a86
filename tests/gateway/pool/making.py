"""Engines to test with, and an event loop whose time passes when there is nothing else to do."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.kernel.egress import Egress

T = TypeVar("T")


def engine(name: str = "one", *models: str, **given: Any) -> Engine:
    """At a port nothing listens on. `models`: "m" when none are given."""
    offers = tuple(Offer(m, f"upstream/{m}", 4096, 1024) for m in models or ("m",))
    fields: dict[str, Any] = {
        "kind": EngineKind.VLLM,
        "url": "http://127.0.0.1:9",
        "trust": Trust.INSIDE,
    }
    return Engine(name=name, offers=offers, **(fields | given))


def pool_of(*engines: Engine, **given: Any) -> Pool:
    return Pool(engines or (engine(),), egress=Egress(), **given)


class _Selector(selectors.DefaultSelector):
    """Waits for nobody: where time would pass, it has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if not found:
            if timeout is None:
                raise RuntimeError("Nothing will ever happen: a test waits for ever.")
            self.passed += max(timeout, 0.0)
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.passed


def virtually(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a loop of its own, in virtual time: an hour's sleep takes no time."""
    loop = _Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        left = asyncio.all_tasks(loop)  # by a test that failed
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.close()


def clock() -> float:
    return asyncio.get_running_loop().time()


async def hold(pool: Pool, tenant: str, seconds: float, **given: Any) -> str:
    """Lease, keep the place that long, give it back. The engine's name."""
    wanted = {"deadline": clock() + 1e6} | given
    async with pool.lease(wanted.pop("model", "m"), tenant, **wanted) as upstream:
        await asyncio.sleep(seconds)
        return upstream.engine.name

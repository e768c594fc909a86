"""What a place at an engine costs the gateway: CPU time to take it and give it back, without a network.

Free: a place is free. Waiting: 1,000 requests wait at each moment, of one tenant or of 1,000; that
includes the switch between tasks, shown by itself as a bare semaphore with as long a line. Growth:
O(log tenants) a request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from common import figure, median
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.kernel.egress import Egress

REQUESTS = 20_000
LINE = 1000
PLACES = 8
ROUNDS = 5


def pool(engines: int, at_once: int) -> Pool:
    offer = Offer("m", "m", context=4096, output=1024)
    url, kind = "http://127.0.0.1:9", EngineKind.VLLM
    return Pool(
        [
            Engine(f"e{n}", kind, url, Trust.INSIDE, (offer,), at_once=at_once)
            for n in range(engines)
        ],
        egress=Egress(),
        most_waiting=2 * LINE,
    )


async def free(engines: int) -> float:
    """Microseconds a lease."""
    made, clock = pool(engines, 64), asyncio.get_running_loop().time
    began = time.process_time()
    for _ in range(REQUESTS):
        async with made.lease("m", "t", deadline=clock() + 30) as upstream:
            upstream.answered(200)
            upstream.spent(700)
    return (time.process_time() - began) / REQUESTS * 1e6


async def crowd(one: Callable[[int], Coroutine[Any, Any, None]]) -> float:
    """Microseconds a turn of `one(number of the client)`, by more clients than there are places."""
    left = REQUESTS

    async def client(number: int) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await one(number)

    tasks = [asyncio.create_task(client(n)) for n in range(LINE + PLACES)]
    await asyncio.sleep(0)
    began = time.process_time()
    await asyncio.gather(*tasks)
    return (time.process_time() - began) / REQUESTS * 1e6


async def waiting(tenants: int, engines: int = 1) -> float:
    made, clock = pool(engines, PLACES // engines), asyncio.get_running_loop().time

    async def one(number: int) -> None:
        async with made.lease("m", number % tenants, deadline=clock() + 3000) as upstream:
            await asyncio.sleep(0)
            upstream.answered(200)
            upstream.spent(700)

    return await crowd(one)


async def semaphore() -> float:
    places = asyncio.Semaphore(PLACES)

    async def one(number: int) -> None:
        async with places:
            await asyncio.sleep(0)

    return await crowd(one)


def main() -> None:
    cases: dict[str, Callable[[], Coroutine[Any, Any, float]]] = {
        "pool_us_free": lambda: free(1),
        "pool_us_free_of_4_engines": lambda: free(4),
        "pool_us_waiting_1_tenant": lambda: waiting(1),
        "pool_us_waiting_1000_tenants": lambda: waiting(1000),
        "pool_us_waiting_1000_tenants_4_engines": lambda: waiting(1000, 4),
        "semaphore_us_waiting": semaphore,
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            found[name].append(asyncio.run(case()))
    for name, times in found.items():
        print(f"{name:42} {min(times):7.1f} … {max(times):7.1f} µs")
    for name, times in found.items():
        figure(name, round(median(times), 1))


if __name__ == "__main__":
    main()

"""Fair share, as a simulation in virtual time: one tenant's burst of 1,000 beside another's work."""

from __future__ import annotations

import asyncio
from random import Random
from statistics import quantiles

import pytest

from tests.gateway.pool.making import clock, engine, hold, pool_of, virtually

SECONDS_A_TOKEN = 0.005


async def _one(pool: object, tenant: str, tokens: int, waits: list[float]) -> None:
    began = clock()
    await hold(pool, tenant, tokens * SECONDS_A_TOKEN, tokens=tokens)  # type: ignore[arg-type]
    waits.append(clock() - began)


def p95(
    at_once: int, burst: int, same: bool, *, quiet: str = "quiet", spread: float = 0.6
) -> float:
    """95th percentile of the quiet tenant's 150 requests, from asking to the end of the answer.

    They come one by one at a tenth of what the engine can do, while the burst is still there.
    `same`: every request is 1,000 tokens; else lengths are log-normal, of both tenants alike.
    """
    chance = Random(5)

    def tokens() -> int:
        return 1000 if same else round(min(8000.0, 800 * chance.lognormvariate(0, spread)))

    async def main() -> list[float]:
        pool = pool_of(engine(at_once=at_once))
        found: list[float] = []
        gone: list[float] = []
        crowd = [asyncio.create_task(_one(pool, "burst", tokens(), gone)) for _ in range(burst)]
        own = []
        for _ in range(150):
            await asyncio.sleep(chance.expovariate(0.1 * at_once / (1000 * SECONDS_A_TOKEN)))
            if burst and len(gone) == burst:
                break
            own.append(asyncio.create_task(_one(pool, quiet, tokens(), found)))
        await asyncio.gather(*own)
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
        return found

    found = virtually(main())
    assert len(found) >= 80
    return quantiles(found, n=20)[-1]


@pytest.mark.parametrize("at_once", [1, 4, 16])
@pytest.mark.parametrize("same", [True, False])
def test_a_burst_of_a_thousand_leaves_another_tenants_p95_within_twice_its_own(
    at_once: int, same: bool
) -> None:
    alone = p95(at_once, 0, same)
    beside = p95(at_once, 1000, same)
    assert beside <= 2 * alone


def test_in_one_line_by_arrival_the_same_burst_would_not() -> None:
    """The simulation can fail: with both as one tenant, the quiet one stands behind the burst."""
    assert p95(4, 1000, True, quiet="burst") > 10 * p95(4, 0, True)


@pytest.mark.parametrize("share", [0.5, 3.0])
def test_two_bursts_are_served_by_their_shares(share: float) -> None:
    async def main() -> dict[str, int]:
        pool = pool_of(engine(at_once=4))
        served = {"one": 0, "other": 0}

        async def ask(tenant: str, share: float) -> None:
            await hold(pool, tenant, 1, share=share)
            served[tenant] += 1

        tasks = [asyncio.create_task(ask("one", 1.0)) for _ in range(500)]
        tasks += [asyncio.create_task(ask("other", share)) for _ in range(500)]
        await asyncio.sleep(100.5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return served

    served = virtually(main())
    assert served["other"] / served["one"] == pytest.approx(share, rel=0.05)

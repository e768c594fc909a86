from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from lionrock.errors import EngineUnavailable
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Pool
from lionrock.gateway.pool.circuit import FAILURES, CircuitState, Outcome
from lionrock.gateway.pool.health import Watch, health_path
from tests.gateway.pool.making import clock, engine, hold, pool_of, virtually


class Patient:
    """Something to probe. `ill` is what it answers with; `seen` when and where it was asked."""

    def __init__(self, ill: str = "") -> None:
        self.ill = ill
        self.seen: list[tuple[float, str]] = []

    async def __call__(self, path: str) -> None:
        self.seen.append((clock(), path))
        if self.ill:
            raise EngineUnavailable(self.ill)


def watch(
    pool: Pool, name: str, patient: Patient, chance: Callable[[], float] = lambda: 0.5
) -> Watch:
    return Watch(pool._lanes[name], patient, pool._dispatcher, chance)


def test_an_engine_never_seen_well_is_not_used_after_one_failed_check() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"), engine("two"))
        await watch(pool, "one", Patient("It is down.")).check()
        assert await hold(pool, "t", 0) == "two"
        assert pool.states()[0].why == "It is down."
        with pytest.raises(EngineUnavailable, match=r"It is down\.") as refused:
            await hold(pool, "t", 0, not_engine=("two",))
        assert refused.value.retry_after == 5

    virtually(main())


def test_one_that_was_well_may_miss_one_check() -> None:
    async def main() -> None:
        pool, patient = pool_of(engine("one")), Patient()
        checking = watch(pool, "one", patient)
        await checking.check()
        patient.ill = "It is slow."
        await checking.check()
        assert pool.states()[0].healthy
        await checking.check()
        assert not pool.states()[0].healthy

    virtually(main())


def test_one_that_is_well_again_takes_who_waits() -> None:
    async def main() -> None:
        pool, patient = pool_of(engine("one")), Patient()
        checking = watch(pool, "one", patient)
        await checking.check()
        working = asyncio.create_task(hold(pool, "t", 1))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(hold(pool, "t", 0))
        await asyncio.sleep(0)
        patient.ill = "It is down."
        await checking.check()
        await checking.check()
        await working
        await asyncio.sleep(10)
        assert not waiting.done()
        patient.ill = ""
        await checking.check()
        assert await waiting == "one"

    virtually(main())


def test_one_that_is_well_again_is_tried_though_its_circuit_is_open() -> None:
    async def main() -> None:
        pool, patient = pool_of(engine("one")), Patient("It is down.")
        checking, lane = watch(pool, "one", patient), pool._lanes["one"]
        await checking.check()
        for _ in range(FAILURES):
            lane.circuit.end(Outcome.BAD, clock())
        patient.ill = ""
        await checking.check()
        assert lane.circuit.state is CircuitState.OPEN
        assert await hold(pool, "t", 0) == "one"

    virtually(main())


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4.0), (0.5, 5.0), (0.999, 6.0)])
def test_checks_are_seconds_apart_and_not_aligned(chance: float, seconds: float) -> None:
    async def main() -> None:
        pool, patient = pool_of(engine("one")), Patient()
        running = asyncio.create_task(watch(pool, "one", patient, lambda: chance).run())
        await asyncio.sleep(3.5 * seconds)
        running.cancel()
        assert [at for at, _ in patient.seen] == pytest.approx(
            [seconds, 2 * seconds, 3 * seconds], abs=0.1
        )

    virtually(main())


def test_each_kind_is_asked_where_it_answers_without_running_the_model() -> None:
    paths = {kind: health_path(engine(kind=kind)) for kind in EngineKind}
    assert paths[EngineKind.VLLM] == paths[EngineKind.LLAMACPP] == "/health"
    assert paths[EngineKind.OLLAMA] == "/api/version"
    assert health_path(engine(health="/v2/health/ready")) == "/v2/health/ready"


def test_a_lane_knows_when_it_was_checked_and_is_checked_next() -> None:
    async def main() -> None:
        pool, patient = pool_of(engine("one")), Patient()
        assert pool.state("one").checked_ago is None and pool.state("one").check_in is None
        running = asyncio.create_task(watch(pool, "one", patient).run())
        await asyncio.sleep(6)
        state = pool.state("one")
        assert (state.checked_ago, state.check_in) == (1.0, 4.0)
        patient.ill = "It is slow."
        await asyncio.sleep(13)  # at 10 it misses one check, at 15 it is ill
        assert pool.state("one").ill_for == 4.0 and pool.state("one").fault == "It is slow."
        patient.ill = ""
        await asyncio.sleep(2)
        assert pool.state("one").ill_for is None and pool.state("one").fault == ""
        running.cancel()

    virtually(main())


def test_a_lane_tells_what_it_works_on_and_since_when_its_circuit_is_not_closed() -> None:
    async def main() -> None:
        pool = pool_of(engine("one", "m", "n", at_once=3))
        async with pool.lease("m", "t", deadline=clock()):
            await asyncio.sleep(5)
            async with pool.lease("n", "u", deadline=clock()):
                state = pool.state("one")
                assert (state.running, state.oldest_for) == ({"m": 1, "n": 1}, 5.0)
        assert pool.state("one").running == {} and pool.state("one").oldest_for is None
        lane = pool._lanes["one"]
        for _ in range(FAILURES):
            lane.circuit.end(Outcome.BAD, clock())
        opened = clock()
        await asyncio.sleep(2)
        async with pool.lease("m", "t", deadline=clock()) as trial:
            assert pool.state("one").trial_in is None
            trial.failed()
        assert pool.state("one").ill_for == clock() - opened  # since it opened first
        assert pool.state("one").trial_in and "left alone" in pool.state("one").fault

    virtually(main())

"""Places, lines and their ends, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.errors import EngineBusy, EngineUnavailable, InvalidInput, NotFound
from lionrock.gateway.pool import CircuitState, Offer, Pool, Trust
from lionrock.gateway.pool.circuit import FAILURES
from tests.gateway.pool.making import clock, engine, hold, pool_of, virtually


def idle(pool: Pool) -> bool:
    """Nothing is under way, nothing waits, nobody is remembered."""
    lanes = pool._lanes.values()
    return all(not lane.busy and not len(lane.queue) and not lane.queue.traces for lane in lanes)


async def fail(pool: Pool, seconds: float = 0, **given: Any) -> None:
    with pytest.raises(aiohttp.ClientConnectionError):
        async with pool.lease("m", "t", deadline=clock() + 10, **given):
            await asyncio.sleep(seconds)
            raise aiohttp.ServerDisconnectedError


def test_a_free_place_is_taken_at_once_and_given_back() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        for _ in range(3):
            async with pool.lease("m", "t", deadline=clock()) as upstream:
                assert (upstream.engine.name, upstream.model.upstream) == ("one", "upstream/m")
                assert upstream.waited == 0
                assert pool.states()[0].busy == 1
        assert idle(pool)

    virtually(main())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),  # tenant
            st.floats(0, 20),  # comes at
            st.floats(0, 10),  # holds for
            st.one_of(st.none(), st.floats(0, 30)),  # leaves after
            st.sampled_from(["m", "n"]),
            st.integers(1, 5000),
            st.floats(0, 20),  # patience
        ),
        max_size=40,
    ),
    st.integers(1, 3),
)
def test_however_requests_come_and_go_no_place_is_given_twice_and_none_is_lost(
    asked: list[tuple[str, float, float, float | None, str, int, float]], at_once: int
) -> None:
    async def main() -> None:
        pool = pool_of(engine("one", "m", at_once=at_once), engine("two", "m", "n", at_once=1))
        now = dict.fromkeys(("one", "two"), 0)

        async def one(
            tenant: str, at: float, seconds: float, model: str, tokens: int, patience: float
        ) -> None:
            await asyncio.sleep(at)
            ask = pool.lease(model, tenant, deadline=clock() + patience, tokens=tokens)
            async with ask as upstream:
                name = upstream.engine.name
                now[name] += 1
                try:
                    assert now[name] <= upstream.engine.at_once
                    assert upstream.waited <= patience + 1e-6
                    await asyncio.sleep(seconds)
                finally:
                    now[name] -= 1

        async def visit(
            tenant: str, at: float, seconds: float, leaves: float | None, *rest: Any
        ) -> None:
            with suppress(TimeoutError, EngineBusy):
                await asyncio.wait_for(one(tenant, at, seconds, *rest), leaves)

        await asyncio.gather(*(visit(*a) for a in asked))
        assert idle(pool)
        for model in ("m", "n"):
            await hold(pool, "last", 0, model=model, deadline=clock())

    virtually(main())


def test_a_full_engine_is_waited_for_and_the_wait_is_told() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        first = asyncio.create_task(hold(pool, "a", 5))
        await asyncio.sleep(1)
        async with pool.lease("m", "b", deadline=clock() + 10) as upstream:
            assert clock() == pytest.approx(5) and upstream.waited == pytest.approx(4)
        await first

    virtually(main())


def test_who_waits_in_vain_is_told_when_to_come_again() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        await hold(pool, "a", 30)
        first = asyncio.create_task(hold(pool, "a", 30))
        await asyncio.sleep(0)
        with pytest.raises(EngineBusy, match="none came free within 20 s") as refused:
            await hold(pool, "b", 0, deadline=clock() + 20)
        assert clock() == pytest.approx(50)
        assert refused.value.retry_after == 10
        await first
        assert idle(pool)

    virtually(main())


@pytest.mark.parametrize(("waiting", "seconds", "patience"), [(20, 3, 5), (100, 1, 8), (7, 60, 30)])
def test_retry_after_is_honest(waiting: int, seconds: float, patience: float) -> None:
    """Refused at once, and after just that long the same request, as patient, is served: within
    the time of one request, because all of these end together and the mean does not know."""

    async def main() -> None:
        pool = pool_of(engine(at_once=2))
        await hold(pool, "a", seconds)
        burst = [asyncio.create_task(hold(pool, "a", seconds)) for _ in range(waiting)]
        await asyncio.sleep(0)
        began = clock()
        with pytest.raises(EngineBusy, match="longer than the request can wait") as refused:
            await hold(pool, "a", 0, deadline=clock() + patience)
        assert clock() == began
        told = refused.value.retry_after
        assert told is not None and told <= 0.5 * waiting * seconds
        await asyncio.sleep(told)
        await hold(pool, "a", 0, deadline=clock() + patience + seconds)
        assert 0.8 * (told + patience) <= clock() - began <= told + patience + seconds
        await asyncio.gather(*burst)

    virtually(main())


def test_another_tenants_long_line_is_no_reason_to_refuse() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        await hold(pool, "a", 1)
        burst = [asyncio.create_task(hold(pool, "a", 1)) for _ in range(100)]
        await asyncio.sleep(0.5)
        await hold(pool, "b", 0, deadline=clock() + 2)
        assert clock() == pytest.approx(2)
        await asyncio.gather(*burst)

    virtually(main())


def test_a_tenant_has_a_most_that_may_wait() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1), most_waiting=3)
        burst = [asyncio.create_task(hold(pool, "a", 1)) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(EngineBusy, match="3 of your requests are waiting already"):
            await hold(pool, "a", 1)
        burst.append(asyncio.create_task(hold(pool, "b", 1)))
        await asyncio.gather(*burst)

    virtually(main())


def test_a_place_granted_to_one_who_is_just_leaving_goes_to_the_next() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        async with pool.lease("m", "a", deadline=clock()):
            leaving = asyncio.create_task(hold(pool, "b", 1))
            staying = asyncio.create_task(hold(pool, "c", 0))
            await asyncio.sleep(0)
        leaving.cancel()  # it has the place and has not come to know
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await staying
        assert idle(pool)

    virtually(main())


def test_one_who_leaves_as_a_place_comes_free_is_passed_over() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        async with pool.lease("m", "a", deadline=clock()):
            leaving = asyncio.create_task(hold(pool, "b", 1))
            staying = asyncio.create_task(hold(pool, "c", 0))
            await asyncio.sleep(0)
            leaving.cancel()
        await staying
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert idle(pool)

    virtually(main())


def test_who_got_a_place_waits_nowhere_any_more() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"), engine("two"))
        short = asyncio.create_task(hold(pool, "t", 1))
        long = asyncio.create_task(hold(pool, "t", 100))
        await asyncio.sleep(0)
        next_one = asyncio.create_task(hold(pool, "t", 10))
        await asyncio.sleep(0)
        assert [s.waiting for s in pool.states()] == [1, 1]
        await asyncio.sleep(2)
        assert [s.waiting for s in pool.states()] == [0, 0]
        await asyncio.gather(short, long, next_one)

    virtually(main())


def test_one_who_left_as_its_turn_came_costs_its_tenant_nothing() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        order: list[str] = []

        async def ask(tenant: str, tokens: float = 1000) -> None:
            async with pool.lease("m", tenant, deadline=1e9, tokens=tokens):
                await asyncio.sleep(1)
                order.append(tenant)

        async with pool.lease("m", "first", deadline=0):
            leaving = asyncio.create_task(ask("a", 1e6))
            await asyncio.sleep(0)
            staying = [asyncio.create_task(ask(tenant)) for tenant in "abab"]
            await asyncio.sleep(0)
            leaving.cancel()
        await asyncio.gather(*staying)
        assert "".join(order) in ("abab", "baba")

    virtually(main())


def test_who_waits_to_its_deadline_for_an_engine_that_failed_is_told_so() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        working = asyncio.create_task(hold(pool, "t", 1))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(hold(pool, "t", 0, deadline=clock() + 1.5))
        await asyncio.sleep(0)
        pool._lanes["one"].healthy = False
        with pytest.raises(EngineUnavailable) as refused:
            await waiting
        assert not isinstance(refused.value, EngineBusy) and clock() == pytest.approx(1.5)
        await working

    virtually(main())


def test_the_emptiest_engine_is_taken_by_weight_and_the_first_free_by_who_waits() -> None:
    async def main() -> None:
        pool = pool_of(engine("small", at_once=2), engine("large", at_once=4, weight=2.0))
        tasks = [asyncio.create_task(hold(pool, "t", 10)) for _ in range(6)]
        await asyncio.sleep(0)
        assert [s.busy for s in pool.states()] == [2, 4]
        assert await hold(pool, "u", 0) in ("small", "large")
        names = await asyncio.gather(*tasks)
        assert names[:2] == ["large", "large"]

    virtually(main())


def test_a_model_nobody_offers_is_not_found_and_the_offered_ones_are_named() -> None:
    async def main() -> None:
        pool = pool_of(engine("one", "m", "n"))
        with pytest.raises(NotFound, match=r"'gpt'\. Models offered: m, n\."):
            await hold(pool, "t", 0, model="gpt")
        with pytest.raises(NotFound):
            pool.model("gpt")

    virtually(main())


def test_a_share_of_nothing_is_refused() -> None:
    for share in (0.0, -1.0, float("nan")):
        with pytest.raises(InvalidInput, match="more than 0"):
            pool_of().lease("m", "t", deadline=0, share=share)


def test_what_may_not_leave_goes_to_engines_inside_only() -> None:
    async def main() -> None:
        away = engine("away", "m", "n", trust=Trust.OUTSIDE, at_once=9)
        pool = pool_of(away, engine("home", "m"))
        assert await hold(pool, "t", 0) == "away"
        assert await hold(pool, "t", 0, inside_only=True) == "home"
        with pytest.raises(EngineUnavailable, match="outside the institution only"):
            await hold(pool, "t", 0, model="n", inside_only=True)

    virtually(main())


def test_another_try_goes_to_another_engine() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"), engine("two"))
        assert await hold(pool, "t", 0, not_engine=("one",)) == "two"
        with pytest.raises(EngineUnavailable, match="No other engine"):
            await hold(pool, "t", 0, not_engine=("one", "two"))

    virtually(main())


def test_an_engine_that_fails_is_left_alone_and_the_other_used() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"), engine("two"))
        for _ in range(FAILURES):
            await fail(pool, not_engine=("two",))
        assert pool.states()[0].circuit is CircuitState.OPEN
        assert await hold(pool, "t", 0) == "two"
        await asyncio.sleep(2)
        assert await hold(pool, "t", 0) == "one"
        assert pool.states()[0].circuit is CircuitState.CLOSED

    virtually(main())


def test_when_all_have_failed_the_refusal_says_when_one_may_be_back() -> None:
    async def main() -> None:
        pool = pool_of()
        for _ in range(FAILURES):
            await fail(pool)
        with pytest.raises(EngineUnavailable, match="left alone") as refused:
            await hold(pool, "t", 0)
        assert not isinstance(refused.value, EngineBusy)
        assert refused.value.retry_after in (1, 2)

    virtually(main())


def test_who_waits_while_an_engine_is_left_alone_is_served_when_it_is_back() -> None:
    async def main() -> None:
        pool = pool_of(engine(at_once=FAILURES))
        failing = asyncio.gather(*(fail(pool, seconds=1) for _ in range(FAILURES)))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(hold(pool, "w", 5)) for _ in range(4)]
        await failing
        assert pool.states()[0].circuit is CircuitState.OPEN
        await asyncio.sleep(1.2)
        assert pool.states()[0].busy == 3, "two that began before it opened, and one that tries it"
        await asyncio.gather(*waiting)
        assert idle(pool) and clock() < 14

    virtually(main())


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (lambda u: u.answered(503), CircuitState.OPEN),
        (lambda u: u.answered(401), CircuitState.OPEN),
        (lambda u: u.failed(), CircuitState.OPEN),
        (lambda u: u.answered(500), CircuitState.CLOSED),
        (lambda u: u.answered(429), CircuitState.CLOSED),
        (lambda u: u.answered(400), CircuitState.CLOSED),
    ],
)
def test_what_the_relay_tells_counts(report: Callable[[Any], None], state: CircuitState) -> None:
    async def main() -> None:
        pool = pool_of()
        for _ in range(FAILURES):
            async with pool.lease("m", "t", deadline=clock()) as upstream:
                report(upstream)
        assert pool.states()[0].circuit is state

    virtually(main())


@pytest.mark.parametrize("error", [ConnectionResetError, asyncio.CancelledError, ValueError])
def test_a_client_that_leaves_is_not_held_against_the_engine(error: type[BaseException]) -> None:
    async def main() -> None:
        pool = pool_of()
        for _ in range(FAILURES + 1):
            with pytest.raises(error):
                async with pool.lease("m", "t", deadline=clock()):
                    raise error
        assert pool.states()[0].circuit is CircuitState.CLOSED and idle(pool)

    virtually(main())


def test_a_stream_that_breaks_after_a_good_status_is_held_against_it() -> None:
    async def main() -> None:
        pool = pool_of()
        for _ in range(FAILURES):
            with pytest.raises(aiohttp.ClientPayloadError):
                async with pool.lease("m", "t", deadline=clock()) as upstream:
                    upstream.answered(200)
                    raise aiohttp.ClientPayloadError
        assert pool.states()[0].circuit is CircuitState.OPEN

    virtually(main())


def test_a_drained_engine_ends_its_work_and_gets_no_more() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"), engine("two", at_once=5))
        await asyncio.sleep(0)
        working = asyncio.create_task(hold(pool, "t", 10, not_engine=("two",)))
        await asyncio.sleep(1)
        pool.drain("one")
        assert {await hold(pool, "t", 0) for _ in range(5)} == {"two"}
        await pool.drained("one")
        assert clock() == pytest.approx(10) and await working == "one"
        assert "drained for maintenance" in pool.states()[0].why
        pool.resume("one")
        assert await hold(pool, "t", 0, not_engine=("two",)) == "one"

    virtually(main())


def test_who_waits_for_a_drained_engine_alone_is_refused_and_the_rest_wait_on() -> None:
    async def main() -> None:
        pool = pool_of(engine("one", "m", "n"), engine("two", "m"))
        full = [asyncio.create_task(hold(pool, "t", 10)) for _ in range(2)]
        await asyncio.sleep(0)
        alone = asyncio.create_task(hold(pool, "t", 0, model="n"))
        either = asyncio.create_task(hold(pool, "t", 0))
        await asyncio.sleep(0)
        pool.drain("one")
        with pytest.raises(EngineUnavailable, match="drained"):
            await alone
        assert clock() == 0
        assert await either == "two"
        await asyncio.gather(*full)
        assert idle(pool)

    virtually(main())


def test_an_engine_that_is_resumed_takes_who_waits() -> None:
    async def main() -> None:
        pool = pool_of(engine("one"))
        with pytest.raises(NotFound, match="There are: one"):
            pool.drain("three")
        pool.drain("one")
        with pytest.raises(EngineUnavailable, match="drained") as refused:
            await hold(pool, "t", 0)
        assert refused.value.retry_after is None
        pool.resume("one")
        assert await hold(pool, "t", 0) == "one"

    virtually(main())


def test_real_use_puts_the_shares_right() -> None:
    """Two tenants estimate alike; one uses a tenth. It gets more turns, not more tokens."""

    async def main() -> None:
        pool = pool_of(engine(at_once=1))
        turns = {"modest": 0, "plain": 0}

        async def one(tenant: str, real: float) -> None:
            async with pool.lease("m", tenant, deadline=1e9, tokens=1000) as upstream:
                await asyncio.sleep(real / 1000)
                upstream.spent(real)
                if clock() < 60:
                    turns[tenant] += 1

        asked = [one("modest", 100) for _ in range(500)] + [one("plain", 1000) for _ in range(100)]
        await asyncio.gather(*asked)
        assert turns["plain"] == pytest.approx(30, abs=2)
        assert turns["modest"] == pytest.approx(300, abs=20)

    virtually(main())


def test_what_is_offered_is_what_fits_every_engine_at_the_dearest_price() -> None:
    cheap = Offer("m", "m", context=8000, output=500, price_in=1, price_out=9)
    dear = Offer("m", "x/m", context=4000, output=900, price_in=5, price_out=2)
    one, two = engine("one"), engine("two", trust=Trust.OUTSIDE)
    pool = pool_of(replace(one, offers=(cheap,)), replace(two, offers=(dear,)))
    found = pool.model("m")
    assert (found.context, found.output, found.price_in, found.price_out) == (4000, 500, 5, 9)
    assert found.outside and pool.models() == (found,)
    assert [e.name for e in pool.engines("m")] == ["one", "two"] and pool.engines("n") == ()

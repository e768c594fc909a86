"""Limits: of rates, of calls at once, of size, of models, of times; each says whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time

import pytest

from lionrock.errors import Forbidden, NotFound, RateLimited, TooLarge
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.gateway.ledger.windows import Weekday, Window
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import (
    TENANT,
    Hands,
    call,
    new_key,
    of_member,
    open_calls,
    usage,
    used,
)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def ledger(database: Database, clock: Hands) -> AsyncIterator[Ledger]:
    async with Ledger(database, clock=clock) as opened:
        yield opened


async def limited(
    database: Database, actor: Actor, limits: Limits, whose: Subject = TENANT
) -> None:
    await LimitService(database).set(actor, whose, limits)


async def test_requests_a_minute_run_out_and_come_back_evenly(
    database: Database, actor: Actor, ledger: Ledger, clock: Hands
) -> None:
    await limited(database, actor, Limits(requests_per_minute=6))
    for _ in range(6):
        await ledger.admit(call(actor))
    with pytest.raises(
        RateLimited, match="6 requests a minute are allowed for your inst"
    ) as caught:
        await ledger.admit(call(actor))
    assert caught.value.retry_after == pytest.approx(10)
    clock.move(seconds=9)
    with pytest.raises(RateLimited) as caught:
        await ledger.admit(call(actor))
    assert caught.value.retry_after == pytest.approx(1)
    clock.move(seconds=1)
    await ledger.admit(call(actor))


async def test_tokens_are_counted_at_their_worst_and_what_was_not_used_comes_back(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(tokens_per_minute=1000))
    admission = await ledger.admit(call(actor, 900))
    with pytest.raises(RateLimited, match="1000 tokens a minute") as caught:
        await ledger.admit(call(actor, 400))
    assert caught.value.retry_after == pytest.approx(18)
    await ledger.settle(admission, used(100))
    await ledger.admit(call(actor, 900))


async def test_a_call_larger_than_a_minutes_tokens_is_told_to_be_smaller(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(tokens_per_minute=1000))
    with pytest.raises(TooLarge, match="1000 tokens a minute are allowed"):
        await ledger.admit(call(actor, 1001))


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_clock_that_jumps_and_comes_back_neither_gives_nor_locks(
    database: Database, actor: Actor, ledger: Ledger, clock: Hands, hours: int
) -> None:
    await limited(database, actor, Limits(requests_per_minute=2))
    await ledger.admit(call(actor))
    clock.move(hours=hours)
    for _ in range(2 if hours > 0 else 1):
        await ledger.admit(call(actor))
    with pytest.raises(RateLimited):
        await ledger.admit(call(actor))
    clock.move(hours=-hours)
    if hours > 0:
        with pytest.raises(RateLimited):
            await ledger.admit(call(actor))
    clock.move(minutes=1)
    await ledger.admit(call(actor))


async def test_calls_at_once_are_counted_until_they_are_settled(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(at_once=2))
    first, second = [await ledger.admit(call(actor)) for _ in range(2)]
    with pytest.raises(RateLimited, match="2 calls at once are allowed for your institution"):
        await ledger.admit(call(actor))
    await ledger.settle(first, used(1))
    await ledger.settle(first, used(1))
    assert await open_calls(database, actor) == 1
    third = await ledger.admit(call(actor))
    for admission in (second, third):
        await ledger.settle(admission, used(1))
    assert await open_calls(database, actor) == 0


async def test_of_fifty_at_once_no_more_than_the_limit_get_in(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(at_once=7))
    async with Ledger(database) as other:
        asked = [(ledger, other)[n % 2].admit(call(actor)) for n in range(50)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(a, RateLimited) for a in answers) == 43


async def test_limits_that_are_set_anew_do_not_count_calls_of_before(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    service = LimitService(database)
    await limited(database, actor, Limits(at_once=1))
    old = await ledger.admit(call(actor))
    await service.remove(actor, TENANT)
    await limited(database, actor, Limits(at_once=1))
    await ledger.admit(call(actor))
    await ledger.settle(old, used(1))
    assert await open_calls(database, actor) == 1


async def test_models_that_are_not_on_the_list_are_refused(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(models=["large", "small"]))
    await ledger.admit(call(actor))
    await limited(database, actor, Limits(models=["large"]))
    with pytest.raises(Forbidden, match="Model small is not among those your institution"):
        await ledger.admit(call(actor))
    await limited(database, actor, Limits(models=[]))
    with pytest.raises(Forbidden):
        await ledger.admit(call(actor))


async def test_context_and_answers_have_caps(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(context_tokens=100, output_tokens=60))
    await ledger.admit(call(actor, 100))
    with pytest.raises(TooLarge, match="100 tokens a call are allowed"):
        await ledger.admit(call(actor, 101))
    with pytest.raises(TooLarge, match="at most 60 tokens, and 61 were asked for"):
        await ledger.admit(replace(call(actor), tokens_in=1, max_output=61))


async def test_outside_its_times_a_call_waits_for_the_next(
    database: Database, actor: Actor, ledger: Ledger, clock: Hands
) -> None:
    office = Window(
        days=frozenset({Weekday.MONDAY, Weekday.TUESDAY}), begins=time(9), ends=time(18)
    )
    await limited(database, actor, Limits(windows=[office]))
    await ledger.admit(call(actor))
    clock.move(hours=6)  # Monday 18:00
    with pytest.raises(RateLimited, match="certain times of the week") as caught:
        await ledger.admit(call(actor))
    assert caught.value.retry_after == 15 * 3600
    clock.move(hours=15)
    await ledger.admit(call(actor))


async def test_a_member_and_a_key_have_limits_of_their_own(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    key = await new_key(database, actor)
    await limited(database, actor, Limits(at_once=2), of_member(actor))
    await limited(database, actor, Limits(at_once=1), Subject(kind=SubjectKind.KEY, id=key))
    await ledger.admit(call(actor, key=key))
    with pytest.raises(RateLimited, match="for this key"):
        await ledger.admit(call(actor, key=key))
    await ledger.admit(call(actor))
    with pytest.raises(RateLimited, match="for your membership"):
        await ledger.admit(call(actor))


async def test_a_refused_call_leaves_nothing(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await limited(database, actor, Limits(tokens_per_minute=100))
    with pytest.raises(TooLarge):
        await ledger.admit(call(actor, 101))
    assert await usage(database, actor) == []
    assert await open_calls(database, actor) == 0


async def test_what_is_set_is_listed_and_who_may_not_sets_nothing(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    service = LimitService(database)
    window = Window(days=frozenset({Weekday.SUNDAY}), begins=time(0), ends=time(0))
    limits = Limits(requests_per_minute=5, models=["a"], windows=[window])
    await service.set(actor, TENANT, limits)
    (held,) = await service.listing(actor)
    assert (held.subject, held.limits, held.changed_by) == (TENANT, limits, actor.id)
    assert await service.listing(stranger) == []
    analyst = replace(actor, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden):
        await service.set(analyst, TENANT, limits)
    with pytest.raises(NotFound):
        await service.set(actor, Subject(kind=SubjectKind.MEMBER, id=stranger.id), limits)
    with pytest.raises(NotFound):
        await service.remove(stranger, TENANT)
    async with database.tenant_session(actor) as db:
        events = await db.fetch("SELECT event FROM events WHERE event LIKE 'gateway:%'")
    assert [r["event"] for r in events] == ["gateway:limit:change"]

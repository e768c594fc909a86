"""Budgets are hard: whoever asks, from wherever, at once."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from lionrock.errors import BudgetExceeded, Conflict, Forbidden, NotFound
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import FREE, MICRO, Admission, Outcome, Price
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.conftest import runtime_url
from tests.gateway.ledger.making import (
    TENANT,
    Hands,
    budget,
    call,
    money,
    new_key,
    of_member,
    usage,
    used,
)


async def tried(ledger: Ledger, actor: Actor) -> Admission | BudgetExceeded:
    try:
        return await ledger.admit(call(actor))
    except BudgetExceeded as error:
        return error


async def test_of_fifty_at_once_over_four_connections_ten_fit_and_ten_are_admitted(
    database: Database, actor: Actor
) -> None:
    await budget(database, actor, 10)
    async with AsyncExitStack() as stack:
        ledgers = [await stack.enter_async_context(Ledger(database)) for _ in range(4)]
        asked = [tried(ledgers[n % 4], actor) for n in range(50)]
        answers = await asyncio.gather(*asked)
    admitted = [x for x in answers if isinstance(x, Admission)]
    assert len(admitted) == 10
    assert await money(database, actor) == (0, 10 * MICRO)
    assert len(await usage(database, actor)) == 10


_CHILD = """
import asyncio, sys
from uuid import UUID
from lionrock.errors import BudgetExceeded
from lionrock.gateway.ledger.calls import Call, Price
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.database import Database

async def main(url, tenant, member):
    database = await Database.open(url, size=4)
    call = Call(UUID(tenant), UUID(member), None, "local", "small", None, 50, 50, Price(10**10, 10**10))
    async def tried(ledger):
        try:
            await ledger.admit(call)
        except BudgetExceeded:
            return 0
        return 1
    async with Ledger(database) as one, Ledger(database) as two:
        print("ready", flush=True)
        sys.stdin.readline()
        print(sum(await asyncio.gather(*(tried((one, two)[n % 2]) for n in range(25)))), flush=True)
        sys.stdin.readline()
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_of_fifty_at_once_over_two_processes_ten_fit_and_ten_are_admitted(
    postgres: str, database: Database, actor: Actor
) -> None:
    await budget(database, actor, 10)
    arguments = ["-c", _CHILD, runtime_url(postgres), str(actor.tenant_id), str(actor.id)]
    pipe = asyncio.subprocess.PIPE
    children = [
        await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
        for _ in range(2)
    ]
    admitted = 0
    for child in children:
        assert child.stdout and (await child.stdout.readline()).strip() == b"ready"
    for child in children:
        assert child.stdin
        child.stdin.write(b"\n")
        await child.stdin.drain()
    for child in children:
        assert child.stdout
        admitted += int(await child.stdout.readline())
    for child in children:
        await child.communicate(b"\n")
    assert admitted == 10
    assert await money(database, actor) == (0, 10 * MICRO)


async def test_what_was_reserved_and_not_used_is_there_for_the_next(
    database: Database, actor: Actor
) -> None:
    await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor, 100))
        with pytest.raises(BudgetExceeded, match="reserved for calls under way") as caught:
            await ledger.admit(call(actor, 50))
        assert caught.value.retry_after == 1.0
        await ledger.settle(admission, used(40))
        assert await money(database, actor) == (400_000, 0)
        await ledger.admit(call(actor, 60))
        with pytest.raises(BudgetExceeded, match="your institution is 1 HKD in all") as caught:
            await ledger.admit(call(actor, 70))
    assert caught.value.retry_after is None


async def test_a_settlement_counts_once(database: Database, actor: Actor) -> None:
    await budget(database, actor, 10)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor))
        await asyncio.gather(*(ledger.settle(admission, used(10)) for _ in range(5)))
        await ledger.settle(admission, used(90))
    assert await money(database, actor) == (100_000, 0)
    (row,) = await usage(database, actor)
    assert (row["outcome"], row["tokens_in"], row["tokens_out"]) == ("finished", 5, 5)
    assert (row["cost"], row["most_cost"]) == (100_000, MICRO)
    assert (row["queue_ms"], row["first_byte_ms"], row["total_ms"]) == (1, 2, 3)


async def test_use_above_what_was_reserved_is_charged_as_it_is(
    database: Database, actor: Actor
) -> None:
    await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor, 100))
        await ledger.settle(admission, used(150))
        assert await money(database, actor) == (1_500_000, 0)
        with pytest.raises(BudgetExceeded):
            await ledger.admit(call(actor, 1))
        await ledger.admit(call(actor, 1, price=FREE))


async def test_each_subjects_budget_holds_and_the_refusal_says_whose(
    database: Database, actor: Actor
) -> None:
    key = await new_key(database, actor)
    await budget(database, actor, 10)
    await budget(database, actor, 5, whose=of_member(actor))
    await budget(database, actor, 2, whose=Subject(kind=SubjectKind.KEY, id=key))
    async with Ledger(database) as ledger:
        await ledger.admit(call(actor, 200, key=key))
        with pytest.raises(BudgetExceeded, match="budget of this key"):
            await ledger.admit(call(actor, key=key))
        await ledger.admit(call(actor, 300))
        with pytest.raises(BudgetExceeded, match="budget of your membership"):
            await ledger.admit(call(actor))
    accounts = await BudgetService(database).listing(actor)
    assert [(a.subject.kind, a.reserved // MICRO) for a in accounts] == [
        ("tenant", 5), ("member", 5), ("key", 2),
    ]  # fmt: skip


async def test_a_refused_call_takes_nothing_of_any_budget(database: Database, actor: Actor) -> None:
    await budget(database, actor, 10)
    await budget(database, actor, 1, whose=of_member(actor))
    async with Ledger(database) as ledger:
        with pytest.raises(BudgetExceeded):
            await ledger.admit(call(actor, 200))
    assert {a.reserved for a in await BudgetService(database).listing(actor)} == {0}
    assert await usage(database, actor) == []


async def test_a_model_priced_in_another_currency_is_refused(
    database: Database, actor: Actor
) -> None:
    await budget(database, actor, 10)
    async with Ledger(database) as ledger:
        with pytest.raises(BudgetExceeded, match="is in HKD and this model is priced in USD"):
            await ledger.admit(call(actor, price=Price(1, 1, "USD")))


async def test_a_day_ends_at_midnight_in_hong_kong(database: Database, actor: Actor) -> None:
    clock = Hands()
    await budget(database, actor, 1, Period.DAY)
    async with Ledger(database, clock=clock) as ledger:
        clock.move(hours=11, minutes=59)  # 23:59 on the Monday
        late = await ledger.admit(call(actor))
        with pytest.raises(BudgetExceeded, match="1 HKD a day") as caught:
            await ledger.admit(call(actor, 200))
        assert caught.value.retry_after == 60.0
        clock.move(minutes=1)
        early = await ledger.admit(call(actor))
        await ledger.settle(late, used(100))  # of yesterday: it takes nothing of today
        assert await money(database, actor) == (0, MICRO)
        await ledger.settle(early, used(30))
        assert await money(database, actor) == (300_000, 0)
    rows = await usage(database, actor)
    assert [str(r["periods"][0]) for r in rows] == ["2026-03-02", "2026-03-03"]


async def test_a_month_ends_with_its_last_day_in_hong_kong(
    database: Database, actor: Actor
) -> None:
    clock = Hands()
    await budget(database, actor, 1, Period.MONTH)
    async with Ledger(database, clock=clock) as ledger:
        await ledger.admit(call(actor))
        clock.move(days=29, hours=11)  # 31 March, 23:00
        with pytest.raises(BudgetExceeded) as caught:
            await ledger.admit(call(actor))
        assert caught.value.retry_after == 1.0
        clock.move(hours=1)
        await ledger.admit(call(actor))


async def test_a_clock_set_back_over_midnight_opens_no_budget_again(
    database: Database, actor: Actor
) -> None:
    clock = Hands()
    await budget(database, actor, 1, Period.DAY)
    async with Ledger(database, clock=clock) as ledger:
        clock.move(hours=12)
        await ledger.settle(await ledger.admit(call(actor)), used(100))
        clock.move(hours=-1)
        with pytest.raises(BudgetExceeded):
            await ledger.admit(call(actor))
    assert await money(database, actor) == (MICRO, 0)


async def test_setting_a_budget_again_keeps_what_was_spent(
    database: Database, actor: Actor
) -> None:
    service = BudgetService(database)
    first = await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        await ledger.settle(await ledger.admit(call(actor)), used(80))
        assert await budget(database, actor, 2) == first
        assert await money(database, actor) == (800_000, 0)
        with pytest.raises(Conflict, match="another currency"):
            await service.set(actor, TENANT, Budget(period=Period.TOTAL, cap=1, currency="USD"))
        await service.remove(actor, first)
        with pytest.raises(NotFound):
            await service.remove(actor, first)
        await ledger.admit(call(actor, 1000))


async def test_a_budget_removed_and_set_anew_is_not_charged_for_old_calls(
    database: Database, actor: Actor
) -> None:
    first = await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor))
        await BudgetService(database).remove(actor, first)
        await budget(database, actor, 1)
        await ledger.settle(admission, used(100))
    assert await money(database, actor) == (0, 0)


async def test_only_who_may_sets_budgets_and_only_for_who_is_there(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    service = BudgetService(database)
    analyst = Actor(actor.tenant_id, actor.id, actor.kind, frozenset({Role.ANALYST}), "general")
    wanted = Budget(period=Period.DAY, cap=1)
    with pytest.raises(Forbidden):
        await service.set(analyst, TENANT, wanted)
    with pytest.raises(Forbidden):
        await service.listing(analyst)
    for kind in (SubjectKind.MEMBER, SubjectKind.KEY):
        with pytest.raises(NotFound):
            await service.set(actor, Subject(kind=kind, id=stranger.id), wanted)
    theirs: UUID = await service.set(stranger, TENANT, wanted)
    with pytest.raises(NotFound):
        await service.remove(actor, theirs)
    assert await service.listing(actor) == []


async def test_cancelled_before_the_engine_saw_it_a_call_costs_nothing(
    database: Database, actor: Actor
) -> None:
    await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor))
        await ledger.settle(admission, used(0, Outcome.VOID))
    assert await money(database, actor) == (0, 0)

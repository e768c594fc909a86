"""What was used, by whom and of what; days are Hong Kong's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from lionrock.errors import Forbidden, InvalidInput
from lionrock.gateway.ledger.calls import Outcome
from lionrock.gateway.ledger.report import By, UsageService
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import Hands, call, used

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
async def other(database: Database, actor: Actor) -> Actor:
    """Another member's id; two used HKD 1.10 on Monday, and one of them 0.20 on Tuesday."""
    colleague = replace(actor, id=uuid4(), roles=frozenset({Role.ANALYST}))
    clock = Hands()
    async with Ledger(database, clock=clock) as ledger:
        await ledger.settle(await ledger.admit(call(actor)), used(100))
        await ledger.settle(await ledger.admit(call(colleague)), used(10, Outcome.CANCELLED))
        await ledger.settle(await ledger.admit(call(colleague)), used(0, Outcome.VOID))
        clock.move(hours=12)
        later = replace(call(colleague), model="large")
        await ledger.settle(await ledger.admit(later), used(20))
        await ledger.settle(await ledger.admit(call(colleague)), used(0, Outcome.VOID))
    return colleague


async def test_the_institutions_use_is_one_line(
    database: Database, actor: Actor, other: Actor
) -> None:
    (line,) = await UsageService(database).report(actor, MONDAY, TUESDAY)
    assert (line.calls, line.failed, line.under_way) == (3, 1, 0)
    assert (line.tokens_in, line.tokens_out, line.cost) == (65, 65, 1_300_000)
    assert (line.member, line.model, line.day, line.currency) == (None, None, None, "HKD")


async def test_it_is_divided_as_asked(database: Database, actor: Actor, other: Actor) -> None:
    lines = await UsageService(database).report(actor, MONDAY, TUESDAY, {By.DAY, By.MODEL})
    assert [(x.day, x.model, x.cost) for x in lines] == [
        (MONDAY, "small", 1_100_000),
        (TUESDAY, "large", 200_000),
    ]
    lines = await UsageService(database).report(actor, MONDAY, MONDAY, {By.MEMBER})
    assert {(x.member, x.cost) for x in lines} == {(actor.id, 1_000_000), (other.id, 100_000)}


async def test_who_may_not_see_everyones_use_sees_their_own(
    database: Database, actor: Actor, other: Actor, stranger: Actor
) -> None:
    (line,) = await UsageService(database).report(other, MONDAY, TUESDAY)
    assert line.cost == 300_000
    assert await UsageService(database).report(stranger, MONDAY, TUESDAY) == []
    nobody = replace(other, roles=frozenset({Role.REGULATOR_OBSERVER}))
    with pytest.raises(Forbidden):
        await UsageService(database).report(nobody, MONDAY, TUESDAY)


async def test_a_report_has_its_bounds(database: Database, actor: Actor) -> None:
    for since, until in ((TUESDAY, MONDAY), (date(2025, 1, 1), TUESDAY)):
        with pytest.raises(InvalidInput, match="1 to 400 days"):
            await UsageService(database).report(actor, since, until)

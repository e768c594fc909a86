"""Calls of which nothing is kept: once they are settled, their rows name nobody; what holds them still does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from lionrock.gateway.ledger.budgets import BudgetService
from lionrock.gateway.ledger.calls import MICRO, Call, Outcome, Retention
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.report import By, UsageService
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.actors import NOBODY, Actor
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import (
    TENANT,
    Hands,
    budget,
    call,
    new_key,
    of_member,
    usage,
    used,
)
from tests.gateway.ledger.test_recovery import given_up


def unkept(actor: Actor, tokens: int = 100, key: UUID | None = None) -> Call:
    return replace(call(actor, tokens, key=key), retention=Retention.NONE)


@pytest.fixture
async def key(database: Database, actor: Actor) -> UUID:
    """With budgets and limits for the tenant, the member and this key."""
    made = await new_key(database, actor)
    for whose in (TENANT, of_member(actor), Subject(kind=SubjectKind.KEY, id=made)):
        await budget(database, actor, 100, whose=whose)
        limits = Limits(at_once=5, tokens_per_minute=1000)
        await LimitService(database).set(actor, whose, limits)
    return made


async def standing(database: Database, actor: Actor) -> list[tuple[int, int]]:
    """Spent and reserved of each budget; they are alike where all saw the same calls."""
    accounts = await BudgetService(database).listing(actor)
    return [(a.spent, a.reserved) for a in accounts]


async def left(database: Database, actor: Actor) -> list[tuple[int, float]]:
    """Calls under way and tokens left of each limit."""
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT open, tokens FROM gateway_limits")
    return [(r["open"], r["tokens"]) for r in rows]


@pytest.mark.parametrize(
    "outcome", [Outcome.FINISHED, Outcome.FAILED, Outcome.CANCELLED, Outcome.VOID]
)
async def test_once_it_is_settled_a_row_names_neither_member_nor_key(
    database: Database, actor: Actor, key: UUID, outcome: Outcome
) -> None:
    async with Ledger(database, clock=Hands()) as ledger:
        admission = await ledger.admit(unkept(actor, key=key))
        (row,) = await usage(database, actor)
        assert (row["member_id"], row["key_id"]) == (actor.id, key) and len(row["budgets"]) == 3
        assert await standing(database, actor) == [(0, MICRO)] * 3
        await ledger.settle(admission, used(40, outcome))
    (row,) = await usage(database, actor)
    assert (row["member_id"], row["key_id"], row["outcome"]) == (NOBODY, None, outcome)
    assert (row["tokens_in"], row["tokens_out"]) == (20, 20)
    assert len(row["budgets"]) == len(row["periods"]) == len(row["limits"]) == 1
    accounts = await BudgetService(database).listing(actor)
    of_tenant = next(a.id for a in accounts if a.subject == TENANT)
    assert row["budgets"] == [of_tenant]
    assert str(actor.id) not in str(dict(row)) and str(key) not in str(dict(row))


async def test_the_members_and_the_keys_budgets_and_limits_hold_all_the_same(
    database: Database, actor: Actor, key: UUID
) -> None:
    async with Ledger(database, clock=Hands()) as ledger:
        for tokens in (40, 60):
            admission = await ledger.admit(unkept(actor, key=key))
            assert {o for o, _ in await left(database, actor)} == {1}
            await ledger.settle(admission, used(tokens))
            await ledger.settle(admission, used(99))  # a second one changes nothing
    assert await standing(database, actor) == [(MICRO, 0)] * 3
    assert await left(database, actor) == [(0, 900.0)] * 3


async def test_beside_it_rows_of_other_calls_keep_their_names(
    database: Database, actor: Actor, key: UUID
) -> None:
    async with Ledger(database, clock=Hands()) as ledger:
        calls = [unkept(actor, key=key), call(actor, key=key), unkept(actor), call(actor)]
        admissions = await asyncio.gather(*map(ledger.admit, calls))
        await asyncio.gather(*(ledger.settle(a, used(100)) for a in admissions))
    rows = {r["id"]: r for r in await usage(database, actor)}
    told = [(rows[a.id]["member_id"], rows[a.id]["key_id"]) for a in admissions]
    assert told == [(NOBODY, None), (actor.id, key), (NOBODY, None), (actor.id, None)]
    assert [len(rows[a.id]["budgets"]) for a in admissions] == [1, 3, 1, 2]
    spent = {a.subject.kind: a.spent for a in await BudgetService(database).listing(actor)}
    assert spent == {
        SubjectKind.TENANT: 4 * MICRO,
        SubjectKind.MEMBER: 4 * MICRO,
        SubjectKind.KEY: 2 * MICRO,
    }


async def test_one_that_was_lost_names_nobody_and_its_late_end_corrects_the_tenants_budget_alone(
    database: Database, actor: Actor, key: UUID, admin: asyncpg.Connection
) -> None:
    async with Ledger(database) as slow, Ledger(database) as other:
        admission = await slow.admit(unkept(actor, key=key))
        await given_up(admin, slow, other)
        (row,) = await usage(database, actor)
        assert (row["member_id"], row["outcome"]) == (NOBODY, "lost")
        assert await standing(database, actor) == [(MICRO, 0)] * 3
        await slow.settle(admission, used(50))
    (row,) = await usage(database, actor)
    assert (row["member_id"], row["outcome"], row["cost"]) == (NOBODY, "finished", MICRO // 2)
    spent = {a.subject.kind: a.spent for a in await BudgetService(database).listing(actor)}
    assert spent[SubjectKind.TENANT] == MICRO // 2
    assert spent[SubjectKind.MEMBER] == spent[SubjectKind.KEY] == MICRO


async def test_the_report_has_it_under_nobody(database: Database, actor: Actor) -> None:
    clock = Hands()
    async with Ledger(database, clock=clock) as ledger:
        await ledger.settle(await ledger.admit(unkept(actor)), used(100))
    day = clock.now.date()
    (line,) = await UsageService(database).report(actor, day, day, {By.MEMBER, By.KEY})
    assert (line.member, line.key, line.calls, line.cost) == (NOBODY, None, 1, MICRO)

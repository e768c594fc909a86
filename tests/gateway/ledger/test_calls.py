"""Numbers that cannot be are refused before they reach the ledger, and the database has checks of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import BudgetExceeded, InvalidInput, LedgerUnavailable
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import (
    MICRO,
    MOST_COST,
    MOST_PRICE,
    MOST_TOKENS,
    Admission,
    Outcome,
    Price,
    Use,
    new_id,
)
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import TENANT, budget, call, money, usage, used

IMPOSSIBLE = [-1, MOST_TOKENS + 1, 2**63, 1.5, True, None, "7"]


@pytest.mark.parametrize("value", IMPOSSIBLE)
@pytest.mark.parametrize("name", ["tokens_in", "max_output"])
def test_a_call_of_an_impossible_size_is_refused(actor: Actor, name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=name):
        replace(call(actor), **{name: value})


@pytest.mark.parametrize("value", IMPOSSIBLE)
@pytest.mark.parametrize("name", ["tokens_in", "tokens_out"])
def test_an_impossible_use_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=name):
        replace(Use(1, 1, Outcome.FINISHED), **{name: value})


@pytest.mark.parametrize("value", [-1, 2**31, 0.5])
@pytest.mark.parametrize("name", ["queue_ms", "first_byte_ms", "total_ms"])
def test_impossible_times_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=name):
        replace(Use(1, 1, Outcome.FINISHED), **{name: value})


def test_impossible_prices_are_refused() -> None:
    for wrong in (-1, MOST_PRICE + 1, 0.1):
        with pytest.raises(InvalidInput):
            Price(wrong, 0)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput):
            Price(0, wrong)  # type: ignore[arg-type]
    for currency in ("", "hkd", "HKDX", "港元幣"):
        with pytest.raises(InvalidInput, match="ISO 4217"):
            Price(0, 0, currency)


@pytest.mark.parametrize("name", ["", "x" * 201, "a\0b"])
def test_names_that_cannot_be_kept_are_refused(actor: Actor, name: str) -> None:
    for field in ("model", "engine"):
        with pytest.raises(InvalidInput):
            replace(call(actor), **{field: name})


@given(
    st.integers(0, MOST_TOKENS * 20),
    st.integers(0, MOST_TOKENS * 20),
    st.integers(0, MOST_PRICE),
    st.integers(0, MOST_PRICE),
)
def test_a_cost_is_the_exact_amount_rounded_up_or_refused(
    inward: int, out: int, price_in: int, price_out: int
) -> None:
    exact = inward * price_in + out * price_out
    try:
        cost = Price(price_in, price_out).cost(inward, out)
    except InvalidInput:
        assert exact > (MOST_COST - 1) * MICRO
    else:
        assert 0 <= cost * MICRO - exact < MICRO
        assert cost <= MOST_COST


async def test_the_dearest_call_there_can_be_is_reserved_to_the_last_millionth(
    database: Database, actor: Actor
) -> None:
    dearest = replace(
        call(actor),
        tokens_in=MOST_TOKENS,
        max_output=MOST_TOKENS,
        price=Price(MOST_PRICE, MOST_PRICE),
    )
    wanted = Budget(period=Period.TOTAL, cap=MOST_COST)
    await BudgetService(database).set(actor, TENANT, wanted)
    async with Ledger(database) as ledger:
        for _ in range(5):
            await ledger.admit(dearest)
        with pytest.raises(BudgetExceeded):
            await ledger.admit(dearest)
    assert await money(database, actor) == (0, MOST_COST)


def test_more_than_there_can_be_has_no_cost() -> None:
    with pytest.raises(InvalidInput, match="would cost more than"):
        Price(MOST_PRICE, 0).cost(MOST_COST // MICRO + 1, 0)


async def test_a_loss_is_not_for_callers_to_say(database: Database, actor: Actor) -> None:
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor))
        with pytest.raises(InvalidInput, match="settle it as failed"):
            await ledger.settle(admission, used(1, Outcome.LOST))


async def test_the_database_refuses_what_slips_past_and_others_do_not_suffer(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    """A forged admission: negative cost."""
    await budget(database, actor, 1)
    await budget(database, stranger, 1)
    async with Ledger(database) as ledger:
        forged = Admission(new_id(), call(actor), -MICRO)
        answers = await asyncio.gather(
            ledger._writer.admit(forged),
            ledger.admit(call(stranger)),
            ledger.admit(call(actor)),
            return_exceptions=True,
        )
    assert isinstance(answers[0], LedgerUnavailable)
    assert isinstance(answers[1], Admission) and isinstance(answers[2], Admission)
    assert await money(database, actor) == await money(database, stranger) == (0, MICRO)


async def test_sums_cannot_be_made_negative_by_hand(database: Database, actor: Actor) -> None:
    await budget(database, actor, 1)
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.tenant_session(actor) as db:
            await db.execute("UPDATE gateway_budgets SET reserved = -1")


def test_ids_are_version_seven_and_ascend_with_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert {id.version for id in ids} == {7}
    assert {id.variant for id in ids} == {"specified in RFC 4122"}
    assert [id.int >> 80 for id in ids] == sorted(id.int >> 80 for id in ids)
    assert len(set(ids)) == 100


async def test_a_row_names_the_engine_that_served_and_its_weights(
    database: Database, actor: Actor
) -> None:
    wanted = replace(call(actor), engine="one|two", model_sha256=None)
    async with Ledger(database) as ledger:
        for use in (
            replace(used(10), engine="two", model_sha256=b"2" * 32),
            replace(used(10), engine="one"),
            Use(0, 0, Outcome.VOID),
        ):
            await ledger.settle(await ledger.admit(wanted), use)
        begun = await ledger.admit(wanted)
        rows = await usage(database, actor)
        assert [(r["engine"], r["model_sha256"]) for r in rows] == [
            ("two", b"2" * 32), ("one", None), ("one|two", None), ("one|two", None),
        ]  # fmt: skip
        await ledger.settle(begun, used(10))

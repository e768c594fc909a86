"""A month's use of models, with limits and budgets of several kinds, for the office of the browser's tests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import MICRO, Call, Outcome, Price, Use
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.gateway.ledger.writing import window
from lionrock.kernel import service_keys
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import TENANT

_PRICES = (
    ("qwen3-32b", Price(tokens_in=4 * MICRO, tokens_out=12 * MICRO)),
    ("qwen3-embedding", Price(tokens_in=MICRO // 2, tokens_out=0)),
    ("gpt-oss-120b", Price(tokens_in=7 * MICRO, tokens_out=28 * MICRO)),
)


async def use_models(database: Database, chief: Actor, analyst: Actor) -> None:
    limits, budgets = LimitService(database), BudgetService(database)
    keys = await service_keys.listing(database, chief)
    assistant = Subject(kind=SubjectKind.KEY, id=keys[0].id)
    member = Subject(kind=SubjectKind.MEMBER, id=analyst.id)
    hours = [window("1-5 08:00-20:00"), window("6 09:00-13:00")]
    await limits.set(chief, TENANT, Limits(requests_per_minute=12_000, at_once=400))
    await limits.set(chief, member, Limits(tokens_per_minute=200_000, output_tokens=8192))
    await limits.set(
        chief, assistant, Limits(at_once=20, models=["qwen3-32b", "qwen3-embedding"], windows=hours)
    )
    for whose, period, dollars in (
        (TENANT, Period.MONTH, 25), (TENANT, Period.TOTAL, 400), (member, Period.DAY, 3),
        (assistant, Period.MONTH, 20),
    ):  # fmt: skip
        await budgets.set(chief, whose, Budget(period=period, cap=dollars * MICRO))
    noon = datetime.now(UTC).replace(hour=4, minute=0)
    for ago in range(29, 0, -1):
        day = noon - timedelta(days=ago)
        async with Ledger(database, clock=lambda day=day: day) as ledger:
            calls = [
                Call(chief.tenant_id, (chief, analyst)[n % 2].id, keys[0].id if n % 3 else None,
                     "local", _PRICES[n % 3][0], None, 30_000, 8_000, _PRICES[n % 3][1])
                for n in range(2 + (ago * 7) % 5 if day.weekday() < 5 else 1)
            ]  # fmt: skip
            admitted = await asyncio.gather(
                *(ledger.admit(one) for one in calls), return_exceptions=True
            )
            for n, one in enumerate(admitted):
                if not isinstance(one, BaseException):
                    outcome = Outcome.CANCELLED if n == 3 else Outcome.FINISHED
                    used = Use(
                        18_000 + 900 * ((ago + n) % 9), 5_000 + 400 * (n % 7), outcome, 1, 2, 3
                    )
                    await ledger.settle(one, used)

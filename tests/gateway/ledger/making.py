"""Calls, members, keys and sums for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import MICRO, Call, Outcome, Price, Use
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database

TENANT = Subject(kind=SubjectKind.TENANT)
CENT = Price(tokens_in=10_000 * MICRO, tokens_out=10_000 * MICRO)
"""One hundredth of a dollar a token, so that 100 tokens are HKD 1."""


def call(actor: Actor, tokens: int = 100, *, key: UUID | None = None, price: Price = CENT) -> Call:
    """Half of `tokens` in, half out at most."""
    inward = tokens // 2
    return Call(
        actor.tenant_id, actor.id, key, "local", "small", bytes(32), inward, tokens - inward, price
    )


def used(tokens: int, outcome: Outcome = Outcome.FINISHED) -> Use:
    return Use(tokens // 2, tokens - tokens // 2, outcome, 1, 2, 3)


def of_member(actor: Actor) -> Subject:
    return Subject(kind=SubjectKind.MEMBER, id=actor.id)


async def budget(
    database: Database,
    actor: Actor,
    dollars: int,
    period: Period = Period.TOTAL,
    whose: Subject = TENANT,
) -> UUID:
    wanted = Budget(period=period, cap=dollars * MICRO)
    return await BudgetService(database).set(actor, whose, wanted)


async def usage(database: Database, actor: Actor) -> list[asyncpg.Record]:
    """The tenant's rows, oldest first."""
    async with database.tenant_session(actor) as db:
        return list(await db.fetch("SELECT * FROM gateway_usage ORDER BY id"))


async def money(database: Database, actor: Actor) -> tuple[int, int]:
    """Spent and reserved of the tenant's only budget, as the row says."""
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow("SELECT spent, reserved FROM gateway_budgets")
    return row["spent"], row["reserved"]


async def open_calls(database: Database, actor: Actor) -> int:
    async with database.tenant_session(actor) as db:
        count: int = await db.fetchval("SELECT open FROM gateway_limits")
    return count


async def new_key(database: Database, actor: Actor) -> UUID:
    """A live service key of the actor."""
    id = uuid4()
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO credentials (tenant_id, id, hash, kind, member_id, expires_at)"
            " VALUES ($1, $2, sha256($3), 'key', $4, now() + interval '1 day')",
            *(actor.tenant_id, id, id.bytes, actor.id),
        )
    return id


class Hands:
    """A clock that stands until it is moved; starts on Monday 2026-03-02, noon in Hong Kong."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)

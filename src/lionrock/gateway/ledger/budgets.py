"""Budgets: what a tenant, a member or a key may spend in a period; hard, since it is reserved first."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, NotFound
from lionrock.gateway.ledger.calls import MOST_COST
from lionrock.gateway.ledger.subjects import Subject, require_there, subject
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P


class Period(StrEnum):
    """Days and months begin at midnight in Hong Kong."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


class Budget(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    period: Period
    cap: int = Field(ge=0, le=MOST_COST, description="Millionths of the currency.")
    currency: str = Field(default="HKD", pattern="^[A-Z]{3}$", description="ISO 4217.")


class Account(BaseModel):
    """A budget and where it stands; `spent` and `reserved` in millionths, of the period since `since`."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    subject: Subject
    budget: Budget
    since: date | None
    """None: of a budget in all, or that nothing was charged to yet."""
    spent: int
    reserved: int
    changed_by: UUID
    changed_at: datetime


_SET: Final = """
INSERT INTO gateway_budgets AS b (tenant_id, subject_id, kind, period, currency, cap, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, subject_id, period) DO UPDATE
SET cap = excluded.cap, changed_by = excluded.changed_by, changed_at = now()
WHERE b.currency = excluded.currency RETURNING id
"""
# The row is brought to a new period by its first call: until then it shows the old one.
_ALL: Final = """
SELECT id, kind, subject_id, period, currency, cap, nullif(period_start, '0001-01-01') AS since,
    CASE WHEN current THEN spent ELSE 0 END AS spent,
    CASE WHEN current THEN reserved ELSE 0 END AS reserved, changed_by, changed_at
FROM (SELECT *, period_start >= CASE period WHEN 'day' THEN today
        WHEN 'month' THEN date_trunc('month', today)::date ELSE period_start END AS current
      FROM gateway_budgets, LATERAL (SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date AS today)
      WHERE tenant_id = $1)
ORDER BY kind DESC, changed_at, id
"""


class BudgetService:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, actor: Actor, whose: Subject, budget: Budget) -> UUID:
        """From the next call on; its id. One for each subject and period: setting it again changes
        its cap and keeps what was spent. `Conflict` for another currency."""
        require(actor, P.GATEWAY_LIMIT_MANAGE)
        key = whose.in_tenant(actor.tenant_id)
        async with self._database.tenant_session(actor) as db:
            await require_there(db, actor, whose)
            id: UUID | None = await db.fetchval(
                _SET,
                *(actor.tenant_id, key, whose.kind.value, budget.period.value),
                *(budget.currency, budget.cap, actor.id),
            )
            if id is None:
                raise Conflict(
                    "This budget is in another currency, which cannot be changed: remove it, then set "
                    "it anew. What was spent is then counted from zero."
                )
            details = {"kind": whose.kind.value, **budget.model_dump(mode="json")}
            await record(db, actor, Event.GATEWAY_BUDGET_CHANGE, key, details)
        return id

    async def remove(self, actor: Actor, id: UUID) -> None:
        require(actor, P.GATEWAY_LIMIT_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "DELETE FROM gateway_budgets WHERE tenant_id = $1 AND id = $2"
                " RETURNING subject_id, kind, period, currency, spent",
                *(actor.tenant_id, id),
            )
            if row is None:
                raise NotFound(ABSENT)
            details = {k: row[k] for k in ("kind", "period", "currency", "spent")}
            await record(db, actor, Event.GATEWAY_BUDGET_REMOVE, row["subject_id"], details)

    async def listing(self, actor: Actor) -> list[Account]:
        """All of the tenant's: the tenant's own, members', keys'."""
        require(actor, P.GATEWAY_LIMIT_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_ALL, actor.tenant_id)
        return [_account(row) for row in rows]


def _account(row: asyncpg.Record) -> Account:
    return Account(
        id=row["id"],
        subject=subject(row["kind"], row["subject_id"]),
        budget=Budget(period=row["period"], cap=row["cap"], currency=row["currency"]),
        since=row["since"],
        spent=row["spent"],
        reserved=row["reserved"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )

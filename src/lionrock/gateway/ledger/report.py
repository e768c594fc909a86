"""What was used: sums of the usage rows by tenant, member, key, model or day in Hong Kong."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import decide, require
from lionrock.kernel.permissions import Permission as P

LONGEST: Final = timedelta(days=400)
MOST_LINES: Final = 10_000


class By(StrEnum):
    MEMBER = "member"
    KEY = "key"
    MODEL = "model"
    DAY = "day"


_COLUMNS: Final = {
    By.MEMBER: "member_id",
    By.KEY: "key_id",
    By.MODEL: "model",
    By.DAY: "(started_at AT TIME ZONE 'Asia/Hong_Kong')::date",
}


class Line(BaseModel):
    """Sums of one group; None in what was not grouped by, and for calls without a key."""

    model_config = ConfigDict(frozen=True)
    member: UUID | None
    key: UUID | None
    model: str | None
    day: date | None
    currency: str
    calls: int
    """Admitted and sent to an engine, those under way included."""
    under_way: int
    failed: int
    """Failed, cancelled or lost."""
    tokens_in: int
    tokens_out: int
    cost: int
    """Millionths of the currency; calls under way are not in it."""


_SUMS: Final = """
SELECT {groups}, currency, count(*) AS calls, count(*) FILTER (WHERE outcome = 'started') AS under_way,
    count(*) FILTER (WHERE outcome IN ('failed', 'cancelled', 'lost')) AS failed,
    coalesce(sum(tokens_in), 0)::bigint AS tokens_in,
    coalesce(sum(tokens_out), 0)::bigint AS tokens_out, coalesce(sum(cost), 0)::bigint AS cost
FROM gateway_usage WHERE tenant_id = $1 AND outcome <> 'void'
  AND started_at >= $2::date::timestamp AT TIME ZONE 'Asia/Hong_Kong'
  AND started_at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Hong_Kong'
  AND ($4::uuid IS NULL OR member_id = $4)
GROUP BY 1, 2, 3, 4, currency ORDER BY 4, 1, 2, 3, currency LIMIT $5
"""


class UsageService:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(
        self, actor: Actor, since: date, until: date, by: Collection[By] = ()
    ) -> list[Line]:
        """Days `since` to `until`, both included, at most 400. Who may not see everyone's use sees
        their own. `InvalidInput` for more than 10,000 lines."""
        everyone = decide(actor, P.GATEWAY_USAGE_READ)
        if not everyone:
            require(actor, P.GATEWAY_MODEL_CALL)
        if not timedelta(0) <= until - since < LONGEST:
            raise InvalidInput("A report is of 1 to 400 days: choose other dates.")
        groups = ", ".join(f"{_COLUMNS[g] if g in by else 'NULL'} AS {g.value}" for g in By)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                _SUMS.format(groups=groups),
                *(actor.tenant_id, since, until, None if everyone else actor.id, MOST_LINES + 1),
            )
        if len(rows) > MOST_LINES:
            raise InvalidInput("The report has too many lines: choose fewer days or groups.")
        return [_line(dict(row)) for row in rows]


def _line(row: dict[str, Any]) -> Line:
    return Line(**row)

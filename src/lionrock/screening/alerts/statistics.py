"""How many alerts came and were decided in a period, how, and how long it took."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.reasons import Disposition, Reason

_STEPS: Final = """
SELECT kind, count(*) AS steps FROM screening_alert_steps
WHERE tenant_id = $1 AND made_at >= $2 AND made_at < $3 GROUP BY kind
"""
_DECISIONS: Final = """
SELECT disposition, reason, count(*) AS decided,
       count(*) FILTER (WHERE made_at > due_at) AS late
FROM screening_alert_steps
WHERE tenant_id = $1 AND kind = 'approve' AND made_at >= $2 AND made_at < $3
GROUP BY disposition, reason
"""
_TOOK: Final = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY made_at - opened_at) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY made_at - opened_at) AS ninth_decile
FROM screening_alert_steps
WHERE tenant_id = $1 AND kind = 'approve' AND made_at >= $2 AND made_at < $3
"""


class Figures(BaseModel):
    """Of [since, until). Times run from when an alert was raised, or last reopened, to its decision."""

    model_config = ConfigDict(frozen=True)
    since: AwareDatetime
    until: AwareDatetime
    raised: int
    reopened: int
    withdrawn: int
    escalated: int
    sent_back: int
    decided: int
    decided_late: int
    by_disposition: dict[Disposition, int]
    by_reason: dict[Reason, int]
    median: timedelta | None
    ninth_decile: timedelta | None


class Statistics:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def figures(self, actor: Actor, since: datetime, until: datetime) -> Figures:
        """`InvalidInput` for a period that ends before it begins, or without a time zone."""
        require(actor, P.SCREENING_ALERT_READ)
        if since.tzinfo is None or until.tzinfo is None or until <= since:
            raise InvalidInput("A period has a beginning, then an end, each with its time zone.")
        values = (actor.tenant_id, since, until)
        async with self._database.tenant_session(actor) as db:
            steps = {r["kind"]: r["steps"] for r in await db.fetch(_STEPS, *values)}
            decisions = await db.fetch(_DECISIONS, *values)
            took = await db.fetchrow(_TOOK, *values)
        by_disposition = dict.fromkeys(Disposition, 0)
        by_reason: dict[Reason, int] = {}
        for row in decisions:
            by_disposition[Disposition(row["disposition"])] += row["decided"]
            by_reason[Reason(row["reason"])] = row["decided"]
        return Figures(
            since=since, until=until, raised=steps.get("raise", 0),
            reopened=steps.get("reopen", 0), withdrawn=steps.get("withdraw", 0),
            escalated=steps.get("escalate", 0), sent_back=steps.get("send-back", 0),
            decided=sum(by_disposition.values()), decided_late=sum(r["late"] for r in decisions),
            by_disposition=by_disposition, by_reason=by_reason,
            median=took["median"], ninth_decile=took["ninth_decile"],
        )  # fmt: skip

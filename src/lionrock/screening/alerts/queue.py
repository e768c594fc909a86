"""The queue: what waits, for whom, until when. Names are shown to those alone who may open the alert.

Keyset pages: the cost of a page is its length, however far down it is.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.blind import blinded, sight
from lionrock.screening.alerts.knowing import may_open
from lionrock.screening.alerts.models import Summary
from lionrock.screening.alerts.states import COLUMNS, ENDS, AlertState
from lionrock.screening.alerts.steps import seals_of

Order = Literal["due", "score", "newest", "oldest"]

_DIRECTIONS: Final[dict[Order, str]] = {
    "due": "ASC", "score": "DESC", "newest": "DESC", "oldest": "ASC"
}  # fmt: skip
_ENDED: Final = sorted(ENDS)
MOST_OF_ONE: Final = 100

_SELECT: Final = f"""
SELECT {{place}} AS place, {COLUMNS}, a.name, m.person AS assignee_person, a.escalated_at IS NOT NULL AS escalated,
       a.due_at < now() AND a.state <> ALL($2) AS overdue,
       ARRAY(SELECT DISTINCT h.list_id FROM screening_alert_hits h
             WHERE (h.tenant_id, h.alert_id) = (a.tenant_id, a.id) AND h.gone_at IS NULL
             ORDER BY 1) AS lists
FROM screening_alerts a
LEFT JOIN members m ON (m.tenant_id, m.id) = (a.tenant_id, a.assignee)
WHERE a.tenant_id = $1
"""
FINISHED_DAYS: Final = 30
"""Alerts at their end are counted for so long after they were raised: else all there ever were are."""
# Their day begins in Hong Kong, so that no count changes at the moment of one that was raised.
_COUNTS: Final = f"""
SELECT {{seen.state}} AS state, count(*) AS alerts, count(*) FILTER (WHERE a.due_at < now()) AS overdue,
       count(*) FILTER (WHERE a.assignee IS NULL) AS unassigned,
       count(*) FILTER (WHERE a.assignee = $2) AS mine,
       count(*) FILTER (WHERE {{seen.escalated}}) AS escalated
FROM screening_alerts a
LEFT JOIN members m ON (m.tenant_id, m.id) = (a.tenant_id, a.assignee)
WHERE a.tenant_id = $1 AND $3::uuid[] IS NOT NULL AND a.state NOT IN ('decided', 'withdrawn')
AND {{seen.shown}} GROUP BY 1
UNION ALL
SELECT state, count(*), 0, 0, 0, 0 FROM screening_alerts
WHERE tenant_id = $1 AND state IN ('decided', 'withdrawn')
AND raised_at >= date_trunc('day', now(), 'Asia/Hong_Kong') - interval '{FINISHED_DAYS} days'
GROUP BY 1
"""


class Filter(BaseModel):
    """Every part that is given narrows the queue."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    states: list[AlertState] = []
    """None given: those not at their end."""
    assignee: UUID | None = None
    unassigned: bool = False
    overdue: bool = False
    escalated: bool = False
    list_id: UUID | None = None
    least_score: float | None = Field(default=None, ge=0, le=1)
    most_score: float | None = Field(default=None, ge=0, le=1)


class Page(BaseModel):
    model_config = ConfigDict(frozen=True)
    alerts: list[Summary]
    next: str | None
    """What to give as `after` for the next page."""


class Counts(BaseModel):
    """For a dashboard, of what the queue shows the actor. All but `states` count alerts that are not at
    their end; in `states`, those that are count if raised in the last `FINISHED_DAYS`."""

    model_config = ConfigDict(frozen=True)
    states: dict[AlertState, int]
    overdue: int
    unassigned: int
    mine: int
    escalated: int


class Queue:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def page(
        self, actor: Actor, wanted: Filter | None = None, *, order: Order = "due",
        after: str | None = None, limit: int = 50,
    ) -> Page:  # fmt: skip
        """At most `limit` (1 to 200) alerts. `InvalidInput` for an `after` of another order."""
        require(actor, P.SCREENING_ALERT_READ)
        if not 1 <= limit <= 200:
            raise InvalidInput("A page holds 1 to 200 alerts.")
        query = _query(actor, wanted or Filter(), order, after, limit)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(query.text, *query.values)
            shown = [self._summary(actor, r) for r in rows[:limit]]
            named = sum(s.name is not None for s in shown)
            if named:
                details = {"alerts": len(shown), "named": named}
                await record(db, actor, Event.SCREENING_ALERTS_VIEW, actor.tenant_id, details)
        more = len(rows) > limit
        return Page(alerts=shown, next=_mark(order, rows[limit - 1]) if more else None)

    async def of_customer(self, actor: Actor, customer: UUID) -> list[Summary]:
        """Alerts on a customer that the actor may open, the newest first, `MOST_OF_ONE` at most.

        What is not theirs to know is left out: none known and none there are told alike.
        """
        require(actor, P.SCREENING_ALERT_READ)
        query = _Query(_SELECT.format(place="a.raised_at"), [actor.tenant_id, _ENDED])
        query.narrow("a.subject_kind = 'customer' AND a.subject_id = {}", customer)
        query.text += f" ORDER BY a.raised_at DESC, a.id DESC LIMIT {MOST_OF_ONE}"
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(query.text, *query.values)
            known = [s for s in (self._summary(actor, r) for r in rows) if s.name is not None]
            if known:
                details = {"alerts": len(known), "named": len(known)}
                await record(db, actor, Event.SCREENING_ALERTS_VIEW, actor.tenant_id, details)
        return known

    async def counts(self, actor: Actor) -> Counts:
        require(actor, P.SCREENING_ALERT_READ)
        query = _COUNTS.format(seen=sight(actor, "$3"))
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(query, actor.tenant_id, actor.id, list(actor.people))
        waiting = [r for r in rows if r["state"] not in ENDS]
        found = {r["state"]: r["alerts"] for r in rows}
        return Counts(
            states={s: found.get(s, 0) for s in AlertState},
            **{
                k: sum(r[k] for r in waiting)
                for k in ("overdue", "unassigned", "mine", "escalated")
            },
        )

    def _summary(self, actor: Actor, row: asyncpg.Record) -> Summary:
        values: dict[str, Any] = {n: row[n] for n in Summary.model_fields}
        if may_open(actor, row["assignee"], row["assignee_person"]):
            seals = seals_of(self._vault, actor.tenant_id, row["subject_id"])
            values["name"] = seals.open("screening_alerts", row["id"], "name", row["name"])
        else:
            values = blinded(values)
        return Summary(**values)


@dataclass
class _Query:
    text: str
    values: list[Any] = field(default_factory=list)

    def narrow(self, condition: str, *values: object) -> None:
        """`condition` is this module's own words, with {} for each value."""
        first = len(self.values) + 1
        self.values.extend(values)
        places = (f"${n}" for n in range(first, len(self.values) + 1))
        self.text += f" AND {condition.format(*places)}"


def _query(actor: Actor, wanted: Filter, order: Order, after: str | None, limit: int) -> _Query:
    query = _Query("", [actor.tenant_id, _ENDED, list(actor.people)])
    seen = sight(actor, "$3")
    column = {"due": "a.due_at", "score": seen.score}.get(order, seen.raised_at)
    # Named whoever asks, so that it has a type.
    query.text = f"{_SELECT.format(place=column)} AND $3::uuid[] IS NOT NULL AND {seen.shown}"
    if wanted.states:
        query.narrow(f"{seen.state} = ANY({{}})", list(wanted.states))
    else:
        query.narrow("a.state NOT IN ('decided', 'withdrawn')")
    if wanted.assignee is not None:
        query.narrow("a.assignee = {}", wanted.assignee)
    if wanted.unassigned:
        query.narrow("a.assignee IS NULL")
    if wanted.overdue:
        query.narrow("a.due_at < now() AND a.state NOT IN ('decided', 'withdrawn')")
    if wanted.escalated:
        query.narrow(seen.escalated)
    if wanted.list_id is not None:
        query.narrow(
            "EXISTS (SELECT FROM screening_alert_hits h WHERE h.tenant_id = a.tenant_id"
            " AND h.list_id = {} AND h.alert_id = a.id AND h.gone_at IS NULL)",
            wanted.list_id,
        )
    if wanted.least_score is not None:
        query.narrow(f"{seen.score} >= {{}}", wanted.least_score)
    if wanted.most_score is not None:
        query.narrow(f"{seen.score} <= {{}}", wanted.most_score)
    direction = _DIRECTIONS[order]
    if after is not None:
        sign = ">" if direction == "ASC" else "<"
        query.narrow(f"({column}, a.id) {sign} ({{}}, {{}})", *_place(order, after))
    query.text += f" ORDER BY {column} {direction}, a.id {direction} LIMIT {limit + 1}"
    return query


def _mark(order: Order, row: asyncpg.Record) -> str:
    value = row["place"]
    told = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([order, told, str(row["id"])]).encode()).decode()


def _place(order: Order, mark: str) -> tuple[object, UUID]:
    try:
        kept, told, id = json.loads(base64.urlsafe_b64decode(mark.encode()))
        if kept != order:
            raise ValueError(kept)
        value = float(told) if order == "score" else datetime.fromisoformat(told)
        return value, UUID(id)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise InvalidInput("This is no place in the queue: begin at its first page.") from error

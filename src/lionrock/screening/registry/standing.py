"""How far a customer has been screened: against which version of each list in use, and since when.

No time of screening is kept by customer. What is known is what is left to do: a customer that is not
`pending` has been screened since they changed, and a rescreen that ended has shown them what changed
in its list. The latest of these moments is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry.customers import Customer

if TYPE_CHECKING:
    import asyncpg

_LISTS: Final = """
SELECT l.id, l.name, l.current_version, l.threshold, l.type_thresholds,
       coalesce(v.decided_at, v.imported_at) AS applied_at, r.finished_at,
       coalesce(r.waits, false) AS waits
FROM screening_lists l
JOIN screening_versions v
ON (v.tenant_id, v.list_id, v.number) = (l.tenant_id, l.id, l.current_version)
LEFT JOIN (SELECT list_id, max(finished_at) AS finished_at, bool_or(finished_at IS NULL) AS waits
           FROM screening_rescreens WHERE tenant_id = $1 GROUP BY list_id) r ON r.list_id = l.id
WHERE l.tenant_id = $1 AND l.active ORDER BY l.name
"""


@dataclass(frozen=True, slots=True)
class Against:
    """A list in use. `waits`: what changed in it last is still to be screened against customers."""

    id: UUID
    name: str
    version: int
    applied_at: datetime
    threshold: float
    """Of the customer's type, 0 to 1."""
    waits: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """`settled`: nothing waits. `since`: all that had changed by then has been screened; None while
    the customer themselves waits, or is one no more."""

    lists: list[Against]
    settled: bool
    since: datetime | None


async def standing(
    database: Database, actor: Actor, customer: Customer, *, default: float
) -> Standing:
    """`default`: the engine's threshold, where a list has none of its own."""
    require(actor, P.SCREENING_CUSTOMER_READ)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(_LISTS, actor.tenant_id)
    lists = [_against(r, customer.type, default) for r in rows]
    waits = customer.pending or any(one.waits for one in lists)
    moments = [customer.changed_at, *(r["finished_at"] for r in rows if r["finished_at"])]
    known = customer.active and not customer.pending
    return Standing(lists, not waits, max(moments) if known else None)


def _against(row: asyncpg.Record, type: str, default: float) -> Against:
    own = default if row["threshold"] is None else row["threshold"]
    threshold = json.loads(row["type_thresholds"]).get(type, own)
    return Against(
        row["id"], row["name"], row["current_version"], row["applied_at"], threshold, row["waits"]
    )

"""Refusals and connections by host and by day, from the audit log: when something began, and whether
it goes on."""

from __future__ import annotations

from datetime import date, datetime

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event
from lionrock.kernel.permissions import Permission

DAYS = 30

_BY_DAY = """
SELECT payload -> 'details' ->> 'host' AS host, (payload -> 'details' ->> 'port')::int AS port,
       (e.at AT TIME ZONE 'Asia/Hong_Kong')::date AS day, max(e.at) AS last,
       sum((payload -> 'details' ->> 'count')::int)::bigint AS count
FROM events e JOIN event_payloads p ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)
WHERE e.tenant_id = $1 AND e.event = $2 AND e.at > now() - make_interval(days => $3)
GROUP BY 1, 2, 3
"""


class Host(BaseModel):
    """`days`: count by date in Hong Kong, days without any left out."""

    model_config = ConfigDict(frozen=True)
    host: str
    port: int
    count: int
    last: datetime
    days: dict[date, int]


async def by_host(database: Database, actor: Actor, event: Event, days: int = DAYS) -> list[Host]:
    """Egress events of the actor's own tenant in the last `days`, the most frequent host first."""
    require(actor, Permission.PLATFORM_RESIDENCY_READ)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(_BY_DAY, actor.tenant_id, event.value, days)
    found: dict[tuple[str, int], list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault((row["host"] or "", row["port"] or 0), []).append(row)
    hosts = [_host(*place, of) for place, of in found.items()]
    return sorted(hosts, key=lambda h: (-h.count, h.host, h.port))


def _host(host: str, port: int, rows: list[asyncpg.Record]) -> Host:
    return Host(
        host=host, port=port, count=sum(r["count"] for r in rows),
        last=max(r["last"] for r in rows), days={r["day"]: r["count"] for r in rows},
    )  # fmt: skip

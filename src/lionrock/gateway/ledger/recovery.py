"""Processes that are gone, and the calls they left open. Off the hot path."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.gateway.ledger.calls import Outcome, Use
from lionrock.gateway.ledger.group import Ending
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database

_SOME: Final = 500
Dead = Mapping[UUID, datetime | None]
"""Instances, and when each was last heard of."""

_GONE: Final = """
SELECT id, beat_at FROM gateway_instances WHERE beat_at < coalesce($2, clock_timestamp()) - $1::interval
"""
_OPEN: Final = """
SELECT id, member_id, key_id, most_in, most_out, most_cost FROM gateway_usage
WHERE tenant_id = $1 AND instance_id = ANY ($2) AND outcome = 'started'
"""
_FORGET: Final = """
DELETE FROM gateway_instances i USING unnest($1::uuid[], $2::timestamptz[]) AS d(id, beat_at)
WHERE i.id = d.id AND i.beat_at = coalesce(d.beat_at, i.beat_at)
"""


async def gone(database: Database, lease: timedelta, now: datetime | None) -> Dead:
    async with database.directory_session() as db:
        rows = await db.fetch(_GONE, lease, now)
    return {r["id"]: r["beat_at"] for r in rows}


async def left_open(database: Database, dead: Dead) -> AsyncIterator[list[Ending]]:
    """Their calls, some at a time: to be settled as what was reserved, since nobody knows more.

    What it yields has to be settled before it is asked for the next.
    """
    for tenant in await database.tenants():
        async with database.tenant_session(worker(tenant)) as db:
            rows = await db.fetch(_OPEN, tenant, list(dead))
        # Read once: one that is alive after all (a clock that jumped) goes on opening others.
        for first in range(0, len(rows), _SOME):
            yield [_lost(tenant, row) for row in rows[first : first + _SOME]]


def _lost(tenant: UUID, row: asyncpg.Record) -> Ending:
    use = Use(row["most_in"], row["most_out"], Outcome.LOST)
    return Ending(tenant, row["id"], row["member_id"], row["key_id"], use, row["most_cost"])


async def forget(database: Database, dead: Dead) -> None:
    """Strike them off, but for one that has been heard of again."""
    async with database.directory_session() as db:
        await db.execute(_FORGET, list(dead.keys()), list(dead.values()))

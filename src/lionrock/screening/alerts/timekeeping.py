"""What time does to alerts: they fall overdue, proposals and clearances expire, hits that nobody told of
went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.screening.alerts.clearing import TABLE as CLEARANCES
from lionrock.screening.alerts.intake import Intake

_AT_ONCE: Final = 200
_OVERDUE: Final = """
UPDATE screening_alerts SET overdue_noted_at = now() WHERE tenant_id = $1
    AND state NOT IN ('decided', 'withdrawn') AND due_at < now() AND overdue_noted_at IS NULL
RETURNING id, state
"""
_EXPIRED: Final = f"""
SELECT DISTINCT a.subject_kind, c.subject_id FROM {CLEARANCES} c
JOIN screening_alerts a ON (a.tenant_id, a.id) = (c.tenant_id, c.alert_id)
WHERE c.tenant_id = $1 AND c.ended_at IS NULL AND c.expires_at <= now() LIMIT {_AT_ONCE}
"""
_GONE: Final = f"""
SELECT h.subject_id, array_agg(h.list_id) AS lists, array_agg(h.entry_id) AS entries
FROM screening_alert_hits h
JOIN screening_alerts a ON (a.tenant_id, a.id) = (h.tenant_id, h.alert_id)
WHERE h.tenant_id = $1 AND h.gone_at IS NULL AND a.subject_kind = 'customer' AND NOT EXISTS (
    SELECT FROM screening_hits s WHERE (s.tenant_id, s.customer_id, s.list_id, s.entry_id)
        = (h.tenant_id, h.subject_id, h.list_id, h.entry_id))
GROUP BY h.subject_id ORDER BY h.subject_id LIMIT {_AT_ONCE}
"""


_LAPSED: Final = f"""
SELECT a.subject_kind, a.subject_id FROM screening_alerts a
JOIN proposals p ON (p.tenant_id, p.id) = (a.tenant_id, a.proposal_id)
WHERE a.tenant_id = $1 AND a.state = 'proposed' AND p.expires_at <= now() LIMIT {_AT_ONCE}
"""


class Timekeeping:
    def __init__(self, database: Database, intake: Intake) -> None:
        self._database, self._intake = database, intake

    async def note_overdue(self, tenant: UUID) -> int:
        """Write an event for each open alert whose time is over, once; how many."""
        house = worker(tenant)
        async with self._database.tenant_session(house) as db:
            rows = await db.fetch(_OVERDUE, tenant)
            for row in rows:
                details = {"state": row["state"]}
                await record(db, house, Event.SCREENING_ALERT_OVERDUE, row["id"], details)
        return len(rows)

    async def lapse_expired(self, tenant: UUID) -> int:
        """Let proposals lapse that nobody decided on in time, a transaction a subject; how many."""
        lapsed = 0
        while rows := await self._rows(tenant, _LAPSED):
            for row in rows:
                house = worker(tenant)
                async with self._database.tenant_session(house) as db:
                    lapsed += await self._intake.proposal_expired(
                        db, house, row["subject_kind"], row["subject_id"]
                    )
        return lapsed

    async def end_clearances(self, tenant: UUID) -> int:
        """Bring back pairs whose clearance has expired, a transaction a subject; how many pairs."""
        brought = 0
        while rows := await self._rows(tenant, _EXPIRED):
            for row in rows:
                house = worker(tenant)
                async with self._database.tenant_session(house) as db:
                    brought += await self._intake.cleared_no_more(
                        db, house, row["subject_kind"], row["subject_id"]
                    )
        return brought

    async def withdraw_gone(self, tenant: UUID) -> int:
        """Compare with the hits that customers have now: those that went are taken out of their
        alerts, and alerts with none left are withdrawn. How many subjects."""
        subjects = 0
        while rows := await self._rows(tenant, _GONE):
            for row in rows:
                house = worker(tenant)
                async with self._database.tenant_session(house) as db:
                    pairs = list(zip(row["lists"], row["entries"], strict=True))
                    await self._intake.hits_changed(db, house, row["subject_id"], [], pairs)
            subjects += len(rows)
        return subjects

    async def _rows(self, tenant: UUID, query: str) -> Sequence[asyncpg.Record]:
        async with self._database.tenant_session(worker(tenant)) as db:
            rows: Sequence[asyncpg.Record] = await db.fetch(query, tenant)
        return rows

"""What of screening is past its longest time, by the tenant's retention classes.

Class `aml-due-diligence`: customers that were ended, with their cases, from the end of the relationship.
Class `screening`: screenings from their day, screened files from their end, and cases on people who are
no customers from their closing. Nothing is due unless the class says how long at most.
"""

from __future__ import annotations

from datetime import date
from typing import Final, cast
from uuid import UUID

import asyncpg

from lionrock.kernel.privacy import clock
from lionrock.kernel.privacy.keeping import AML_CLASS, SCREENING_CLASS
from lionrock.kernel.privacy.retention import Due, Kind

_MOST: Final = 1000
_CLASS: Final = """
SELECT code, starts, greatest(minimum_months, maximum_months) AS months, automatic
FROM retention_classes WHERE tenant_id = $1 AND code = $2 AND active AND maximum_months IS NOT NULL
"""
_HONG_KONG: Final = "(({}) AT TIME ZONE 'Asia/Hong_Kong')::date"
_CUSTOMERS: Final = f"""
SELECT c.id, coalesce(s.on_day, {_HONG_KONG.format("c.changed_at")}) AS began
FROM screening_customers c LEFT JOIN retention_starts s ON (s.tenant_id, s.kind, s.target_id, s.starts)
    = (c.tenant_id, 'customer', c.id, 'relationship-end')
WHERE c.tenant_id = $1 AND NOT c.active AND NOT EXISTS (SELECT FROM screening_alerts a
    WHERE (a.tenant_id, a.subject_id) = (c.tenant_id, c.id) AND a.state NOT IN ('decided', 'withdrawn'))
"""
_SCREENINGS: Final = f"""
SELECT id, {_HONG_KONG.format("screened_at")} AS began FROM screenings WHERE tenant_id = $1
"""
_FILES: Final = f"""
SELECT id, {_HONG_KONG.format("coalesce(finished_at, created_at)")} AS began FROM screening_batches
WHERE tenant_id = $1 AND state IN ('done', 'stopped')
"""
_CASES: Final = f"""
SELECT a.id, {_HONG_KONG.format("greatest(a.raised_at, max(s.made_at), max(r.concluded_at))")} AS began
FROM screening_alerts a
LEFT JOIN screening_alert_steps s ON (s.tenant_id, s.alert_id) = (a.tenant_id, a.id)
LEFT JOIN screening_reports r ON (r.tenant_id, r.alert_id) = (a.tenant_id, a.id)
WHERE a.tenant_id = $1 AND a.subject_kind = 'adhoc' AND a.state IN ('decided', 'withdrawn')
GROUP BY a.tenant_id, a.id HAVING bool_and(r.id IS NULL OR r.concluded_at IS NOT NULL)
"""
_KINDS: Final = (
    (AML_CLASS, "customer", _CUSTOMERS), (SCREENING_CLASS, "screening", _SCREENINGS),
    (SCREENING_CLASS, "batch", _FILES), (SCREENING_CLASS, "case", _CASES),
)  # fmt: skip


class ScreeningAgeing:
    async def due(self, db: asyncpg.Connection, tenant: UUID, today: date) -> list[Due]:
        """The oldest first; what is held is listed with its hold."""
        found: list[Due] = []
        for code, kind, select in _KINDS:
            kept = await db.fetchrow(_CLASS, tenant, code)
            if kept is not None:
                rows = await db.fetch(
                    f"SELECT id, began, hold_on($2, id) AS hold FROM ({select}) x"
                    " WHERE began + make_interval(months => $3) <= $4"
                    f" ORDER BY began, id LIMIT {_MOST}",
                    *(tenant, kind, kept["months"], today),
                )
                found += [_due(cast(Kind, kind), kept, r) for r in rows]
        return found


def _due(kind: Kind, kept: asyncpg.Record, row: asyncpg.Record) -> Due:
    return Due(
        kind=kind, target_id=row["id"], retention_class=kept["code"], starts=kept["starts"],
        started_on=row["began"], due_on=clock.months_after(row["began"], kept["months"]),
        automatic=kept["automatic"], hold=row["hold"],
    )  # fmt: skip

"""Cleared pairs as they are kept: a subject and a list's entry, decided to be two.

A pair stays cleared while subject and entry say the same and until it expires; see `clearances` for
what people do with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from lionrock.kernel.actors import Actor
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.seals import Seals
from lionrock.screening.alerts.digests import Compared
from lionrock.screening.alerts.states import AlertRow

TABLE: Final = "screening_clearances"


@dataclass(frozen=True, slots=True)
class Cleared:
    """A clearance in force, or past its time and not yet ended."""

    id: UUID
    alert_id: UUID
    list_id: UUID
    entry_id: UUID
    entry_digest: bytes
    subject_digest: bytes
    expires_at: datetime

    @property
    def pair(self) -> tuple[UUID, UUID]:
        return self.list_id, self.entry_id

    def ended_by(self, compared: Compared, now: datetime) -> str | None:
        """Why it no longer covers what was compared; None: it does."""
        if not compared.same_as(self.entry_digest, self.subject_digest):
            return "changed"
        return "expired" if self.expires_at <= now else None


async def live_clearances(db: asyncpg.Connection, tenant: UUID, subject: UUID) -> list[Cleared]:
    rows = await db.fetch(
        "SELECT id, alert_id, list_id, entry_id, entry_digest, subject_digest, expires_at"
        f" FROM {TABLE} WHERE tenant_id = $1 AND subject_id = $2 AND ended_at IS NULL",
        *(tenant, subject),
    )
    return [Cleared(**dict(r)) for r in rows]


async def clear_pairs(
    db: asyncpg.Connection,
    actor: Actor,
    seals: Seals,
    row: AlertRow,
    pairs: Sequence[Compared],
    note: str,
    days: int,
) -> None:
    """Clear the pairs of a decided alert for so many days, in place of clearances they had."""
    await end_clearances(db, actor, seals, row, "replaced")
    for pair in pairs:
        made = uuid4()
        await db.execute(
            f"INSERT INTO {TABLE} (tenant_id, id, subject_id, list_id, entry_id, entry_digest,"
            " subject_digest, alert_id, reason, note, proposed_by, decided_by, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + $13)",
            *(row.tenant_id, made, row.subject_id, *pair.pair, pair.entry_digest),
            *(pair.subject_digest, row.id, row.reason, seals.seal(TABLE, made, "note", note)),
            *(row.proposed_by, row.decided_by, timedelta(days=days)),
        )
        details = {"alert": str(row.id), "reason": str(row.reason), "days": days}
        await record(db, actor, Event.SCREENING_CLEARANCE_MAKE, made, details)


async def end_clearances(
    db: asyncpg.Connection, actor: Actor, seals: Seals, row: AlertRow, why: str
) -> None:
    """End those of the alert's live pairs, whichever alert they were made by."""
    rows = await db.fetch(
        f"SELECT c.id FROM {TABLE} c JOIN screening_alert_hits h"
        " ON (h.tenant_id, h.subject_id, h.list_id, h.entry_id)"
        " = (c.tenant_id, c.subject_id, c.list_id, c.entry_id)"
        " WHERE c.tenant_id = $1 AND h.alert_id = $2 AND h.gone_at IS NULL AND c.ended_at IS NULL",
        *(row.tenant_id, row.id),
    )
    for ended in rows:
        await end_clearance(db, actor, seals, ended["id"], why)


async def end_clearance(
    db: asyncpg.Connection,
    actor: Actor,
    seals: Seals,
    clearance: UUID,
    why: str,
    note: str = "",
) -> None:
    sealed = seals.seal(TABLE, clearance, "ended_note", note) if note else None
    await db.execute(
        f"UPDATE {TABLE} SET ended_at = now(), ended_why = $3, ended_by = $4, ended_note = $5"
        " WHERE tenant_id = $1 AND id = $2",
        *(actor.tenant_id, clearance, why, actor.id, sealed),
    )
    await record(db, actor, Event.SCREENING_CLEARANCE_END, clearance, {"why": why})

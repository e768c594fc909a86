"""Reading and revoking what is cleared: who cleared it, when, why, until when, and what ended it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.clearing import TABLE, end_clearance
from lionrock.screening.alerts.intake import Intake
from lionrock.screening.alerts.knowing import known_row
from lionrock.screening.alerts.models import Clearance
from lionrock.screening.alerts.steps import seals_of


class Clearances:
    def __init__(self, database: Database, vault: Vault, intake: Intake) -> None:
        self._database, self._vault, self._intake = database, vault, intake

    async def of_alert(self, actor: Actor, alert: UUID) -> list[Clearance]:
        """Of all pairs of the alert's subject, newest first, those that ended too. Who may open the
        alert may know; `NotFound` for everyone else."""
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            found = await self._listed(db, actor, row.subject_id)
            # Of the alert, never of its subject: whoever reads events would know whom alerts are on.
            details = {"pairs": len(found)}
            await record(db, actor, Event.SCREENING_CLEARANCE_VIEW, alert, details)
        return found

    async def revoke(self, actor: Actor, clearance: UUID, note: str) -> None:
        """End one before its time. If the hit stands, its alert is open again."""
        require(actor, P.SCREENING_ALERT_ASSIGN)
        if not note.strip():
            raise InvalidInput("Say why the pair is not to be cleared any more.")
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT c.subject_id, c.list_id, c.entry_id, a.subject_kind"
                f" FROM {TABLE} c JOIN screening_alerts a ON (a.tenant_id, a.id)"
                " = (c.tenant_id, c.alert_id) WHERE c.tenant_id = $1 AND c.id = $2",
                *(actor.tenant_id, clearance),
            )
            if row is None:
                raise NotFound(ABSENT)
            book = await self._intake.book_of(db, actor, row["subject_kind"], row["subject_id"])
            pair = (row["list_id"], row["entry_id"])
            cleared = book.cleared.get(pair)
            if cleared is None or cleared.id != clearance:
                raise Conflict("The clearance has ended already.")
            await end_clearance(db, actor, book.seals, clearance, "revoked", note.strip())
            del book.cleared[pair]
            await self._intake.bring_back(book, pair)
            await book.close()

    async def _listed(self, db: asyncpg.Connection, actor: Actor, subject: UUID) -> list[Clearance]:
        rows = await db.fetch(
            f"SELECT * FROM {TABLE} WHERE tenant_id = $1 AND subject_id = $2"
            " ORDER BY cleared_at DESC, id",
            *(actor.tenant_id, subject),
        )
        seals, found = seals_of(self._vault, actor.tenant_id, subject), []
        for row in rows:
            values: dict[str, Any] = {n: row[n] for n in Clearance.model_fields}
            for column in ("note", "ended_note"):
                values[column] = seals.open(TABLE, row["id"], column, row[column])
            found.append(Clearance(**values))
        return found

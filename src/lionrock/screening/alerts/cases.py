"""An alert, opened: both sides' evidence, what was done, what waits. Each opening is an event."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import asyncpg

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.book import HITS, hit_evidence
from lionrock.screening.alerts.digests import Keyed
from lionrock.screening.alerts.dispositions import proposed_hash
from lionrock.screening.alerts.knowing import is_assignee, known_row
from lionrock.screening.alerts.models import Case, HitView, ProposalView, Summary
from lionrock.screening.alerts.states import AlertRow, AlertState
from lionrock.screening.alerts.steps import proposal_step, seals_of, steps_of

_HITS: Final = f"""
SELECT h.*, EXISTS (SELECT FROM screening_clearances c WHERE (c.tenant_id, c.subject_id, c.list_id,
    c.entry_id) = (h.tenant_id, h.subject_id, h.list_id, h.entry_id) AND c.ended_at IS NULL
    AND c.expires_at > now() AND h.gone_at IS NULL) AS cleared
FROM {HITS} h WHERE h.tenant_id = $1 AND h.alert_id = $2
ORDER BY h.gone_at IS NOT NULL, h.score DESC, h.id
"""


class Cases:
    def __init__(self, database: Database, vault: Vault, keyed: Keyed) -> None:
        self._database, self._vault, self._keyed = database, vault, keyed

    async def view(self, actor: Actor, alert: UUID) -> Case:
        """All of it, for its assignee, for reviewers, and for an observer while it is shared with them;
        `NotFound` for everyone else."""
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert, shared=True)
            mine = await is_assignee(db, actor, row)
            case = (await self.read(db, row)).model_copy(update={"mine": mine})
            details = {"hits": len(case.hits), "state": row.state}
            await record(db, actor, Event.SCREENING_ALERT_VIEW, row.id, details)
        return case

    async def read(self, db: asyncpg.Connection, row: AlertRow) -> Case:
        """For this room's modules, which have asked whether the actor may know and write their event."""
        seals = seals_of(self._vault, row.tenant_id, row.subject_id)
        rows = await db.fetch(_HITS, row.tenant_id, row.id)
        return Case(
            alert=await self._summary(db, seals, row),
            hits=[hit_view(seals, h) for h in rows],
            steps=await steps_of(db, row.tenant_id, seals, row.id),
            proposal=await self._proposal(db, seals, row),
            proposed_by=row.proposed_by,
            decided_by=row.decided_by,
            escalated_by=row.escalated_by,
            escalated_at=row.escalated_at,
        )

    async def _summary(self, db: asyncpg.Connection, seals: Seals, row: AlertRow) -> Summary:
        more = await db.fetchrow(
            "SELECT name, now() AS now, ARRAY(SELECT DISTINCT list_id FROM screening_alert_hits h"
            " WHERE (h.tenant_id, h.alert_id) = (a.tenant_id, a.id) AND h.gone_at IS NULL ORDER BY 1)"
            " AS lists FROM screening_alerts a WHERE tenant_id = $1 AND id = $2",
            *(row.tenant_id, row.id),
        )
        known = {n: getattr(row, n) for n in Summary.model_fields if hasattr(row, n)}
        return Summary(
            **known, name=seals.open("screening_alerts", row.id, "name", more["name"]),
            lists=more["lists"], overdue=row.unfinished and row.due_at < more["now"],
            escalated=row.escalated_at is not None,
        )  # fmt: skip

    async def _proposal(
        self, db: asyncpg.Connection, seals: Seals, row: AlertRow
    ) -> ProposalView | None:
        if row.state is not AlertState.PROPOSED or row.proposal_id is None:
            return None
        step = await proposal_step(db, row.tenant_id, seals, row.proposal_id)
        expires = await db.fetchval(
            "SELECT expires_at FROM proposals WHERE tenant_id = $1 AND id = $2",
            *(row.tenant_id, row.proposal_id),
        )
        hashed = await proposed_hash(db, self._keyed, row, step)
        known = {n: getattr(step, n) for n in ("disposition", "reason", "note", "references")}
        return ProposalView(
            id=row.proposal_id, content_hash=hashed.hex(), proposed_by=step.made_by,
            expires_at=expires, **known,
        )  # fmt: skip


def hit_view(seals: Seals, row: asyncpg.Record) -> HitView:
    known = {n: row[n] for n in HitView.model_fields if n != "evidence"}
    return HitView(**known, evidence=hit_evidence(seals, row))

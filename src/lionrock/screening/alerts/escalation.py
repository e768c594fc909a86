"""Taking an alert to the reporting officer, at once and by whoever has it.

HKMA, Guideline on AML/CFT (For Authorized Institutions), revised May 2023, 7.13: reports are not
filtered out by supervisors, and few stand between who suspects and the reporting officer. So no second
person is asked, and a proposal that waits lapses.
"""

from __future__ import annotations

from uuid import UUID

from lionrock.errors import Conflict, InvalidInput
from lionrock.kernel import approvals
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.knowing import known_row
from lionrock.screening.alerts.models import Words
from lionrock.screening.alerts.reasons import Disposition
from lionrock.screening.alerts.states import AlertState
from lionrock.screening.alerts.steps import add_step, seals_of


class Escalation:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def escalate(self, actor: Actor, alert: UUID, note: str) -> None:
        """From any state but withdrawn. A decided alert stays decided, and is with the officer too.

        `Conflict` for one decided to be a false positive: it is reopened first, by ending its clearance.
        """
        require(actor, P.SCREENING_ALERT_PROPOSE)
        if not note.strip():
            raise InvalidInput(
                "Say what is suspected and why: the reporting officer begins with it."
            )
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            if row.escalated_at is not None:
                raise Conflict("The alert is with the reporting officer already.")
            if row.state is AlertState.WITHDRAWN or row.disposition is Disposition.FALSE_POSITIVE:
                raise Conflict(
                    f"The alert is {row.disposition or row.state}: end its clearance first."
                )
            seals = seals_of(self._vault, actor.tenant_id, row.subject_id)
            if row.state is AlertState.PROPOSED and row.proposal_id is not None:
                await approvals.lapse(db, actor, row.proposal_id)
                await add_step(db, actor, seals, row.id, "lapse", proposal_id=row.proposal_id)
                row.forget_proposal()
            if row.unfinished:
                row.state = AlertState.ESCALATED
            row.escalated_by = actor.id
            row.escalated_at = await db.fetchval("SELECT now()")
            await row.save(db)
            await add_step(db, actor, seals, row.id, "escalate", Words(note=note.strip()))
            details = {"state": row.state, "hits": row.hits}
            await record(db, actor, Event.SCREENING_ALERT_ESCALATE, row.id, details)

"""Who works on an alert: given by a reviewer, or taken by an analyst, who does not see by whom it is."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.grants import GRANTS
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.knowing import is_assignee, known_row
from lionrock.screening.alerts.policy import policy_of
from lionrock.screening.alerts.states import CAN_BE_GIVEN, COLUMNS, AlertRow, AlertState
from lionrock.screening.alerts.steps import add_step, given_back_by, seals_of


class Assignment:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def assign(self, actor: Actor, alert: UUID, member: UUID) -> None:
        """Give it to a member who may propose. `Conflict` while a proposal waits, or at its end."""
        require(actor, P.SCREENING_ALERT_ASSIGN)
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            await _can_work(db, actor.tenant_id, member)
            if row.state not in CAN_BE_GIVEN:
                raise Conflict(f"The alert is {row.state}: it cannot be given to anyone now.")
            await self._give(db, actor, row, member)

    async def take(self, actor: Actor, alert: UUID) -> None:
        """Take one that nobody has. `NotFound` for one that somebody has; `Conflict` for one the actor
        gave back: else who takes, looks and gives back sees every case in turn."""
        require(actor, P.SCREENING_ALERT_READ)
        require(actor, P.SCREENING_ALERT_PROPOSE)
        async with self._database.tenant_session(actor) as db:
            if not (await policy_of(db, actor.tenant_id)).self_assignment:
                raise Forbidden("Alerts are given by a reviewer here: ask one for it.")
            row = await db.fetchrow(
                f"SELECT {COLUMNS} FROM screening_alerts a WHERE a.tenant_id = $1 AND a.id = $2"
                " AND a.state IN ('open', 'reopened') AND a.assignee IS NULL FOR UPDATE",
                *(actor.tenant_id, alert),
            )
            if row is None:
                raise NotFound(ABSENT)
            if await given_back_by(db, actor.tenant_id, alert, actor.people):
                raise Conflict("You gave it back: a reviewer can give it to you again.")
            await self._give(db, actor, AlertRow.of(row), actor.id)

    async def give_back(self, actor: Actor, alert: UUID) -> None:
        """Its assignee, or a reviewer, leaves it to others."""
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            if not await is_assignee(db, actor, row):
                require(actor, P.SCREENING_ALERT_ASSIGN)
            if row.assignee is None or row.state not in CAN_BE_GIVEN:
                raise Conflict(f"The alert is {row.state}: there is nothing to give back.")
            await self._give(db, actor, row, None)

    async def _give(
        self, db: asyncpg.Connection, actor: Actor, row: AlertRow, member: UUID | None
    ) -> None:
        row.assignee, row.state = member, AlertState.OPEN
        row.state = row.waiting
        await row.save(db)
        seals = seals_of(self._vault, actor.tenant_id, row.subject_id)
        await add_step(
            db, actor, seals, row.id, "assign" if member else "give-back", assignee=member
        )
        details = {"to": str(member or ""), "state": row.state}
        await record(db, actor, Event.SCREENING_ALERT_ASSIGN, row.id, details)


async def _can_work(db: asyncpg.Connection, tenant: UUID, member: UUID) -> None:
    roles = await db.fetchval(
        "SELECT roles FROM members WHERE tenant_id = $1 AND id = $2 AND state = 'active'"
        " AND suspended_at IS NULL",
        *(tenant, member),
    )
    if roles is None:
        raise NotFound(ABSENT)
    if not any(P.SCREENING_ALERT_PROPOSE in GRANTS[Role(r)] for r in roles):
        raise InvalidInput(
            "The member may not work on alerts: give it to an analyst or a reviewer."
        )

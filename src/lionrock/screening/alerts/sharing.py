"""A case shown to an observer from outside: one case, one observer, a reason, an end.

Who may open the case and holds `collections:share:manage` shares it. The observer looks at it, each
time on record, until it expires or is ended; it can be ended at once, and nothing of it is cached.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.errors import NotFound
from lionrock.kernel import shares
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, Resource, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.shares import NewShare, Share
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.knowing import SHARED, known_row
from lionrock.screening.alerts.states import AlertState
from lionrock.screening.alerts.steps import seals_of

_WITH: Final = """
SELECT a.id, a.subject_id, a.name, a.state, a.raised_at, max(s.expires_at) AS expires_at FROM shares s
JOIN screening_alerts a ON (a.tenant_id, a.id) = (s.tenant_id, s.subject_id)
WHERE s.tenant_id = $1 AND s.member_id = $2 AND s.kind = $3 AND s.ended_at IS NULL
AND s.expires_at > now() GROUP BY a.tenant_id, a.id ORDER BY max(s.created_at) DESC, a.id
"""


class SharedCase(BaseModel):
    """As an observer's list has it."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    name: str
    state: AlertState
    raised_at: datetime
    expires_at: datetime


class Sharing:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def share(
        self, actor: Actor, alert: UUID, member: UUID, reason: str, *, days: int = 30
    ) -> UUID:
        """Show it to an observer of the tenant for 1 to 365 days. `NotFound` unless the actor may open
        it; `InvalidInput` for a member who is no observer."""
        require(actor, P.COLLECTIONS_SHARE_MANAGE)
        share = NewShare(
            kind=SHARED, subject_id=alert, member_id=member, reason=reason, days=days
        )  # fmt: skip
        async with self._database.tenant_session(actor) as db:
            await known_row(db, actor, alert)
            return await shares.add(db, actor, share)

    async def of_case(self, actor: Actor, alert: UUID) -> list[Share]:
        """With whom it is or was shared, the newest first."""
        require(actor, P.COLLECTIONS_SHARE_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await known_row(db, actor, alert, lock=False)
            return await shares.of_thing(db, actor.tenant_id, SHARED, alert)

    async def end(self, actor: Actor, alert: UUID, share: UUID) -> None:
        """From the commit on the observer sees it no more. `NotFound` if it is not this case's."""
        there = {s.id for s in await self.of_case(actor, alert)}
        if share not in there:
            raise NotFound(ABSENT)
        await shares.end(self._database, actor, share, SHARED)

    async def with_me(self, actor: Actor) -> list[SharedCase]:
        """What is shared with the actor now, the latest first. For observers: others have the queue."""
        own = Resource(actor.tenant_id, shared_with=frozenset({actor.id}))
        require(actor, P.SCREENING_ALERT_READ, own)
        if Role.REGULATOR_OBSERVER not in actor.roles:
            return []
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_WITH, actor.tenant_id, actor.id, SHARED)
            if rows:
                details = {"alerts": len(rows), "named": len(rows)}
                await record(db, actor, Event.SCREENING_ALERTS_VIEW, actor.tenant_id, details)
        found = []
        for row in rows:
            seals = seals_of(self._vault, actor.tenant_id, row["subject_id"])
            name = seals.open("screening_alerts", row["id"], "name", row["name"])
            known = {n: row[n] for n in SharedCase.model_fields if n != "name"}
            found.append(SharedCase(**known, name=name))
        return found

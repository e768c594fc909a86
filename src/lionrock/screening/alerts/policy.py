"""The tenant's own numbers: the clock, how long a clearance lives, whether analysts take alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.clock import due_at
from lionrock.screening.entities import NameKind

_MOST_LISTS: Final = 200
_MOST_HOLIDAYS: Final = 400


class Policy(BaseModel):
    """What a tenant starts with is a choice, not a rule; see `clock`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    working_days: int = Field(default=1, ge=0, le=60)
    """To decide on a hit by a name, an alias or a former name."""
    weak_working_days: int = Field(default=5, ge=0, le=60)
    """To decide where only a weak alias is alike."""
    list_working_days: dict[UUID, Annotated[int, Field(ge=0, le=60)]] = Field(
        default={}, max_length=_MOST_LISTS
    )
    """By list: comes before the two above."""
    holidays: list[date] = Field(default=[], max_length=_MOST_HOLIDAYS)
    """General holidays (Cap. 149) and the institution's own. None ship with the product."""
    clearance_days: int = Field(default=365, ge=1, le=1830)
    self_assignment: bool = True
    """Analysts take alerts that nobody has: blindly, since the queue shows them no names."""
    reporting_entity: str = Field(default="", max_length=200, pattern="^[^\\x00]*$")
    """The institution's name, as report drafts begin with it."""

    def due(self, raised: datetime, list_id: UUID, kind: NameKind) -> datetime:
        """By when a hit on a name of this kind is to be decided."""
        ordinary = self.weak_working_days if kind is NameKind.WEAK else self.working_days
        days = self.list_working_days.get(list_id, ordinary)
        return due_at(raised, days, frozenset(self.holidays))


async def policy_of(db: asyncpg.Connection, tenant: UUID) -> Policy:
    """The tenant's, or what it starts with."""
    kept = await db.fetchval(
        "SELECT settings FROM screening_alert_policies WHERE tenant_id = $1", tenant
    )
    return Policy.model_validate_json(kept) if kept else Policy()


class Kept(BaseModel):
    """The policy in force, who set it and when; None while it is what every tenant starts with."""

    model_config = ConfigDict(frozen=True)
    policy: Policy
    changed_by: UUID | None = None
    changed_at: datetime | None = None


class Policies:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, actor: Actor) -> Policy:
        require(actor, P.SCREENING_ALERT_READ)
        async with self._database.tenant_session(actor) as db:
            return await policy_of(db, actor.tenant_id)

    async def kept(self, actor: Actor) -> Kept:
        """As `get`, with who set it and when."""
        require(actor, P.SCREENING_ALERT_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT settings, changed_by, changed_at FROM screening_alert_policies"
                " WHERE tenant_id = $1",
                actor.tenant_id,
            )
        if row is None:
            return Kept(policy=Policy())
        policy = Policy.model_validate_json(row["settings"])
        return Kept(policy=policy, changed_by=row["changed_by"], changed_at=row["changed_at"])

    async def change(self, actor: Actor, policy: Policy) -> None:
        """From now on; alerts and clearances that there are keep their times."""
        require(actor, P.SCREENING_ALERT_ASSIGN)
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO screening_alert_policies (tenant_id, settings, changed_by)"
                " VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO UPDATE SET"
                " settings = excluded.settings, changed_by = excluded.changed_by, changed_at = now()",
                *(actor.tenant_id, policy.model_dump_json(), actor.id),
            )
            details = {
                "working_days": policy.working_days,
                "weak_working_days": policy.weak_working_days,
                "lists": len(policy.list_working_days),
                "holidays": len(policy.holidays),
                "clearance_days": policy.clearance_days,
                "self_assignment": policy.self_assignment,
            }
            await record(db, actor, Event.SCREENING_POLICY_CHANGE, actor.tenant_id, details)

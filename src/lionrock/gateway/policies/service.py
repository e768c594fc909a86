"""The tenant's policy for calls: showing it, and changing it. Its share is shown, and not its to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, NotFound
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action, Policy, read
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.rules import Rules
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P


class Decided(BaseModel):
    """What a tenant decides. A kind that is left out is masked."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    guards: dict[Kind, Action] = Field(default={}, description="Before an engine outside.")
    retention: Retention = Field(
        default=Rules().retention,
        description="The most that is kept of a call. A key or a request may only tighten it.",
    )

    def written(self) -> dict[str, str]:
        """Every decision in words: each kind's action, and the retention."""
        return Policy(self.guards).written() | {"retention": self.retention.value}


class Standing(BaseModel):
    """The policy in force. `version` counts changes: 0 while it is what every tenant starts with."""

    model_config = ConfigDict(frozen=True)
    policy: Decided
    version: int
    share: float
    """Of a full engine, against other tenants' shares; set by those who run the installation."""
    changed_by: UUID | None
    changed_at: datetime | None


_NOW: Final = """
SELECT d.share, p.version, p.guards, p.retention, p.changed_by, p.changed_at FROM tenant_directory d
LEFT JOIN gateway_policies p ON p.tenant_id = d.tenant_id WHERE d.tenant_id = $1
"""
# The version that was seen is part of what is written: of two who saw the same one writes.
_FIRST: Final = """
INSERT INTO gateway_policies (tenant_id, version, guards, retention, changed_by)
VALUES ($1, $2 + 1, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING version
"""
_NEXT: Final = """
UPDATE gateway_policies SET version = $2 + 1, guards = $3, retention = $4, changed_by = $5,
    changed_at = now()
WHERE tenant_id = $1 AND version = $2 RETURNING version
"""


class PolicyService:
    """`changed` is told the tenant after each change: whoever remembers its policy forgets it."""

    def __init__(self, database: Database, changed: Callable[[UUID], None]) -> None:
        self._database, self._changed = database, changed

    async def get(self, actor: Actor) -> Standing:
        require(actor, P.GATEWAY_POLICY_READ)
        async with self._database.tenant_session(actor) as db:
            return await _standing(db, actor.tenant_id)

    async def change(self, actor: Actor, wanted: Decided, seen: int) -> Standing:
        """From the next call on, in this process; within seconds in others. `seen`: the version that
        the change was made from. `Conflict` where that is no longer in force. What changes nothing
        is no change."""
        require(actor, P.GATEWAY_POLICY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            now = await _standing(db, actor.tenant_id)
            if now.version != seen:
                raise Conflict(_MOVED)
            was, will = now.policy.written(), wanted.written()
            if was == will:
                return now
            guards = json.dumps(Policy(wanted.guards).written())
            version = await db.fetchval(
                _NEXT if seen else _FIRST,
                *(actor.tenant_id, seen, guards, wanted.retention.value, actor.id),
            )
            if version is None:
                raise Conflict(_MOVED)
            details = {"version": version, **_told(was, will)}
            await record(db, actor, Event.GATEWAY_POLICY_CHANGE, actor.tenant_id, details)
            made = await _standing(db, actor.tenant_id)
        self._changed(actor.tenant_id)
        return made


_MOVED: Final = "Somebody changed the policy meanwhile: look at it again."


def _told(was: Mapping[str, str], will: Mapping[str, str]) -> dict[str, str]:
    return {k: f"{was[k]} to {will[k]}" for k in will if was[k] != will[k]}


async def _standing(db: asyncpg.Connection, tenant: UUID) -> Standing:
    row = await db.fetchrow(_NOW, tenant)
    if row is None:
        raise NotFound(ABSENT)
    start = Rules()
    guards, retention = start.guards, start.retention
    if row["version"] is not None:
        guards, retention = read(json.loads(row["guards"])), Retention(row["retention"])
    return Standing(
        policy=Decided(guards={k: guards.action(k) for k in Kind}, retention=retention),
        version=row["version"] or 0,
        share=row["share"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )

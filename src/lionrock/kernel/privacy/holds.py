"""Legal holds: what must not be erased while a proceeding may need it, whatever retention says.

A hold on a collection covers its documents; on a person, all that a search found of theirs; on the
tenant, everything. A trigger refuses to delete a held row, whichever way it is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault.service import Vault

TABLE: Final = "holds"
HELD: Final = "LR409"
"""SQLSTATE that the trigger raises."""
Kind = Literal[
    "collection", "document", "run", "subject", "tenant", "customer", "case", "screening", "batch",
    "exchange", "search", "memory", "translation", "template",
]  # fmt: skip
_TABLES: Final = {
    "collection": "collections", "document": "documents", "run": "runs", "subject": "subjects",
    "tenant": "tenants", "customer": "screening_customers", "case": "screening_alerts",
    "screening": "screenings", "batch": "screening_batches",
    "exchange": "gateway_exchanges", "search": "saved_searches",
    "memory": "memory_units", "translation": "translations",
    "template": "draft_template_versions",
}  # fmt: skip


class Target(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Kind
    id: UUID


class Hold(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    name: str
    reason: str
    targets: list[Target]
    placed_by: UUID
    placed_at: datetime
    released_by: UUID | None
    released_at: datetime | None
    release_reason: str


class Holds:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def place(self, actor: Actor, name: str, reason: str, targets: Sequence[Target]) -> UUID:
        """From the commit on nothing of the targets is erased."""
        require(actor, P.PRIVACY_HOLD_MANAGE)
        if not (name.strip() and reason.strip() and targets):
            raise InvalidInput("A hold has a name, a reason and something that it holds.")
        hold, seals = uuid4(), await Seals(self._vault, actor.tenant_id).ready()
        async with self._database.tenant_session(actor) as db:
            await take_turns(db, actor.tenant_id)
            for target in targets:
                await _there(db, actor.tenant_id, target)
            await db.execute(
                "INSERT INTO holds (tenant_id, id, name, reason, placed_by)"
                " VALUES ($1, $2, $3, $4, $5)",
                *(actor.tenant_id, hold, seals.seal(TABLE, hold, "name", name.strip())),
                *(seals.seal(TABLE, hold, "reason", reason.strip()), actor.id),
            )
            await db.executemany(
                "INSERT INTO hold_targets (tenant_id, hold_id, kind, target_id)"
                " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                [(actor.tenant_id, hold, t.kind, t.id) for t in targets],
            )
            await record(db, actor, Event.PRIVACY_HOLD_PLACE, hold, {"targets": len(targets)})
        return hold

    async def release(self, actor: Actor, hold: UUID, reason: str) -> None:
        require(actor, P.PRIVACY_HOLD_MANAGE)
        if not reason.strip():
            raise InvalidInput("Say why the hold is released.")
        sealed = Seals(self._vault, actor.tenant_id).seal(
            TABLE, hold, "release_reason", reason.strip()
        )
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT released_at FROM holds WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
                *(actor.tenant_id, hold),
            )
            if row is None:
                raise NotFound(ABSENT)
            if row["released_at"] is not None:
                raise Conflict("The hold was released already.")
            await db.execute(
                "UPDATE holds SET released_by = $3, released_at = now(), release_reason = $4"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, hold, actor.id, sealed),
            )
            await record(db, actor, Event.PRIVACY_HOLD_RELEASE, hold)

    async def listing(self, actor: Actor) -> list[Hold]:
        """Those in force first, the newest first."""
        require(actor, P.PRIVACY_HOLD_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT h.*, (SELECT array_agg(t.kind || ' ' || t.target_id ORDER BY 1)"
                " FROM hold_targets t WHERE (t.tenant_id, t.hold_id) = (h.tenant_id, h.id)) AS targets"
                " FROM holds h WHERE tenant_id = $1"
                " ORDER BY released_at IS NOT NULL, placed_at DESC, id",
                actor.tenant_id,
            )
        return [self._opened(actor.tenant_id, r) for r in rows]

    def _opened(self, tenant: UUID, row: asyncpg.Record) -> Hold:
        values: dict[str, Any] = dict(row)
        seals = Seals(self._vault, tenant)
        for column in ("name", "reason", "release_reason"):
            values[column] = seals.open(TABLE, row["id"], column, row[column])
        pairs = [t.split(" ") for t in row["targets"] or ()]
        values["targets"] = [Target(kind=k, id=UUID(i)) for k, i in pairs]
        return Hold(**values)


async def hold_on(db: asyncpg.Connection, kind: str, target: UUID) -> UUID | None:
    """The hold that a thing of the open session's tenant is under, if any."""
    found: UUID | None = await db.fetchval("SELECT hold_on($1, $2)", kind, target)
    return found


async def refuse_held(db: asyncpg.Connection, kind: str, target: UUID) -> None:
    """`Conflict`, naming the hold, if the thing is held. In the transaction that would erase it."""
    hold = await hold_on(db, kind, target)
    if hold is not None:
        raise Conflict(
            f"A legal hold ({hold}) keeps this {kind}. It can be erased once the hold is released: "
            "ask your privacy officer."
        )


async def take_turns(db: asyncpg.Connection, tenant: UUID) -> None:
    """Placing a hold and erasing take turns in a tenant, so that neither misses the other."""
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('holds' || $1::text, 0))", str(tenant)
    )


async def _there(db: asyncpg.Connection, tenant: UUID, target: Target) -> None:
    table = _TABLES[target.kind]
    column = "tenant_id" if target.kind == "tenant" else "id"
    if not await db.fetchval(
        f"SELECT true FROM {table} WHERE tenant_id = $1 AND {column} = $2", tenant, target.id
    ):
        raise NotFound(ABSENT)

"""What has been shared with an observer from outside: one thing, one observer, a reason, an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P

COLLECTION = "collection"
"""Kind of a shared collection; other rooms name their own (a case, a file)."""


class NewShare(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str = Field(pattern=r"^[a-z][a-z-]{1,39}$")
    subject_id: UUID
    member_id: UUID = Field(description="An observer of this tenant.")
    reason: str = Field(min_length=1, max_length=200, description="Of what request or duty.")
    days: int = Field(default=30, ge=1, le=365)


class Share(BaseModel):
    """In force until `expires_at`, unless it was ended before."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    member_id: UUID
    reason: str
    shared_by: UUID
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


async def make(database: Database, actor: Actor, share: NewShare) -> UUID:
    """Share a collection. `InvalidInput` for what other rooms share: they ask first who may know it."""
    require(actor, P.COLLECTIONS_SHARE_MANAGE)
    if share.kind != COLLECTION:
        raise InvalidInput("A collection is shared here; a case is shared where it is opened.")
    async with database.tenant_session(actor) as db:
        await _may_share(db, actor, share.subject_id)
        return await add(db, actor, share)


async def add(db: asyncpg.Connection, actor: Actor, share: NewShare) -> UUID:
    """In the open transaction of a room that has seen to it that the actor may read what they share."""
    require(actor, P.COLLECTIONS_SHARE_MANAGE)
    made = uuid4()
    roles = await db.fetchval(
        "SELECT roles FROM members WHERE tenant_id = $1 AND id = $2 AND state <> 'removed'",
        *(actor.tenant_id, share.member_id),
    )
    if roles is None:
        raise NotFound(ABSENT)
    if Role.REGULATOR_OBSERVER not in roles:
        raise InvalidInput("Things are shared with observers; a member gets a role.")
    await db.execute(
        "INSERT INTO shares (tenant_id, id, kind, subject_id, member_id, reason, shared_by,"
        " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(actor.tenant_id, made, share.kind, share.subject_id, share.member_id),
        *(share.reason, actor.id, datetime.now(UTC) + timedelta(days=share.days)),
    )
    details = {
        "kind": share.kind, "shared": str(share.subject_id), "days": share.days,
        "with": str(share.member_id),
    }  # fmt: skip
    await record(db, actor, Event.SHARE_SHARE_MAKE, made, details)
    return made


async def _may_share(db: asyncpg.Connection, actor: Actor, collection: UUID) -> None:
    """Nobody shares what they may not read themselves."""
    from lionrock.kernel.access import (
        readable_collections,
    )  # access asks this module what is shared

    if collection not in await readable_collections(db, actor):
        raise NotFound(ABSENT)


async def end(database: Database, actor: Actor, share_id: UUID, kind: str = COLLECTION) -> None:
    """`NotFound` for a share of another kind: the room of its kind asks first who may know the thing."""
    require(actor, P.COLLECTIONS_SHARE_MANAGE)
    async with database.tenant_session(actor) as db:
        ended = await db.fetchval(
            "UPDATE shares SET ended_at = now() WHERE tenant_id = $1 AND id = $2"
            " AND kind = $3 AND ended_at IS NULL RETURNING id",
            *(actor.tenant_id, share_id, kind),
        )
        if ended is None:
            raise NotFound(ABSENT)
        await record(db, actor, Event.SHARE_SHARE_END, share_id)


async def of_thing(db: asyncpg.Connection, tenant: UUID, kind: str, id: UUID) -> list[Share]:
    """With whom a thing is or was shared, the newest first; for rooms that have asked who may know."""
    rows = await db.fetch(
        "SELECT id, member_id, reason, shared_by, created_at, expires_at, ended_at FROM shares"
        " WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3 ORDER BY created_at DESC, id",
        *(tenant, kind, id),
    )
    return [Share(**dict(r)) for r in rows]


async def shared_with(db: asyncpg.Connection, actor: Actor, kind: str) -> frozenset[UUID]:
    """Ids of the things of `kind` that are shared with the actor now."""
    rows = await db.fetch(
        "SELECT subject_id FROM shares WHERE tenant_id = $1 AND member_id = $2 AND kind = $3"
        " AND ended_at IS NULL AND expires_at > now()",
        *(actor.tenant_id, actor.id, kind),
    )
    return frozenset(r["subject_id"] for r in rows)

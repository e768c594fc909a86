"""Sessions of members: started by a link, a password or a provider; listed, re-purposed, ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Forbidden, InvalidInput, NotFound
from lionrock.kernel import credentials
from lionrock.kernel.actors import Actor, ActorKind, visitor
from lionrock.kernel.credentials import SESSION_IDLE, Ended, Limits
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT
from lionrock.kernel.events import Event, record


class Session(BaseModel):
    """A live session of the asking member."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    purpose: str
    zero_retention: bool
    created_at: datetime
    seen_at: datetime
    """To the minute."""
    expires_at: datetime
    current: bool


async def start(
    db: asyncpg.Connection,
    tenant_id: UUID,
    member_id: UUID,
    *,
    by: str,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> str:
    """A new session's token, within the transaction that proved who the member is (`by` what)."""
    made = await credentials.make(db, tenant_id, member_id, "session", limits=limits)
    details = {"by": by, "purpose": limits.purpose, "credential": str(made.id)}
    await record(db, visitor(tenant_id), Event.MEMBER_SESSION_START, member_id, details)
    return made.token


async def mine(database: Database, actor: Actor) -> list[Session]:
    """The actor's own live sessions, the latest used first."""
    _a_person(actor)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT id, purpose, zero_retention, created_at, seen_at, expires_at FROM credentials"
            " WHERE tenant_id = $1 AND member_id = $2 AND kind = 'session' AND ended_at IS NULL"
            " AND expires_at > now() AND seen_at > now() - $3::interval ORDER BY seen_at DESC, id",
            *(actor.tenant_id, actor.id, SESSION_IDLE),
        )
    return [Session(**dict(r), current=r["id"] == actor.credential) for r in rows]


async def end_one(database: Database, actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions; what runs under it stops."""
    _a_person(actor)
    async with database.tenant_session(actor) as db:
        ended = await db.fetchval(
            "UPDATE credentials SET ended_at = now(), ended_why = $4 WHERE tenant_id = $1"
            " AND id = $2 AND member_id = $3 AND kind = 'session' AND ended_at IS NULL RETURNING id",
            *(actor.tenant_id, session_id, actor.id, Ended.REVOKED.value),
        )
        if ended is None:
            raise NotFound(ABSENT)
        details = {"credential": str(session_id)}
        await record(db, actor, Event.MEMBER_SESSION_END, actor.id, details)


def _a_person(actor: Actor) -> None:
    """A key acts for its owner in its scopes; the owner's sessions are in none of them."""
    if actor.kind is not ActorKind.MEMBER:
        raise Forbidden("A key has no sessions: sign in to see and end yours.")


async def state(
    database: Database, actor: Actor, *, purpose: str, zero_retention: bool = False
) -> None:
    """State another purpose, or that nothing is to be kept, for the rest of this session."""
    if actor.kind is not ActorKind.MEMBER or actor.credential is None:
        raise Forbidden("A key's purpose is set when the key is made.")
    async with database.tenant_session(actor) as db:
        await known_purpose(db, actor.tenant_id, purpose)
        await db.execute(
            "UPDATE credentials SET purpose = $3, zero_retention = $4"
            " WHERE tenant_id = $1 AND id = $2 AND kind = 'session'",
            *(actor.tenant_id, actor.credential, purpose, zero_retention),
        )
        details = {"from": actor.purpose, "to": purpose, "zero_retention": zero_retention}
        await record(db, actor, Event.MEMBER_PURPOSE_CHANGE, actor.id, details)


async def known_purpose(db: asyncpg.Connection, tenant_id: UUID, code: str) -> None:
    """`InvalidInput`, with the purposes there are, unless `code` is one that is in use."""
    rows = await db.fetch(
        "SELECT code FROM purposes WHERE tenant_id = $1 AND active ORDER BY code", tenant_id
    )
    there = [r["code"] for r in rows]
    if code not in there:
        raise InvalidInput(
            f"There is no purpose {code!r} in use here. There are: {', '.join(there)}."
        )

"""Tenants, members and their credentials: one-time links, sessions, service keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import Unauthenticated
from lionrock.kernel.actors import Actor, ActorKind, Role, visitor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.secrets import new_token, token_hash, token_tenant

LINK_LIFE = timedelta(hours=12)
SESSION_LIFE = timedelta(hours=12)
KEY_LIFE = timedelta(days=90)
FIRST_COLLECTION = "library"

Kind = Literal["link", "session", "key"]


async def ensure_first_tenant(database: Database) -> tuple[UUID, UUID]:
    """The tenant and the administrator that a new installation starts with; made once."""
    for tenant_id in await database.tenants():
        async with database.tenant_session(worker(tenant_id)) as db:
            member = await db.fetchval("SELECT id FROM members ORDER BY created_at LIMIT 1")
        if member:
            return tenant_id, member
        return tenant_id, await furnish(database, tenant_id)
    tenant_id = uuid4()
    await database.register_tenant(tenant_id)
    return tenant_id, await furnish(database, tenant_id)


async def furnish(database: Database, tenant_id: UUID) -> UUID:
    """Give a registered tenant its name, its administrator (returned) and its first collection."""
    actor, member = worker(tenant_id), uuid4()
    async with database.tenant_session(actor) as db:
        await db.execute("INSERT INTO tenants VALUES ($1, $2)", tenant_id, "First tenant")
        await db.execute(
            "INSERT INTO members (tenant_id, id, name, roles) VALUES ($1, $2, $3, $4)",
            *(tenant_id, member, "Administrator", [Role.ADMINISTRATOR.value]),
        )
        await db.execute(
            "INSERT INTO collections (tenant_id, id, name, purpose) VALUES ($1, $2, $3, $4)",
            *(tenant_id, uuid4(), FIRST_COLLECTION, "general"),
        )
        await record(db, actor, Event.TENANT_TENANT_CREATE, tenant_id)
    return member


async def issue(database: Database, tenant_id: UUID, member_id: UUID, kind: Kind) -> str:
    """Make a credential and return its only copy."""
    token, life = new_token(tenant_id), KEY_LIFE if kind == "key" else LINK_LIFE
    async with database.tenant_session(worker(tenant_id)) as db:
        await _insert(db, tenant_id, token, kind, member_id, life)
        await record(
            db, worker(tenant_id), Event.MEMBER_CREDENTIAL_ISSUE, member_id, {"kind": kind}
        )
    return token


async def redeem(database: Database, link: str) -> str:
    """Trade a one-time link for a session; the link dies in the same transaction."""
    tenant_id = token_tenant(link)
    async with database.tenant_session(visitor(tenant_id)) as db:
        member_id = await db.fetchval(
            "UPDATE credentials SET ended_at = now() WHERE tenant_id = $1 AND hash = $2"
            " AND kind = 'link' AND ended_at IS NULL AND expires_at > now() RETURNING member_id",
            *(tenant_id, token_hash(link)),
        )
        if member_id is None:
            raise Unauthenticated(
                "This sign-in link has been used or has expired. `lionrock link` prints a new one."
            )
        session = new_token(tenant_id)
        await _insert(db, tenant_id, session, "session", member_id, SESSION_LIFE)
        await record(db, visitor(tenant_id), Event.MEMBER_SESSION_START, member_id)
    return session


async def end(database: Database, actor: Actor, session: str) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE credentials SET ended_at = now() WHERE tenant_id = $1 AND hash = $2",
            *(actor.tenant_id, token_hash(session)),
        )
        await record(db, actor, Event.MEMBER_SESSION_END, actor.id)


async def retire(database: Database, tenant_id: UUID, token: str) -> None:
    """End a credential that this installation made for itself."""
    async with database.tenant_session(worker(tenant_id)) as db:
        await db.execute(
            "UPDATE credentials SET ended_at = now() WHERE tenant_id = $1 AND hash = $2",
            *(tenant_id, token_hash(token)),
        )


async def resolve(database: Database, token: str, kinds: tuple[Kind, ...]) -> Actor:
    """The actor behind a session or key; `Unauthenticated` if ended, expired or suspended."""
    tenant_id = token_tenant(token)
    async with database.tenant_session(visitor(tenant_id)) as db:
        row = await db.fetchrow(
            "SELECT c.kind, c.purpose, m.id, m.name, m.roles FROM credentials c"
            " JOIN members m ON (m.tenant_id, m.id) = (c.tenant_id, c.member_id)"
            " WHERE c.tenant_id = $1 AND c.hash = $2 AND c.kind = ANY($3) AND c.ended_at IS NULL"
            " AND c.expires_at > now() AND m.suspended_at IS NULL",
            *(tenant_id, token_hash(token), list(kinds)),
        )
    if row is None:
        raise Unauthenticated("The session or key is not valid any more. Sign in again.")
    kind = ActorKind.SERVICE if row["kind"] == "key" else ActorKind.MEMBER
    roles = frozenset(Role(r) for r in row["roles"])
    return Actor(tenant_id, row["id"], kind, roles, row["purpose"] or "general", row["name"])


async def _insert(
    db: asyncpg.Connection, tenant_id: UUID, token: str, kind: Kind, member: UUID, life: timedelta
) -> None:
    await db.execute(
        "INSERT INTO credentials (tenant_id, hash, kind, member_id, purpose, expires_at)"
        " VALUES ($1, $2, $3, $4, 'general', $5)",
        *(tenant_id, token_hash(token), kind, member, datetime.now(UTC) + life),
    )

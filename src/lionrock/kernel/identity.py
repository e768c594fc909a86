"""Who is behind a credential, and the credentials that the installation itself hands out."""

from __future__ import annotations

import ipaddress
from uuid import UUID

import asyncpg

from lionrock.errors import Forbidden, Unauthenticated
from lionrock.kernel import credentials, sessions
from lionrock.kernel.actors import Actor, ActorKind, Role, visitor, worker
from lionrock.kernel.credentials import (
    GENERAL,
    KEY_LIFE,
    LINK_LIFE,
    SESSION_IDLE,
    SESSION_LIFE,
    Ended,
    Kind,
)
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission
from lionrock.kernel.secrets import token_hash, token_tenant
from lionrock.kernel.tenants import FIRST_COLLECTION, ensure_first_tenant, furnish

__all__ = [
    "FIRST_COLLECTION", "KEY_LIFE", "LINK_LIFE", "SESSION_LIFE", "Kind", "end",
    "ensure_first_tenant", "furnish", "issue", "present", "redeem", "resolve", "retire",
]  # fmt: skip

COMMAND_LINE = "command line"
"""Name of the key that a running server leaves for this machine's command line."""


async def issue(database: Database, tenant_id: UUID, member_id: UUID, kind: Kind) -> str:
    """Make a credential of the house's own accord and return its only copy."""
    house = worker(tenant_id)
    name = COMMAND_LINE if kind == "key" else ""
    async with database.tenant_session(house) as db:
        made = await credentials.make(db, tenant_id, member_id, kind, name=name)
        details = {"kind": kind, "credential": str(made.id)}
        await record(db, house, Event.MEMBER_CREDENTIAL_ISSUE, member_id, details)
    return made.token


async def issue_local_key(database: Database, tenant_id: UUID, member_id: UUID) -> str:
    """The command line's key. Those that killed servers left are ended: there is one server."""
    async with database.tenant_session(worker(tenant_id)) as db:
        await db.execute(
            "UPDATE credentials SET ended_at = now(), ended_why = $4 WHERE tenant_id = $1"
            " AND member_id = $2 AND kind = 'key' AND name = $3 AND created_by IS NULL"
            " AND ended_at IS NULL",
            *(tenant_id, member_id, COMMAND_LINE, Ended.REPLACED.value),
        )
    return await issue(database, tenant_id, member_id, "key")


async def redeem(database: Database, link: str) -> str:
    """Trade a one-time link for a session; the link dies in the same transaction."""
    tenant_id = token_tenant(link)
    async with database.tenant_session(visitor(tenant_id)) as db:
        member_id = await credentials.use(db, tenant_id, link, "link")
        if member_id is None or not await may_enter(db, tenant_id, member_id):
            raise Unauthenticated(
                "This sign-in link has been used or has expired. `lionrock link` prints a new one."
            )
        return await sessions.start(db, tenant_id, member_id, by="link")


async def may_enter(db: asyncpg.Connection, tenant_id: UUID, member_id: UUID) -> bool:
    """Is the member active, and the tenant not suspended? To be asked in every way of signing in."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM members m JOIN tenant_directory d USING (tenant_id)"
        " WHERE m.tenant_id = $1 AND m.id = $2 AND m.state = 'active' AND m.suspended_at IS NULL"
        " AND d.suspended_at IS NULL)",
        *(tenant_id, member_id),
    )
    return found


async def present(
    db: asyncpg.Connection, tenant_id: UUID, member_id: UUID, purpose: str
) -> Actor | None:
    """The member as they are now, for work on their behalf while they are away; None if they may not
    enter."""
    row = await db.fetchrow(
        "SELECT roles, person FROM members WHERE tenant_id = $1 AND id = $2", tenant_id, member_id
    )
    if row is None or not await may_enter(db, tenant_id, member_id):
        return None
    known = {r.value for r in Role}
    roles = frozenset(Role(r) for r in row["roles"] if r in known)
    return Actor(tenant_id, member_id, ActorKind.MEMBER, roles, purpose, person=row["person"])


async def end(database: Database, actor: Actor, session: str) -> None:
    """Sign out."""
    async with database.tenant_session(actor) as db:
        await credentials.end_token(db, actor.tenant_id, session, Ended.SIGNED_OUT)
        await record(db, actor, Event.MEMBER_SESSION_END, actor.id)


async def retire(database: Database, tenant_id: UUID, token: str) -> None:
    """End a credential that this installation made for itself."""
    async with database.tenant_session(worker(tenant_id)) as db:
        await credentials.end_token(db, tenant_id, token, Ended.REVOKED)


async def resolve(
    database: Database, token: str, kinds: tuple[Kind, ...], *, address: str | None = None
) -> Actor:
    """The actor behind a session or key; `Unauthenticated` if ended, expired or suspended.

    `address` is the caller's, for keys that are bound to some; None: not known, which no bound key
    accepts.
    """
    tenant_id = token_tenant(token)
    row = await database.credential(tenant_id, token_hash(token), kinds, SESSION_IDLE)
    if row is None:
        raise Unauthenticated("The session or key is not valid any more. Sign in again.")
    if row["addresses"] and not _inside(address, row["addresses"]):
        raise Forbidden("This key may not be used from this address.")
    return Actor(
        tenant_id,
        row["member_id"],
        ActorKind.SERVICE if row["kind"] == "key" else ActorKind.MEMBER,
        frozenset(Role(r) for r in row["roles"]),
        row["purpose"] or GENERAL,
        row["name"],
        row["person"],
        _scopes(row["scopes"]),
        row["id"],
        row["zero_retention"],
    )


def _scopes(kept: list[str] | None) -> frozenset[Permission] | None:
    """A scope that this release does not know grants nothing."""
    if kept is None:
        return None
    known = {p.value for p in Permission}
    return frozenset(Permission(s) for s in kept if s in known)


def _inside(address: str | None, networks: list[str]) -> bool:
    try:
        given = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    plain = getattr(given, "ipv4_mapped", None) or given
    return any(plain in ipaddress.ip_network(n) for n in networks)

"""Tenants: the first one, those an operator makes, suspending and restoring; and the platform's own.

The platform's tenant holds those who run the installation. They see the directory (handles, dates,
states) and no tenant's content; no tenant's administrator can make one of them.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel import members, purposes
from lionrock.kernel.actors import Actor, Role, worker
from lionrock.kernel.credentials import GENERAL, Made
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.grants import FIRST_ROLES
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.permissions import Permission as P

FIRST_COLLECTION = "library"
FIRST_NAME = "First tenant"
FIRST_HANDLE = "first"
PLATFORM = "platform"
"""Handle of the platform's own tenant."""
LEAST_SHARE, MOST_SHARE = 0.01, 100.0
_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


class Tenant(BaseModel):
    """A line of the directory."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    handle: str
    created_at: datetime
    suspended_at: datetime | None
    share: float
    """Of a full model engine, against other tenants' shares."""


@dataclass(frozen=True, slots=True)
class Created:
    id: UUID
    handle: str
    invitation: Made
    """Of its first administrator."""


async def ensure_first_tenant(database: Database) -> tuple[UUID, UUID]:
    """The tenant and the member that a new installation starts with; made once."""
    async with database.directory_session() as db:
        tenant_id = await db.fetchval(
            "SELECT tenant_id FROM tenant_directory WHERE NOT platform ORDER BY created_at LIMIT 1"
        )
    if tenant_id is None:
        tenant_id = uuid4()
        await database.register_tenant(tenant_id)
    return tenant_id, await _ensure_member(
        database, tenant_id, FIRST_NAME, FIRST_ROLES, FIRST_HANDLE
    )


async def ensure_platform(database: Database) -> tuple[UUID, UUID]:
    """The platform's tenant and its first operator; made once."""
    async with database.directory_session() as db:
        await db.execute(
            "INSERT INTO tenant_directory (tenant_id, handle, platform) VALUES ($1, $2, true)"
            " ON CONFLICT DO NOTHING",
            *(uuid4(), PLATFORM),
        )
        tenant_id = await db.fetchval("SELECT tenant_id FROM tenant_directory WHERE platform")
    roles = frozenset({Role.PLATFORM_OPERATOR})
    return tenant_id, await _ensure_member(database, tenant_id, PLATFORM, roles, PLATFORM)


async def _ensure_member(
    database: Database, tenant_id: UUID, name: str, roles: frozenset[Role], handle: str
) -> UUID:
    async with database.tenant_session(worker(tenant_id)) as db:
        member: UUID | None = await db.fetchval(
            "SELECT id FROM members ORDER BY created_at LIMIT 1"
        )
        if member is not None:
            await purposes.seed(db, tenant_id)  # An installation from before there were any.
    await _name_in_directory(database, tenant_id, handle)
    return member or await furnish(database, tenant_id, name=name, roles=roles)


async def _name_in_directory(database: Database, tenant_id: UUID, handle: str) -> None:
    async with database.directory_session() as db:
        await db.execute(
            "UPDATE tenant_directory SET handle = $2 WHERE tenant_id = $1 AND handle IS NULL"
            " AND NOT EXISTS (SELECT FROM tenant_directory WHERE handle = $2)",
            *(tenant_id, handle),
        )


async def furnish(
    database: Database,
    tenant_id: UUID,
    *,
    name: str = FIRST_NAME,
    roles: frozenset[Role] = FIRST_ROLES,
) -> UUID:
    """Give a registered tenant its name, its first member (returned), purposes and a collection."""
    actor, member = worker(tenant_id), uuid4()
    async with database.tenant_session(actor) as db:
        await _lay_out(db, tenant_id, name)
        await db.execute(
            "INSERT INTO members (tenant_id, id, roles) VALUES ($1, $2, $3)",
            *(tenant_id, member, sorted(roles)),
        )
        await record(db, actor, Event.TENANT_TENANT_CREATE, tenant_id)
    return member


async def _lay_out(db: asyncpg.Connection, tenant_id: UUID, name: str) -> None:
    await db.execute("INSERT INTO tenants VALUES ($1, $2)", tenant_id, name)
    await purposes.seed(db, tenant_id)
    await db.execute(
        "INSERT INTO collections (tenant_id, id, name, purposes) VALUES ($1, $2, $3, $4)",
        *(tenant_id, uuid4(), FIRST_COLLECTION, [GENERAL]),
    )


async def create(
    database: Database, fields: MemberFields, operator: Actor, *, name: str, handle: str, email: str
) -> Created:
    """A new tenant, and the invitation of its first administrator.

    Left half made by a crash, it has a handle and no member: making it again finishes it.
    """
    require(operator, P.PLATFORM_TENANT_CREATE)
    name = name.strip()
    if not 1 <= len(name) <= 120 or not name.isprintable():
        raise InvalidInput("A tenant's name is 1 to 120 characters on one line.")
    handle = handle or handle_of(name)
    tenant_id = await _register(database, handle)
    house = worker(tenant_id)
    async with database.tenant_session(house) as db:
        if await db.fetchval("SELECT EXISTS (SELECT FROM tenants)"):
            raise Conflict(f"There is a tenant with the handle {handle} already.")
        await _lay_out(db, tenant_id, name)
        roles = frozenset({Role.ADMINISTRATOR})
        invitation = await members.write_invited(db, fields, house, email, roles)
        await record(db, house, Event.TENANT_TENANT_CREATE, tenant_id, {"by": str(operator.id)})
    async with database.tenant_session(operator) as db:
        details = {"handle": handle}
        await record(db, operator, Event.TENANT_TENANT_CREATE, tenant_id, details)
    return Created(tenant_id, handle, invitation.made)


async def _register(database: Database, handle: str) -> UUID:
    if not _HANDLE.fullmatch(handle):
        raise InvalidInput(
            "A handle is 3 to 40 small letters, digits and hyphens, with no hyphen at either end."
        )
    async with database.directory_session() as db:
        tenant_id: UUID = await db.fetchval(
            "INSERT INTO tenant_directory (tenant_id, handle) VALUES ($1, $2)"
            " ON CONFLICT (handle) DO UPDATE SET handle = excluded.handle RETURNING tenant_id",
            *(uuid4(), handle),
        )
    return tenant_id


def handle_of(name: str) -> str:
    """A handle made of the letters of `name`; of chance where it has too few in this alphabet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return made if _HANDLE.fullmatch(made) else f"tenant-{secrets.token_hex(3)}"


async def listing(database: Database, operator: Actor) -> list[Tenant]:
    """Every tenant but the platform's own. Names are behind each tenant's door."""
    require(operator, P.PLATFORM_TENANT_READ)
    async with database.directory_session() as db:
        rows = await db.fetch(
            "SELECT tenant_id AS id, coalesce(handle, '') AS handle, created_at, suspended_at,"
            " share"
            " FROM tenant_directory WHERE NOT platform ORDER BY created_at, tenant_id"
        )
    return [Tenant(**dict(r)) for r in rows]


async def suspend(database: Database, operator: Actor, tenant_id: UUID) -> None:
    """Close a tenant: no session or key of its opens any door, and its background work waits."""
    await _set_suspended(database, operator, tenant_id, Event.TENANT_TENANT_SUSPEND)


async def restore(database: Database, operator: Actor, tenant_id: UUID) -> None:
    await _set_suspended(database, operator, tenant_id, Event.TENANT_TENANT_RESTORE)


async def _set_suspended(
    database: Database, operator: Actor, tenant_id: UUID, event: Event
) -> None:
    require(operator, P.PLATFORM_TENANT_SUSPEND)
    wanted = event is Event.TENANT_TENANT_SUSPEND
    async with database.tenant_session(operator) as db:
        changed = await db.fetchval(
            "UPDATE tenant_directory SET suspended_at = CASE WHEN $2 THEN now() END"
            " WHERE tenant_id = $1 AND NOT platform AND (suspended_at IS NULL) = $2"
            " RETURNING tenant_id",
            *(tenant_id, wanted),
        )
        if changed is None:
            raise NotFound(ABSENT)
        await record(db, operator, event, tenant_id)


async def set_share(database: Database, operator: Actor, tenant_id: UUID, share: float) -> None:
    """The tenant's part of a full model engine, against other tenants' parts; 1 at first."""
    require(operator, P.PLATFORM_SHARE_MANAGE)
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise InvalidInput(f"A share is a number from {LEAST_SHARE:g} to {MOST_SHARE:g}.")
    async with database.tenant_session(operator) as db:
        was = await db.fetchval(
            "UPDATE tenant_directory SET share = $2 WHERE tenant_id = $1 AND NOT platform"
            " RETURNING old.share",
            *(tenant_id, share),
        )
        if was is None:
            raise NotFound(ABSENT)
        details = {"from": f"{was:g}", "to": f"{share:g}"}
        await record(db, operator, Event.TENANT_SHARE_CHANGE, tenant_id, details)


async def by_handle(database: Database, handle: str) -> UUID | None:
    """The tenant that a member names when signing in; unnamed, the only one there is."""
    async with database.directory_session() as db:
        if handle:
            found: UUID | None = await db.fetchval(
                "SELECT tenant_id FROM tenant_directory WHERE handle = $1", handle.strip().lower()
            )
            return found
        rows = await db.fetch("SELECT tenant_id FROM tenant_directory WHERE NOT platform LIMIT 2")
    return rows[0]["tenant_id"] if len(rows) == 1 else None

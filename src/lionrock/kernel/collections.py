"""Collections as their administrator sees them: purposes, retention class, access list, retention of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.access import access_list, resource_of
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.credentials import GENERAL
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, decide, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.names import Name
from lionrock.kernel.permissions import Permission as P

_COLUMNS = (
    "id, name, purposes, retention_class, restricted, access_members, access_roles, zero_retention,"
    " created_at"
)


class CollectionSettings(BaseModel):
    """What can be set of a collection."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    purposes: list[str] = Field(default=[GENERAL], min_length=1, max_length=20)
    retention_class: str = Field(default="standard", max_length=40)
    restricted: bool = Field(default=False, description="Only for those on its access list.")
    access_members: list[UUID] = Field(default=[], max_length=1000)
    access_roles: list[Role] = Field(default=[], max_length=10)
    zero_retention: bool = Field(
        default=False,
        description="Of runs that may draw on it, neither request nor result is kept.",
    )


class NewCollection(CollectionSettings):
    name: Name


class Collection(NewCollection):
    id: UUID
    created_at: datetime
    readable: bool
    """May the asking actor, for their present purpose, read what is in it?"""


async def listing(database: Database, actor: Actor) -> list[Collection]:
    """The collections that concern the actor: those they may read, and for who manages them, all."""
    require(actor, P.COLLECTIONS_COLLECTION_READ)
    everything = bool(decide(actor, P.COLLECTIONS_COLLECTION_MANAGE))
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            f"SELECT {_COLUMNS} FROM collections WHERE tenant_id = $1 ORDER BY name",
            actor.tenant_id,
        )
    listed = [_collection(actor, r) for r in rows]
    return [c for c, r in zip(listed, rows, strict=True) if everything or _open_to(actor, r)]


def _collection(actor: Actor, row: asyncpg.Record) -> Collection:
    readable = bool(decide(actor, P.DOCUMENTS_DOCUMENT_READ, resource_of(actor, row)))
    return Collection(**dict(row), readable=readable)


async def create(database: Database, actor: Actor, wanted: NewCollection) -> UUID:
    require(actor, P.COLLECTIONS_COLLECTION_MANAGE)
    made = uuid4()
    async with database.tenant_session(actor) as db:
        await _known(db, actor, wanted)
        written = await db.fetchval(
            "INSERT INTO collections (tenant_id, id, name, created_by, purposes, retention_class,"
            " restricted, access_members, access_roles, zero_retention)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id",
            *(actor.tenant_id, made, wanted.name, actor.id, *_values(wanted)),
        )
        if written is None:
            raise Conflict("There is a collection of this name already.")
        await record(db, actor, Event.COLLECTION_COLLECTION_CREATE, made, _details(wanted))
    return made


async def change(
    database: Database, actor: Actor, collection_id: UUID, wanted: CollectionSettings
) -> None:
    """Replace a collection's settings. Nobody opens a closed collection to themselves."""
    require(actor, P.COLLECTIONS_COLLECTION_MANAGE)
    async with database.tenant_session(actor) as db:
        before = await db.fetchrow(
            f"SELECT {_COLUMNS} FROM collections WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
            *(actor.tenant_id, collection_id),
        )
        if before is None:
            raise NotFound(ABSENT)
        await _known(db, actor, wanted)
        after = await db.fetchrow(
            "UPDATE collections SET purposes = $3, retention_class = $4, restricted = $5,"
            " access_members = $6, access_roles = $7, zero_retention = $8"
            f" WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}",
            *(actor.tenant_id, collection_id, *_values(wanted)),
        )
        if _open_to(actor, after) and not _open_to(actor, before):
            raise Forbidden(
                "This would open the collection to yourself: another administrator does it."
            )
        await record(db, actor, Event.COLLECTION_COLLECTION_CHANGE, collection_id, _details(wanted))
        if _access(before) != _access(after):
            details = {"restricted": wanted.restricted, "members": len(wanted.access_members),
                       "roles": ",".join(sorted(wanted.access_roles))}  # fmt: skip
            await record(db, actor, Event.COLLECTION_ACCESS_CHANGE, collection_id, details)


def _open_to(actor: Actor, row: asyncpg.Record) -> bool:
    return not row["restricted"] or access_list(row).admits(actor)


def _access(row: asyncpg.Record) -> tuple[Any, ...]:
    return row["restricted"], set(row["access_members"]), set(row["access_roles"])


def _values(wanted: CollectionSettings) -> tuple[Any, ...]:
    return (
        sorted(set(wanted.purposes)), wanted.retention_class, wanted.restricted,
        sorted(set(wanted.access_members)), sorted({r.value for r in wanted.access_roles}),
        wanted.zero_retention,
    )  # fmt: skip


def _details(wanted: CollectionSettings) -> dict[str, object]:
    return {
        "purposes": ",".join(sorted(wanted.purposes))[:200],
        "retention_class": wanted.retention_class, "restricted": wanted.restricted,
        "zero_retention": wanted.zero_retention,
    }  # fmt: skip


async def _known(db: asyncpg.Connection, actor: Actor, wanted: CollectionSettings) -> None:
    """Codes and members that are not there are refused, and named."""
    checks = (
        ("purpose", "SELECT code FROM purposes WHERE tenant_id = $1 AND code = ANY ($2)",
         wanted.purposes),
        ("retention class",
         "SELECT code FROM retention_classes WHERE tenant_id = $1 AND code = ANY ($2)",
         [wanted.retention_class]),
        ("member", "SELECT id FROM members WHERE tenant_id = $1 AND id = ANY ($2)",
         wanted.access_members),
    )  # fmt: skip
    for what, query, given in checks:
        there = {r[0] for r in await db.fetch(query, actor.tenant_id, list(given))}
        if missing := [str(g) for g in given if g not in there]:
            raise InvalidInput(f"There is no {what} {missing[0]!r} here.")

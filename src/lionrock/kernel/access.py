"""Which collections an actor may act on: one query, and `decide` for each.

Other rooms filter by the ids that `readable_collections` returns, so that what is restricted, or was
collected for another purpose, is as absent as what is not there.
"""

from __future__ import annotations

from uuid import UUID

import asyncpg

from lionrock.errors import NotFound
from lionrock.kernel import shares
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.decisions import ABSENT, AccessList, Resource, decide, require
from lionrock.kernel.permissions import Permission as P

_COLLECTIONS = """
SELECT id, purposes, restricted, access_members, access_roles, zero_retention FROM collections
WHERE tenant_id = $1
"""


async def readable_collections(
    db: asyncpg.Connection, actor: Actor, action: P = P.DOCUMENTS_DOCUMENT_READ
) -> list[UUID]:
    """Collections on which the actor may do `action`: maybe none.

    `Forbidden` when there can be none: no role of theirs grants `action` at all.
    """
    return [row["id"] for row in await _allowed(db, actor, action)]


async def keeps_nothing(db: asyncpg.Connection, actor: Actor) -> bool:
    """Does the actor ask that nothing be kept, or may what they do draw on a collection that does?

    Decided before a run begins, since its request is kept, or not, before anything is found.
    """
    if actor.zero_retention:
        return True
    rows = await db.fetch(_COLLECTIONS, actor.tenant_id)
    if not any(r["zero_retention"] for r in rows):
        return False
    return any(
        r["zero_retention"] and decide(actor, P.SEARCH_PASSAGE_READ, resource_of(actor, r))
        for r in rows
    )


async def require_on(db: asyncpg.Connection, actor: Actor, action: P, collection_id: UUID) -> None:
    """`require` on one collection; `NotFound` for one whose existence is not the actor's to know."""
    row = await db.fetchrow(f"{_COLLECTIONS} AND id = $2", actor.tenant_id, collection_id)
    if row is None:
        raise NotFound(ABSENT)
    resource = resource_of(actor, row, await _shared(db, actor))
    if decide(actor, action, resource).rule in ("access-list", "not-shared"):
        _at_best(actor, action)
        raise NotFound(ABSENT)
    require(actor, action, resource)


async def _allowed(db: asyncpg.Connection, actor: Actor, action: P) -> list[asyncpg.Record]:
    _at_best(actor, action)
    shared = await _shared(db, actor)
    rows = await db.fetch(_COLLECTIONS, actor.tenant_id)
    return [r for r in rows if decide(actor, action, resource_of(actor, r, shared))]


def _at_best(actor: Actor, action: P) -> None:
    """On a collection that is open to all and shared with everyone."""
    require(actor, action, Resource(actor.tenant_id, shared_with=frozenset({actor.id})))


async def _shared(db: asyncpg.Connection, actor: Actor) -> frozenset[UUID]:
    if Role.REGULATOR_OBSERVER not in actor.roles:
        return frozenset()
    return await shares.shared_with(db, actor, shares.COLLECTION)


def resource_of(
    actor: Actor, row: asyncpg.Record, shared: frozenset[UUID] = frozenset()
) -> Resource:
    """A row of `collections` as rules see it; `shared` is what is shared with the actor."""
    return Resource(
        actor.tenant_id,
        purposes=frozenset(row["purposes"]),
        access=access_list(row) if row["restricted"] else None,
        shared_with=frozenset({actor.id}) if row["id"] in shared else frozenset(),
    )


def access_list(row: asyncpg.Record) -> AccessList:
    known = {r.value for r in Role}
    roles = frozenset(Role(r) for r in row["access_roles"] if r in known)
    return AccessList(frozenset(row["access_members"]), roles)

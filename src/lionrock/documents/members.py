"""What came inside a document's file: listed, led back to where it came from, removed with it.

A member is a document of its own. Its bytes stand in the container's file too, so it is removed with
the container and not before; a document that several containers hold stays until the last is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.records import Records, row_name
from lionrock.documents.schemas import Member, State
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.events import Event, record
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.tombstones import condemn

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "document_members"

_MEMBERS: Final = """
SELECT m.number, m.path, m.bytes, m.reason, m.document_id, d.parent_id, d.name, v.state, v.media_type,
       v.id AS held_version, v.error,
       (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages
FROM document_members m
LEFT JOIN documents d ON (d.tenant_id, d.id) = (m.tenant_id, m.document_id)
LEFT JOIN versions v ON v.tenant_id = m.tenant_id AND v.id = version_at(m.document_id, $3)
WHERE m.tenant_id = $1 AND m.version_id = $2 ORDER BY m.number
"""
_TREE: Final = """
WITH RECURSIVE tree AS (
    SELECT id FROM documents WHERE tenant_id = $1 AND id = $2
    UNION SELECT d.id FROM documents d JOIN tree t ON d.parent_id = t.id WHERE d.tenant_id = $1
) SELECT id FROM tree
"""
# Of the documents $2, each that a container outside of them holds too, with one such container.
_HELD_OUTSIDE: Final = """
SELECT DISTINCT ON (m.document_id) m.document_id, v.document_id AS container FROM document_members m
JOIN versions v ON (v.tenant_id, v.id) = (m.tenant_id, m.version_id)
WHERE m.tenant_id = $1 AND m.document_id = ANY($2) AND v.document_id <> ALL($2)
ORDER BY m.document_id, v.created_at, v.id
"""
_HELD_IN: Final = """
SELECT v.document_id FROM document_members m
JOIN versions v ON (v.tenant_id, v.id) = (m.tenant_id, m.version_id)
WHERE m.tenant_id = $1 AND m.document_id = $2 AND v.document_id <> $2
ORDER BY v.created_at, v.id LIMIT 1
"""
_ADOPT: Final = "UPDATE documents SET parent_id = $3 WHERE tenant_id = $1 AND id = $2"
_OWN: Final = """
UPDATE documents SET parent_id = NULL WHERE tenant_id = $1 AND id = $2 AND parent_id IS NOT NULL
RETURNING id
"""
_VERSIONS: Final = """
SELECT id FROM versions WHERE tenant_id = $1 AND document_id = ANY($2)
"""
NAMES: Final = "SELECT id, name FROM documents WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id"
CONTAINERS: Final = """
WITH RECURSIVE around AS (
    SELECT v.document_id AS id, m.document_id AS inner_id FROM document_members m
    JOIN versions v ON (v.tenant_id, v.id) = (m.tenant_id, m.version_id)
    WHERE m.tenant_id = $1 AND m.document_id = ANY($2)
    UNION SELECT v.document_id, a.inner_id FROM document_members m
    JOIN versions v ON (v.tenant_id, v.id) = (m.tenant_id, m.version_id)
    JOIN around a ON m.document_id = a.id WHERE m.tenant_id = $1
) SELECT id, inner_id FROM around WHERE id <> ALL($2)
"""


@dataclass(frozen=True, slots=True)
class Removed:
    """What went with a document: documents, it first, and their versions."""

    documents: list[UUID]
    versions: list[UUID]


async def of_version(
    db: asyncpg.Connection, records: Records, tenant: UUID, document: UUID, version: UUID, day: Any
) -> list[Member]:
    """What one version's file holds, in its order."""
    rows = await db.fetch(_MEMBERS, tenant, version, day)
    return [_member(records, row, document, version) for row in rows]


def _member(records: Records, row: asyncpg.Record, document: UUID, version: UUID) -> Member:
    key, where = records.key(document), row_name(version, row["number"])
    reason = key.open_text(TABLE, where, "reason", row["reason"]) if row["reason"] else ""
    failed = row["state"] == State.FAILED and row["error"]
    if failed:
        own = records.key(row["document_id"])
        reason = own.open_text("versions", row["held_version"], "error", row["error"])
    return Member(
        number=row["number"],
        path=key.open_text(TABLE, where, "path", row["path"]),
        bytes=row["bytes"],
        document_id=row["document_id"],
        state=State(row["state"]) if row["state"] else None,
        media_type=row["media_type"] or "",
        pages=row["pages"],
        reason=reason or ("" if row["document_id"] else "It was removed."),
        shared=row["document_id"] is not None and row["parent_id"] != document,
    )


async def removed_with(db: asyncpg.Connection, tenant: UUID, document: UUID) -> list[UUID]:
    """The document and all that goes when it goes: what came in it and no other container holds."""
    tree, held = await _tree(db, tenant, document)
    for staying in held:
        tree -= {row["id"] for row in await db.fetch(_TREE, tenant, staying)}
    return [document, *sorted(tree - {document})]


async def hand_over(db: asyncpg.Connection, tenant: UUID, document: UUID) -> None:
    """Before a container is removed: what another one holds too belongs to that one from now on."""
    _, held = await _tree(db, tenant, document)
    for staying, container in held.items():
        await db.execute(_ADOPT, tenant, staying, container)


async def _tree(
    db: asyncpg.Connection, tenant: UUID, document: UUID
) -> tuple[set[UUID], dict[UUID, UUID]]:
    """The document with what came in it at any depth; and what of that a container outside holds."""
    tree = {row["id"] for row in await db.fetch(_TREE, tenant, document)}
    rows = await db.fetch(_HELD_OUTSIDE, tenant, list(tree))
    return tree, {r["document_id"]: r["container"] for r in rows if r["document_id"] != document}


async def remove_rows(db: asyncpg.Connection, actor: Actor, document: UUID) -> Removed:
    """Remove the rows of a document and of all that goes with it, in the open transaction."""
    tenant = actor.tenant_id
    await hand_over(db, tenant, document)
    going = await removed_with(db, tenant, document)
    versions = await versions_of(db, tenant, going)
    if not await db.fetchval(queries.DELETE_DOCUMENT, tenant, document):
        raise NotFound("There is no such document here.")
    for gone in going:
        await condemn(db, tenant, scopes.document(gone))
        await record(db, actor, Event.DOCUMENT_DOCUMENT_REMOVE, gone)
    return Removed(going, versions)


async def versions_of(
    db: asyncpg.Connection, tenant: UUID, documents: Sequence[UUID]
) -> list[UUID]:
    return [row["id"] for row in await db.fetch(_VERSIONS, tenant, list(documents))]


async def made_own(db: asyncpg.Connection, tenant: UUID, document: UUID) -> bool:
    """Someone added by hand what a container had brought: it stays when the container goes."""
    return bool(await db.fetchval(_OWN, tenant, document))


async def holder(db: asyncpg.Connection, tenant: UUID, document: UUID) -> UUID | None:
    """A container whose file holds the document's bytes; None if there is none."""
    found: UUID | None = await db.fetchval(_HELD_IN, tenant, document)
    return found


async def refuse_inside(db: asyncpg.Connection, tenant: UUID, document: UUID) -> None:
    """`Conflict` for a document that a container still holds: it would not be gone."""
    if container := await holder(db, tenant, document):
        raise Conflict(
            f"Its bytes are also in document {container}, which it came in. Remove that one: what "
            "came in it goes along."
        )

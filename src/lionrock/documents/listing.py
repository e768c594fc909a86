"""The library in pages: the ids of one page first, by an index, and then what those rows show.

Names are sealed, each with its document's key, so that the database cannot look for one: they are opened
and read, the newest `NAMED` at most. What came inside another file is listed with that file, not beside
it, unless something is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents import queries
from lionrock.documents.language import to_simplified
from lionrock.documents.records import Records, there
from lionrock.documents.schemas import Document
from lionrock.documents.versions import today

if TYPE_CHECKING:
    import asyncpg

NAMED: Final = 5000
"""Documents whose names are read for one look."""
READING: Final = ("queued", "parsed", "indexed")

_CHOSEN: Final = """
FROM documents d WHERE d.tenant_id = $1 AND d.collection_id = ANY($2)
  AND ($3 OR d.parent_id IS NULL)
  AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM versions v WHERE v.tenant_id = $1
       AND v.document_id = d.id AND v.state = ANY($4)))
  AND ($5 = '' OR EXISTS (SELECT FROM versions v WHERE v.tenant_id = $1
       AND v.document_id = d.id AND v.media_type = $5))
"""
_COUNT: Final = f"SELECT count(*) {_CHOSEN}"
_IDS: Final = f"SELECT d.id {_CHOSEN} ORDER BY d.created_at DESC, d.id OFFSET $6 LIMIT $7"
_NAMES: Final = f"""
SELECT n.id, n.name, v.id AS version_id, v.name AS own_name
FROM (SELECT d.id, d.name, d.created_at {_CHOSEN} ORDER BY d.created_at DESC, d.id LIMIT $6) n
JOIN versions v ON v.tenant_id = $1 AND v.id = version_at(n.id, $7)
ORDER BY n.created_at DESC, n.id
"""
_ROWS: Final = queries.LIST.replace("($2::uuid IS NULL OR d.id = $2)", "d.id = ANY($2::uuid[])")
_UNFINISHED: Final = """
SELECT v.document_id, count(*) OVER () AS n FROM versions v
WHERE v.tenant_id = $1 AND v.collection_id = ANY($2) AND v.state = ANY($3)
ORDER BY v.created_at, v.id LIMIT 1
"""
_KINDS: Final = """
SELECT DISTINCT media_type FROM versions
WHERE tenant_id = $1 AND collection_id = ANY($2) AND media_type <> '' ORDER BY 1
"""


class Wanted(BaseModel):
    """What a list is narrowed to: documents with a version in one of these states, of this kind, with
    these words in their names. Nothing: every document that came by itself."""

    model_config = ConfigDict(frozen=True)
    states: tuple[str, ...] = ()
    media_type: str = ""
    name: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.states or self.media_type or self.name)


EVERYTHING: Final = Wanted()


@dataclass(frozen=True, slots=True)
class Listed:
    documents: Sequence[Document]
    total: int
    """Of all pages together."""
    looked: int = 0
    """With a name looked for: how many names were read."""


async def listed(
    db: asyncpg.Connection, records: Records, tenant: UUID, allowed: Sequence[UUID],
    wanted: Wanted, start: int, limit: int,
) -> Listed:  # fmt: skip
    """Growth: linear in `start` by an index of ids; what a row shows is read for `limit` rows alone."""
    chosen = (tenant, list(allowed), wanted.narrowed, list(wanted.states), wanted.media_type)
    if wanted.name:
        rows = await db.fetch(_NAMES, *chosen, NAMED, today())
        words = to_simplified(wanted.name).casefold().split()
        names = there(lambda r: (r["id"], records.called(*r)), rows)
        ids = [i for i, name in names if _has(name, words)]
        documents = await some(db, records, tenant, allowed, ids[start : start + limit])
        return Listed(documents, len(ids), len(rows))
    total = await db.fetchval(_COUNT, *chosen)
    ids = [row["id"] for row in await db.fetch(_IDS, *chosen, start, limit)]
    return Listed(await some(db, records, tenant, allowed, ids), total)


def _has(name: str, words: Sequence[str]) -> bool:
    folded = to_simplified(name).casefold()
    return all(word in folded for word in words)


async def some(
    db: asyncpg.Connection, records: Records, tenant: UUID, allowed: Sequence[UUID],
    ids: Sequence[UUID],
) -> list[Document]:  # fmt: skip
    """Those of the documents that are there and may be read, the newest first."""
    if not ids:
        return []
    rows = await db.fetch(_ROWS, tenant, list(ids), list(allowed), today())
    return list(there(records.document, rows))


async def unfinished(
    db: asyncpg.Connection, tenant: UUID, allowed: Sequence[UUID]
) -> tuple[int, UUID | None]:
    """How many versions are being read, and whose is the oldest of them."""
    row = await db.fetchrow(_UNFINISHED, tenant, list(allowed), list(READING))
    return (row["n"], row["document_id"]) if row else (0, None)


async def kinds(db: asyncpg.Connection, tenant: UUID, allowed: Sequence[UUID]) -> list[str]:
    """Media types of what there is."""
    return [row["media_type"] for row in await db.fetch(_KINDS, tenant, list(allowed))]

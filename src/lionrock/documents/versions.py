"""Versions of one document in force one after another: which held on a day, and what is said of one
that holds no more. The days themselves are kept by `settle_versions()`, migration 0018."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Held
from lionrock.documents.records import Records
from lionrock.documents.schemas import State
from lionrock.kernel.privacy.clock import HONG_KONG

if TYPE_CHECKING:
    import asyncpg

OF_DOCUMENT: Final = """
SELECT v.id, v.document_id, d.name AS document, v.name AS own_name, v.title, v.language, v.state, v.bytes,
       v.created_at AS added_at, v.effective_from, v.effective_to, v.replaced_by,
       (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages
FROM versions v JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE v.tenant_id = $1 AND v.document_id = $2 AND d.collection_id = ANY($3)
ORDER BY v.effective_from DESC, v.created_at DESC, v.id
"""

NOT_HELD: Final = """
SELECT id FROM versions v WHERE v.tenant_id = $1 AND v.collection_id = ANY($2)
AND (v.effective_from > '-infinity' OR v.effective_to < 'infinity')
AND (v.effective_from > $3 OR v.effective_to <= $3)
"""
"""By the partial index `versions_not_always`: those that hold for ever are not looked at."""

OWN_NAMES: Final = """
SELECT id, document_id, name FROM versions
WHERE tenant_id = $1 AND id = ANY($2) AND name IS NOT NULL
"""


class Version(BaseModel):
    """One version of a document. `held` says from when to when; `shown` that it is the one shown today."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    document_id: UUID
    name: str
    title: str
    language: str
    state: State
    bytes: int
    pages: int
    added_at: datetime
    held: Held
    shown: bool = False


def today() -> date:
    """The day in Hong Kong: what is in force is asked of that."""
    return datetime.now(HONG_KONG).date()


async def not_held(
    db: asyncpg.Connection, tenant: UUID, collections: Sequence[UUID], day: date | None
) -> tuple[UUID, ...]:
    """Versions that a search for `day` (none: today) must leave out. Growth: the tenant's versions
    that were superseded or are to come."""
    rows = await db.fetch(NOT_HELD, tenant, list(collections), day or today())
    return tuple(row["id"] for row in rows)


async def of_document(
    db: asyncpg.Connection, records: Records, tenant: UUID, document: UUID, allowed: Sequence[UUID]
) -> list[Version]:
    """All versions of a document, the latest first."""
    rows = await db.fetch(OF_DOCUMENT, tenant, document, list(allowed))
    shown = await db.fetchval("SELECT version_at($1, $2)", document, today())
    return [_version(records, row, shown) for row in rows]


def _version(records: Records, row: asyncpg.Record, shown: UUID | None) -> Version:
    key = records.key(row["document_id"])
    title = key.open_text("versions", row["id"], "title", row["title"]) if row["title"] else ""
    return Version(
        id=row["id"], document_id=row["document_id"],
        name=records.called(row["document_id"], row["document"], row["id"], row["own_name"]),
        title=title, language=row["language"], state=row["state"], bytes=row["bytes"],
        pages=row["pages"], added_at=row["added_at"], held=Held.of(row, today()),
        shown=row["id"] == shown,
    )  # fmt: skip

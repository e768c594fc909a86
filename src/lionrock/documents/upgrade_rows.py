"""How rows of an older release are sealed, table by table. See `upgrade`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.documents.records import row_name
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.upgrade import Table

if TYPE_CHECKING:
    import asyncpg


def tables(vault: Vault) -> list[Table]:
    """How the rows of this room are sealed, documents first."""

    def key(tenant: UUID, document: UUID) -> DataKey:
        return vault.make(tenant, scopes.document(document))

    def documents(tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        id = row["id"]
        return id, key(tenant, id).seal_text("documents", id, "name", row["plain_name"])

    def versions(tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        id, sealing = row["id"], key(tenant, row["document_id"])
        return id, *(
            sealing.seal_text("versions", id, column, text) if text else None
            for column, text in (("title", row["plain_title"]), ("error", row["plain_error"]))
        )

    def pages(tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        sealing = key(tenant, row["document_id"])
        where = row_name(row["version_id"], row["number"])
        text = sealing.seal_text("pages", where, "text", row["plain_text"])
        layout = sealing.seal("pages", where, "layout", row["plain_layout"])
        return row["version_id"], row["number"], text, layout

    def passages(tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        id, sealing = row["id"], key(tenant, row["document_id"])
        return id, *(
            sealing.seal_text("passages", id, column, row[f"plain_{column}"])
            for column in ("number", "heading", "text")
        )

    def sentences(tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        where = row_name(row["passage_id"], row["first"])
        sealing = key(tenant, row["document_id"])
        lead = sealing.seal_text("sentences", where, "lead", row["plain_lead"])
        return row["passage_id"], row["first"], lead

    return [
        Table("documents", *_DOCUMENTS, documents),
        Table("versions", *_VERSIONS, versions),
        Table("pages", *_PAGES, pages),
        Table("passages", *_PASSAGES, passages),
        Table("sentences", *_SENTENCES, sentences),
    ]


_DOCUMENTS: Final = (
    "SELECT id, plain_name FROM documents WHERE tenant_id = $1 AND plain_name IS NOT NULL LIMIT $2",
    "UPDATE documents SET name = $3, plain_name = NULL WHERE tenant_id = $1 AND id = $2",
)
_VERSIONS: Final = (
    "SELECT id, document_id, plain_title, plain_error FROM versions"
    " WHERE tenant_id = $1 AND plain_title IS NOT NULL LIMIT $2",
    "UPDATE versions SET title = $3, error = $4, plain_title = NULL, plain_error = NULL"
    " WHERE tenant_id = $1 AND id = $2",
)
_PAGES: Final = (
    "SELECT v.document_id, p.version_id, p.number, p.plain_text, p.plain_layout FROM pages p"
    " JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)"
    " WHERE p.tenant_id = $1 AND p.plain_text IS NOT NULL LIMIT $2",
    "UPDATE pages SET text = $4, layout = $5, plain_text = NULL, plain_layout = NULL"
    " WHERE tenant_id = $1 AND version_id = $2 AND number = $3",
)
_PASSAGES: Final = (
    "SELECT v.document_id, p.id, p.plain_number, p.plain_heading, p.plain_text FROM passages p"
    " JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)"
    " WHERE p.tenant_id = $1 AND p.plain_text IS NOT NULL LIMIT $2",
    "UPDATE passages SET number = $3, heading = $4, text = $5,"
    " plain_number = NULL, plain_heading = NULL, plain_text = NULL"
    " WHERE tenant_id = $1 AND id = $2",
)
_SENTENCES: Final = (
    "SELECT v.document_id, s.passage_id, s.first, s.plain_lead FROM sentences s"
    " JOIN versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.version_id)"
    " WHERE s.tenant_id = $1 AND s.plain_lead IS NOT NULL LIMIT $2",
    "UPDATE sentences SET lead = $4, plain_lead = NULL"
    " WHERE tenant_id = $1 AND passage_id = $2 AND first = $3",
)

"""What is kept of a run, sealed: its request, its result, its error. The rest are facts.

Runs are sealed with a key of the month they began in, not one each: see the design note on
encryption. A run that must go by itself is deleted; a month that must go dies with its key.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.vault.scopes import Scope, period
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.upgrade import Table

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "runs"


class RunRecords:
    """Seals and opens the columns of a run."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def begin(self, tenant: UUID, run: UUID, request: str) -> tuple[bytes, str]:
        """The request (JSON) sealed, and the period whose key seals this run."""
        scope = period(datetime.now(UTC))
        sealed = self._vault.make(tenant, scope).seal_text(TABLE, run, "request", request)
        return sealed, scope.name

    def seal(self, tenant: UUID, key_period: str, run: UUID, column: str, text: str) -> bytes:
        """Another column of a run that began in that period."""
        key = self._vault.make(tenant, Scope("runs", key_period))
        return key.seal_text(TABLE, run, column, text)

    def opened(self, tenant: UUID, row: asyncpg.Record) -> dict[str, Any]:
        """The row with its sealed columns as JSON or text, and without `key_period`."""
        kept = dict(row)
        key = self._vault.key(tenant, Scope("runs", kept.pop("key_period")))
        for column in ("request", "result"):
            if kept.get(column) is not None:
                kept[column] = json.loads(key.open(TABLE, row["id"], column, kept[column]))
        if "error" in kept:
            sealed = kept["error"]
            kept["error"] = key.open_text(TABLE, row["id"], "error", sealed) if sealed else ""
        return kept

    def upgrade(self) -> Table:
        """How runs of an older release are sealed."""
        return Table(TABLE, _UNSEALED, _SEAL, self._seal_row)

    def _seal_row(self, tenant: UUID, row: asyncpg.Record) -> Sequence[Any]:
        run, scope = row["id"], period(row["started_at"])
        result, error = row["plain_result"], row["plain_error"]
        return (
            run, scope.name,
            self.seal(tenant, scope.name, run, "request", row["plain_request"]),
            self.seal(tenant, scope.name, run, "result", result) if result else None,
            self.seal(tenant, scope.name, run, "error", error) if error else None,
            bool(result and json.loads(result).get("refused") is True),
        )  # fmt: skip


async def note_sources(db: asyncpg.Connection, tenant: UUID, run: UUID, result: Any) -> None:
    """Keep which documents a result quotes: erasing one of them takes this answer along."""
    await db.executemany(
        "INSERT INTO run_sources (tenant_id, run_id, document_id) VALUES ($1, $2, $3)",
        [(tenant, run, document) for document in sorted(cited(result))],
    )


def cited(result: Any) -> set[UUID]:
    """Ids of the documents that a result quotes: every `document_id` in it."""
    if isinstance(result, dict):
        own = {UUID(result["document_id"])} if result.get("document_id") else set()
        return own.union(*(cited(v) for v in result.values()))
    if isinstance(result, list):
        return set().union(*(cited(v) for v in result))
    return set()


_UNSEALED: Final = """
SELECT id, started_at, plain_request, plain_result, plain_error FROM runs
WHERE tenant_id = $1 AND plain_request IS NOT NULL LIMIT $2
"""

_SEAL: Final = """
UPDATE runs SET key_period = $3, request = $4, result = $5, error = $6, refused = $7,
       plain_request = NULL, plain_result = NULL, plain_error = NULL
WHERE tenant_id = $1 AND id = $2
"""

"""What became findable, or ceased to be, since a server last looked: read from the database.

Every change has a number (migration 0022), so that a server which knows the last one asks with one
small query whether anything happened, whoever did it and on whichever machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

HEAD: Final = "SELECT head FROM index_heads WHERE tenant_id = $1"

LIVE: Final = """
SELECT id, document_id, collection_id, state, edition FROM versions
WHERE tenant_id = $1 AND state IN ('indexed', 'ready')
"""

SINCE: Final = """
SELECT id, document_id, collection_id, state, edition FROM versions
WHERE tenant_id = $1 AND changed > $2
"""

GONE: Final = "SELECT version_id FROM versions_gone WHERE tenant_id = $1 AND number > $2"

KEPT: Final = 100_000
"""Removals that the database remembers, a tenant (migration 0022)."""


@dataclass(frozen=True, slots=True)
class Live:
    """A version that may be found by its words and, once it is `ready`, has all its vectors."""

    document_id: UUID
    collection_id: UUID
    edition: int
    ready: bool


@dataclass(slots=True)
class Changes:
    """One tenant's versions as the database had them at change number `at`."""

    at: int | None = None
    live: dict[UUID, Live] = field(default_factory=dict)

    async def follow(self, db: asyncpg.Connection, tenant: UUID) -> bool:
        """Bring `live` up to the last commit; did anything change?

        Growth: nothing but one lookup when nothing happened; linear in the changes; linear in the
        tenant's versions (not their passages) at a start.
        """
        # Before the rows: what commits in between has a higher number and is read again next time.
        head = await db.fetchval(HEAD, tenant) or 0
        if head == self.at:
            return False
        if self.at is None or head - self.at >= KEPT or head < self.at:
            rows = await db.fetch(LIVE, tenant)
            self.live = {r["id"]: _live(r) for r in rows}
        else:
            for row in await db.fetch(SINCE, tenant, self.at):
                if row["state"] in ("indexed", "ready"):
                    self.live[row["id"]] = _live(row)
                else:
                    self.live.pop(row["id"], None)
            for row in await db.fetch(GONE, tenant, self.at):
                self.live.pop(row["version_id"], None)
        self.at = head
        return True


def _live(row: asyncpg.Record) -> Live:
    return Live(row["document_id"], row["collection_id"], row["edition"], row["state"] == "ready")

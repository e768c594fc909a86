"""The logs as the database has them: heads that were signed, and entries in their positions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import NotVerified, Unavailable
from lionrock.kernel.actors import worker
from lionrock.kernel.audit import leaves
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.database import Database

BATCH = 4096
"""Entries read, appended and made durable together."""

_ASSIGN = """
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
    FROM (SELECT id FROM events WHERE tenant_id = $1 AND position IS NULL ORDER BY id LIMIT $2) first)
UPDATE events e SET position =
    (SELECT coalesce(max(position) + 1, 0) FROM events WHERE tenant_id = $1) + waiting.place
FROM waiting WHERE e.tenant_id = $1 AND e.id = waiting.id
"""
_SIGN = (
    "UPDATE audit_logs SET size = $2, root = $3, checkpoint = $4, entered = $6"
    " WHERE tenant_id = $1 AND size = $5"
)
_ENTER = (
    "INSERT INTO audit_platform_entries SELECT coalesce(max(position) + 1, 0), $1"
    " FROM audit_platform_entries RETURNING position"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A log on record: its head, the checkpoint over it (empty: never signed), and the checkpoint's
    position in the platform log."""

    log_id: UUID
    head: Head
    checkpoint: bytes
    entered: int = 0


class Records:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def platform(self, origin: str) -> Signed:
        """The platform log; `origin` names it when it is first made."""
        installation = uuid4()
        async with self.database.directory_session() as db:
            await db.execute(
                "INSERT INTO audit_platform (installation, origin) VALUES ($1, $2)"
                " ON CONFLICT DO NOTHING",
                *(installation, origin or f"lionrock.local/{installation}"),
            )
            return _signed(
                await db.fetchrow("SELECT installation AS log_id, * FROM audit_platform")
            )

    async def tenant(self, tenant_id: UUID, platform: str) -> Signed:
        """The tenant's log; it is named under the `platform` log's origin when it is first made."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            row = await db.fetchrow("SELECT * FROM audit_logs WHERE tenant_id = $1", tenant_id)
            if row is None:
                log_id = uuid4()
                row = await db.fetchrow(
                    "INSERT INTO audit_logs (tenant_id, log_id, origin) VALUES ($1, $2, $3)"
                    " RETURNING *",
                    *(tenant_id, log_id, f"{platform}/{log_id}"),
                )
        return _signed(row)

    async def known_platform(self) -> Signed | None:
        async with self.database.directory_session() as db:
            row = await db.fetchrow("SELECT installation AS log_id, * FROM audit_platform")
        return _signed(row) if row else None

    async def known_tenant(self, tenant_id: UUID) -> Signed | None:
        """The tenant's log as it is on record; None before its first turn."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            row = await db.fetchrow("SELECT * FROM audit_logs WHERE tenant_id = $1", tenant_id)
        return _signed(row) if row else None

    async def furnished(self, tenant_id: UUID) -> bool:
        """A tenant that is only registered has no events yet, and no log."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            return bool(
                await db.fetchval("SELECT true FROM tenants WHERE tenant_id = $1", tenant_id)
            )

    async def assign(self, tenant_id: UUID) -> int:
        """Give positions to events that have none, up to a batch; how many."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            done: str = await db.execute(_ASSIGN, tenant_id, BATCH)
        return int(done.rpartition(" ")[2])

    async def entries(self, tenant_id: UUID, origin: str, at: int) -> list[bytes]:
        """Up to a batch of the tenant's leaves from position `at` on. `NotVerified` at a gap."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            rows = await db.fetch(
                "SELECT id, at, event, actor_kind, actor, subject, commitment, position FROM events"
                " WHERE tenant_id = $1 AND position >= $2 ORDER BY position LIMIT $3",
                *(tenant_id, at, BATCH),
            )
        _without_gap(rows, at, origin)
        return [leaves.of_row(row, origin).encoded() for row in rows]

    async def count(self, tenant_id: UUID) -> int:
        """One more than the highest position."""
        async with self.database.tenant_session(worker(tenant_id)) as db:
            count: int = await db.fetchval(
                "SELECT coalesce(max(position) + 1, 0) FROM events WHERE tenant_id = $1", tenant_id
            )
        return count

    async def platform_entries(self, origin: str, at: int) -> list[bytes]:
        async with self.database.directory_session() as db:
            rows = await db.fetch(
                "SELECT * FROM audit_platform_entries WHERE position >= $1 ORDER BY position LIMIT $2",
                *(at, BATCH),
            )
        _without_gap(rows, at, origin)
        return [row["entry"].encode() for row in rows]

    async def sign(self, tenant_id: UUID, old: Head, new: Head, checkpoint: bytes) -> None:
        """Put a tenant's new head on record, and its checkpoint into the platform log, together."""
        text = checkpoint.decode()
        async with self.database.tenant_session(worker(tenant_id)) as db:
            at = await db.fetchval(_ENTER, text)
            done = await db.execute(_SIGN, tenant_id, new.size, new.root, text, old.size, at)
            if done != "UPDATE 1":
                raise Unavailable("Another server signed this log in the meantime.")

    async def sign_platform(self, old: Head, new: Head, checkpoint: bytes) -> None:
        async with self.database.directory_session() as db:
            done = await db.execute(
                "UPDATE audit_platform SET size = $1, root = $2, checkpoint = $3 WHERE size = $4",
                *(new.size, new.root, checkpoint.decode(), old.size),
            )
        if done != "UPDATE 1":
            raise Unavailable("Another server signed the platform log in the meantime.")

    async def mark(self, broken: str) -> None:
        """Say to every server of this database why nothing may be changed; empty: all is well."""
        async with self.database.directory_session() as db:
            await db.execute("UPDATE audit_platform SET broken = $1", broken)


def _without_gap(rows: list[asyncpg.Record], at: int, origin: str) -> None:
    for place, row in enumerate(rows, at):
        if row["position"] != place:
            raise NotVerified(f"Event {place} of {origin} is not in the database any more.")


def _signed(row: asyncpg.Record) -> Signed:
    head = Head(row["origin"], row["size"], row["root"])
    return Signed(row["log_id"], head, row["checkpoint"].encode(), row.get("entered", 0))

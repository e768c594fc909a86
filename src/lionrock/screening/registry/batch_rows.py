"""The SQL of screened files. Each works in an open tenant transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.errors import NotFound
from lionrock.kernel.decisions import ABSENT

if TYPE_CHECKING:
    import asyncpg

_DONE: Final = """
UPDATE screening_batches SET done = done + $3, hits = hits + $4, failed = failed + $5, touched_at = now(),
    state = CASE WHEN state = 'running' AND done + $3 = total THEN 'done' ELSE state END,
    finished_at = CASE WHEN done + $3 = total THEN now() END
WHERE tenant_id = $1 AND id = $2 RETURNING state, total, hits, failed
"""
_TAKE: Final = """
SELECT c.number, c.body FROM screening_batch_chunks c
JOIN screening_batches b ON (b.tenant_id, b.id) = (c.tenant_id, c.batch_id)
WHERE c.tenant_id = $1 AND c.batch_id = $2 AND c.hits IS NULL AND b.state = 'running'
ORDER BY c.number LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""
MOST_LISTED: Final = 200


class Batch(BaseModel):
    """A file: reading (being taken in), running, done, or stopped. `done` of `total` rows, `failed` of
    which were not read, or could not be screened."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    state: str
    sha256: str
    total: int
    done: int
    hits: int
    failed: int
    engine: str
    created_by: UUID
    created_at: datetime
    finished_at: datetime | None


def batch_of(row: asyncpg.Record) -> Batch:
    values: dict[str, Any] = {k: row[k] for k in Batch.model_fields}
    return Batch(**{**values, "sha256": (row["sha256"] or b"").hex()})


async def begin(
    db: asyncpg.Connection, tenant: UUID, batch: UUID, settings: str, engine: str, by: UUID
) -> None:
    await db.execute(
        "INSERT INTO screening_batches (tenant_id, id, settings, engine, created_by)"
        " VALUES ($1, $2, $3, $4, $5)",
        *(tenant, batch, settings, engine, by),
    )


async def add(
    db: asyncpg.Connection, tenant: UUID, batch: UUID, number: int, first: int, count: int,
    body: bytes,
) -> None:  # fmt: skip
    await db.execute(
        "INSERT INTO screening_batch_chunks (tenant_id, batch_id, number, first_row, rows, body)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        *(tenant, batch, number, first, count, body),
    )
    await db.execute(
        "UPDATE screening_batches SET touched_at = now() WHERE tenant_id = $1 AND id = $2",
        *(tenant, batch),
    )


async def start(
    db: asyncpg.Connection, tenant: UUID, batch: UUID, sha256: bytes, total: int
) -> None:
    """Read to its end. A file without rows is done."""
    await db.execute(
        "UPDATE screening_batches SET sha256 = $3, total = $4,"
        " state = CASE WHEN $4 = 0 THEN 'done' ELSE 'running' END,"
        " finished_at = CASE WHEN $4 = 0 THEN now() END WHERE tenant_id = $1 AND id = $2",
        *(tenant, batch, sha256, total),
    )


async def row(db: asyncpg.Connection, tenant: UUID, batch: UUID) -> asyncpg.Record:
    found = await db.fetchrow(
        "SELECT * FROM screening_batches WHERE tenant_id = $1 AND id = $2", tenant, batch
    )
    if found is None:
        raise NotFound(ABSENT)
    return found


async def all_of(db: asyncpg.Connection, tenant: UUID) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await db.fetch(
        "SELECT * FROM screening_batches WHERE tenant_id = $1 ORDER BY created_at DESC, id LIMIT $2",
        *(tenant, MOST_LISTED),
    )
    return rows


async def running_like(
    db: asyncpg.Connection, tenant: UUID, sha256: bytes, settings: str, by: UUID
) -> UUID | None:
    """A file with these bytes that is screened against the same for the same person."""
    found: UUID | None = await db.fetchval(
        "SELECT id FROM screening_batches WHERE tenant_id = $1 AND state = 'running'"
        " AND sha256 = $2 AND settings = $3::jsonb AND created_by = $4 LIMIT 1",
        *(tenant, sha256, settings, by),
    )
    return found


async def running(db: asyncpg.Connection, tenant: UUID) -> list[asyncpg.Record]:
    """The oldest first."""
    rows: list[asyncpg.Record] = await db.fetch(
        "SELECT id, settings, engine FROM screening_batches WHERE tenant_id = $1"
        " AND state = 'running' ORDER BY created_at, id",
        tenant,
    )
    return rows


async def take(db: asyncpg.Connection, tenant: UUID, batch: UUID) -> asyncpg.Record | None:
    """The first chunk that is neither done nor another worker's; locked until the transaction ends."""
    return await db.fetchrow(_TAKE, tenant, batch)


async def done(
    db: asyncpg.Connection, tenant: UUID, batch: UUID, number: int, hits: int, failed: int,
    result: bytes,
) -> asyncpg.Record | None:  # fmt: skip
    """A chunk is done, and with the last of them the batch: its state, total, hits and failed; None
    if it is gone."""
    rows = await db.fetchval(
        "UPDATE screening_batch_chunks SET hits = $4, result = $5"
        " WHERE tenant_id = $1 AND batch_id = $2 AND number = $3 RETURNING rows",
        *(tenant, batch, number, hits, result),
    )
    return await db.fetchrow(_DONE, tenant, batch, rows, hits, failed)


async def next_done(
    db: asyncpg.Connection, tenant: UUID, batch: UUID, after: int
) -> asyncpg.Record | None:
    return await db.fetchrow(
        "SELECT number, result FROM screening_batch_chunks WHERE tenant_id = $1 AND batch_id = $2"
        " AND number > $3 AND hits IS NOT NULL ORDER BY number LIMIT 1",
        *(tenant, batch, after),
    )


async def restart(db: asyncpg.Connection, tenant: UUID, batch: UUID, engine: str) -> None:
    """Do all of it again, unless another worker has begun to."""
    renewed: str = await db.execute(
        "UPDATE screening_batches SET engine = $3, done = 0, hits = 0, failed = 0"
        " WHERE tenant_id = $1 AND id = $2 AND engine <> $3 AND state = 'running'",
        *(tenant, batch, engine),
    )
    if renewed == "UPDATE 1":
        await db.execute(
            "UPDATE screening_batch_chunks SET hits = NULL, result = NULL"
            " WHERE tenant_id = $1 AND batch_id = $2 AND hits IS NOT NULL",
            *(tenant, batch),
        )


async def stop(db: asyncpg.Connection, tenant: UUID, batch: UUID) -> bool:
    stopped: str = await db.execute(
        "UPDATE screening_batches SET state = 'stopped', finished_at = now()"
        " WHERE tenant_id = $1 AND id = $2 AND state = 'running'",
        *(tenant, batch),
    )
    return stopped == "UPDATE 1"


async def remove(db: asyncpg.Connection, tenant: UUID, batch: UUID) -> None:
    """Chunks are locked first, as a worker locks them; what one works on is waited for."""
    await db.execute(
        "SELECT FROM screening_batch_chunks WHERE tenant_id = $1 AND batch_id = $2"
        " ORDER BY number FOR UPDATE",
        *(tenant, batch),
    )
    await db.execute(
        "DELETE FROM screening_batches WHERE tenant_id = $1 AND id = $2", tenant, batch
    )


async def forget_stale(db: asyncpg.Connection, tenant: UUID, after: timedelta) -> None:
    """Files whose taking in was killed: whoever sent one sends it again."""
    await db.execute(
        "DELETE FROM screening_batches WHERE tenant_id = $1 AND state = 'reading'"
        " AND touched_at < now() - $2::interval",
        *(tenant, after),
    )

"""The SQL of versions: staging, comparing, applying. Each works in an open tenant transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.screening.registry.lists import rescreen

if TYPE_CHECKING:
    import asyncpg

_COMPARE: Final = """
SELECT count(*) AS total, count(*) FILTER (WHERE e.entry_id IS NULL) AS added,
       count(*) FILTER (WHERE e.digest <> s.digest) AS changed,
       (SELECT count(*) FROM screening_entries WHERE tenant_id = $1 AND list_id = $2
        AND gone_version IS NULL) AS had
FROM screening_staged s LEFT JOIN screening_entries e
ON (e.tenant_id, e.list_id, e.entry_id) = (s.tenant_id, s.list_id, s.entry_id)
   AND e.gone_version IS NULL
WHERE s.tenant_id = $1 AND s.list_id = $2 AND s.number = $3
"""
_CHANGED: Final = """
SELECT e.entry_id, e.first_version, e.digest, e.body, s.body AS staged FROM screening_staged s
JOIN screening_entries e
ON (e.tenant_id, e.list_id, e.entry_id) = (s.tenant_id, s.list_id, s.entry_id)
   AND e.gone_version IS NULL AND e.digest <> s.digest
WHERE s.tenant_id = $1 AND s.list_id = $2 AND s.number = $3
"""
_END: Final = """
UPDATE screening_entries e SET gone_version = $3
WHERE e.tenant_id = $1 AND e.list_id = $2 AND e.gone_version IS NULL AND NOT EXISTS (
    SELECT FROM screening_staged s
    WHERE (s.tenant_id, s.list_id, s.number, s.entry_id) = ($1, $2, $3, e.entry_id)
      AND s.digest = e.digest)
"""
_BRING: Final = """
INSERT INTO screening_entries (tenant_id, list_id, entry_id, first_version, digest, body)
SELECT s.tenant_id, s.list_id, s.entry_id, s.number, s.digest, s.body FROM screening_staged s
WHERE s.tenant_id = $1 AND s.list_id = $2 AND s.number = $3 AND NOT EXISTS (
    SELECT FROM screening_entries e
    WHERE (e.tenant_id, e.list_id, e.entry_id) = ($1, $2, s.entry_id) AND e.gone_version IS NULL)
"""


@asynccontextmanager
async def hashed_joins(db: asyncpg.Connection) -> AsyncIterator[None]:
    """For joins of all that an import brought. Of rows so new the planner has no statistics: it takes
    them for few, and loops over them in time that grows with their square."""
    await db.execute("SET LOCAL enable_nestloop = off")
    yield
    await db.execute("SET LOCAL enable_nestloop = on")


async def row(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> asyncpg.Record:
    """None if there is no such version."""
    if not 0 <= number < 2**31:
        return None
    return await db.fetchrow(
        "SELECT * FROM screening_versions WHERE tenant_id = $1 AND list_id = $2 AND number = $3",
        *(tenant, list_id, number),
    )


async def open_one(db: asyncpg.Connection, tenant: UUID, list_id: UUID) -> asyncpg.Record | None:
    """The version that is being read, or waits."""
    return await db.fetchrow(
        "SELECT number, state, reason FROM screening_versions"
        " WHERE tenant_id = $1 AND list_id = $2 AND state IN ('reading', 'pending')",
        *(tenant, list_id),
    )


async def begin(db: asyncpg.Connection, tenant: UUID, list_id: UUID, by: UUID) -> int:
    number: int = await db.fetchval(
        "INSERT INTO screening_versions (tenant_id, list_id, number, state, imported_by)"
        " SELECT $1, $2, coalesce(max(number), 0) + 1, 'reading', $3 FROM screening_versions"
        " WHERE tenant_id = $1 AND list_id = $2 RETURNING number",
        *(tenant, list_id, by),
    )
    return number


async def refuse_stale(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, after: timedelta
) -> None:
    """An import that has not moved for so long was killed."""
    number = await db.fetchval(
        "UPDATE screening_versions SET state = 'refused', reason = 'The import was interrupted.'"
        " WHERE tenant_id = $1 AND list_id = $2 AND state = 'reading' AND touched_at < now() - $3::interval"
        " RETURNING number",
        *(tenant, list_id, after),
    )
    if number is not None:
        await clear_stage(db, tenant, list_id, number)


async def touch(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> bool:
    """Is it still being read? If so, it lives."""
    done: str = await db.execute(
        "UPDATE screening_versions SET touched_at = now() WHERE tenant_id = $1 AND list_id = $2"
        " AND number = $3 AND state = 'reading'",
        *(tenant, list_id, number),
    )
    return done == "UPDATE 1"


async def stage(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int,
    rows: Sequence[tuple[Any, ...]],
) -> None:  # fmt: skip
    """`rows`: entry id, digest, sealed body."""
    await db.executemany(
        "INSERT INTO screening_staged (tenant_id, list_id, number, entry_id, digest, body)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(tenant, list_id, number, *r) for r in rows],
    )


async def compare(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int
) -> tuple[int, dict[str, int]]:
    """How many entries the list has, and what the version would do to them. Growth: linear in both."""
    async with hashed_joins(db):
        found = await db.fetchrow(_COMPARE, tenant, list_id, number)
    counts = {k: int(found[k]) for k in ("total", "added", "changed")}
    counts["removed"] = int(found["had"]) - (counts["total"] - counts["added"])
    return int(found["had"]), counts


async def changed(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int, most: int
) -> AsyncIterator[list[asyncpg.Record]]:
    """Entries that a staged version changes, as they are and, as `staged`, as it has them: `most` at
    once."""
    async with hashed_joins(db):
        rows = await db.cursor(_CHANGED, tenant, list_id, number)
        while found := await rows.fetch(most):
            yield found


async def describe(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int, sha256: bytes,
    published: str | None, counts: Mapping[str, int], skipped: int, reason: str,
) -> None:  # fmt: skip
    """What was read; from now on it waits for `apply` or for a person."""
    await db.execute(
        "UPDATE screening_versions SET state = 'pending', sha256 = $4, published = $5, total = $6,"
        " added = $7, changed = $8, removed = $9, skipped = $10, reason = $11"
        " WHERE tenant_id = $1 AND list_id = $2 AND number = $3",
        *(tenant, list_id, number, sha256, published),
        *(counts["total"], counts["added"], counts["changed"], counts["removed"], skipped),
        reason or None,
    )


async def apply(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int, previous: int, by: UUID
) -> asyncpg.Record:
    """Make it the version in use, and have customers screened again; its row."""
    async with hashed_joins(db):
        await db.execute(_END, tenant, list_id, number)
        await db.execute(_BRING, tenant, list_id, number)
    await clear_stage(db, tenant, list_id, number)
    await decide(db, tenant, list_id, number, "applied", by)
    await db.execute(
        "UPDATE screening_lists SET current_version = $3 WHERE tenant_id = $1 AND id = $2",
        *(tenant, list_id, number),
    )
    await rescreen(db, tenant, list_id, previous)
    return await row(db, tenant, list_id, number)


async def decide(
    db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int, state: str, by: UUID
) -> None:
    await db.execute(
        "UPDATE screening_versions SET state = $4, decided_by = $5, decided_at = now()"
        " WHERE tenant_id = $1 AND list_id = $2 AND number = $3",
        *(tenant, list_id, number, state, by),
    )


async def clear_stage(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> None:
    await db.execute(
        "DELETE FROM screening_staged WHERE tenant_id = $1 AND list_id = $2 AND number = $3",
        *(tenant, list_id, number),
    )


async def drop(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> None:
    """A version that was never compared: as if it had not begun."""
    await db.execute(
        "DELETE FROM screening_versions WHERE tenant_id = $1 AND list_id = $2 AND number = $3"
        " AND state = 'reading'",
        *(tenant, list_id, number),
    )

"""The SQL of continuous screening: whom it locks, what is left to do. In an open tenant transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg

_AFFECTED: Final = """
SELECT DISTINCT entry_id FROM screening_entries
WHERE tenant_id = $1 AND list_id = $2 AND (first_version > $3 OR gone_version > $3)
"""
_WAITS: Final = "pending AND failed_change IS DISTINCT FROM change"


@dataclass(frozen=True, slots=True)
class Rescreen:
    """A list whose entries after a version, from a position on, are still to be looked for."""

    id: UUID
    list_id: UUID
    after_version: int
    position: UUID | None
    entries: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How many entries are left to be looked for, among how many customers."""

    entries: int
    customers: int


async def lock(db: asyncpg.Connection, tenant: UUID, *, alone: bool) -> None:
    """The tenant's screening lock, until the transaction ends."""
    shared = "" if alone else "_shared"
    await db.execute(
        f"SELECT pg_advisory_xact_lock{shared}(hashtextextended('screening ' || $1::text, 0))",
        str(tenant),
    )


async def renew_engine(db: asyncpg.Connection, tenant: UUID, engine: str) -> None:
    """Where the hits are another engine's, have everyone screened again."""
    kept = await db.fetchval("SELECT engine FROM screening_counters WHERE tenant_id = $1", tenant)
    if kept is None or kept == engine:
        return  # nobody to screen yet, or nothing new
    await everyone(db, tenant)
    await db.execute(
        "UPDATE screening_counters SET engine = $2 WHERE tenant_id = $1", tenant, engine
    )


async def everyone(db: asyncpg.Connection, tenant: UUID) -> None:
    """Make every customer pending."""
    await lock(db, tenant, alone=True)
    await db.execute(
        "UPDATE screening_customers SET pending = true, failed_change = NULL"
        " WHERE tenant_id = $1 AND active AND (NOT pending OR failed_change IS NOT NULL)",
        tenant,
    )


async def any_pending(db: asyncpg.Connection, tenant: UUID) -> bool:
    return bool(
        await db.fetchval(
            f"SELECT EXISTS (SELECT FROM screening_customers WHERE tenant_id = $1 AND {_WAITS})",
            tenant,
        )
    )


async def take_pending(db: asyncpg.Connection, tenant: UUID, most: int) -> list[asyncpg.Record]:
    """Pending customers that no other worker has, but those on whom it broke as they are now."""
    rows: list[asyncpg.Record] = await db.fetch(
        f"SELECT * FROM screening_customers WHERE tenant_id = $1 AND {_WAITS} ORDER BY id LIMIT $2"
        " FOR UPDATE SKIP LOCKED",
        *(tenant, most),
    )
    return rows


async def screened(db: asyncpg.Connection, tenant: UUID, customers: Sequence[UUID]) -> None:
    await db.execute(
        "UPDATE screening_customers SET pending = false, failed_change = NULL"
        " WHERE tenant_id = $1 AND id = ANY($2)",
        *(tenant, list(customers)),
    )


async def failed(db: asyncpg.Connection, tenant: UUID, customers: Sequence[UUID]) -> None:
    """Screening them broke: they wait until they, or lists, change."""
    await db.execute(
        "UPDATE screening_customers SET pending = true, failed_change = change"
        " WHERE tenant_id = $1 AND id = ANY($2)",
        *(tenant, list(customers)),
    )


async def again(db: asyncpg.Connection, tenant: UUID) -> None:
    """Those who failed are tried once more: what they failed on may be gone."""
    await db.execute(
        "UPDATE screening_customers SET failed_change = NULL"
        " WHERE tenant_id = $1 AND pending AND failed_change IS NOT NULL",
        tenant,
    )


async def oldest(db: asyncpg.Connection, tenant: UUID) -> Rescreen | None:
    """The rescreen to work on; the lock held alone keeps others off it."""
    row = await db.fetchrow(
        "SELECT id, list_id, after_version, position, entries FROM screening_rescreens"
        " WHERE tenant_id = $1 AND finished_at IS NULL ORDER BY id LIMIT 1",
        tenant,
    )
    return None if row is None else Rescreen(**row)


async def plan(db: asyncpg.Connection, tenant: UUID, job: Rescreen) -> Plan:
    entries = await db.fetchval(
        f"SELECT count(*) FROM ({_AFFECTED} AND entry_id > $4) e",
        *(tenant, job.list_id, job.after_version, job.position or UUID(int=0)),
    )
    customers = await db.fetchval(
        "SELECT count(*) FROM screening_customers WHERE tenant_id = $1 AND active AND NOT pending",
        tenant,
    )
    return Plan(entries, customers)


async def affected(
    db: asyncpg.Connection, tenant: UUID, job: Rescreen, most: int
) -> list[UUID]:  # fmt: skip
    """The next entries that changed, or went."""
    rows = await db.fetch(
        f"{_AFFECTED} AND entry_id > $4 ORDER BY entry_id LIMIT $5",
        *(tenant, job.list_id, job.after_version, job.position or UUID(int=0), most),
    )
    return [r["entry_id"] for r in rows]


async def last_change(db: asyncpg.Connection, tenant: UUID) -> int:
    """Of the tenant's customers: what is committed up to it is seen from now on."""
    found = await db.fetchval(
        "SELECT customers FROM screening_counters WHERE tenant_id = $1", tenant
    )
    return int(found or 0)


async def settled(
    db: asyncpg.Connection, tenant: UUID, customers: Collection[UUID], change: int
) -> list[asyncpg.Record]:
    """Of these, who is screened and has not changed after `change`."""
    rows: list[asyncpg.Record] = await db.fetch(
        "SELECT * FROM screening_customers WHERE tenant_id = $1 AND id = ANY($2) AND active"
        " AND NOT pending AND change <= $3 ORDER BY id",
        *(tenant, list(customers), change),
    )
    return rows


async def page_of_active(
    db: asyncpg.Connection, tenant: UUID, after: UUID, most: int
) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await db.fetch(
        "SELECT * FROM screening_customers WHERE tenant_id = $1 AND active AND id > $2"
        " ORDER BY id LIMIT $3",
        *(tenant, after, most),
    )
    return rows


async def advance(
    db: asyncpg.Connection, tenant: UUID, job: Rescreen, done: Sequence[UUID]
) -> None:
    await db.execute(
        "UPDATE screening_rescreens SET position = $3, entries = entries + $4"
        " WHERE tenant_id = $1 AND id = $2",
        *(tenant, job.id, done[-1], len(done)),
    )


async def finish(db: asyncpg.Connection, tenant: UUID, job: Rescreen) -> None:
    await db.execute(
        "UPDATE screening_rescreens SET finished_at = now() WHERE tenant_id = $1 AND id = $2",
        *(tenant, job.id),
    )


async def finish_all(db: asyncpg.Connection, tenant: UUID) -> None:
    """Under the lock held alone, and with everyone pending."""
    await db.execute(
        "UPDATE screening_rescreens SET finished_at = now()"
        " WHERE tenant_id = $1 AND finished_at IS NULL",
        tenant,
    )

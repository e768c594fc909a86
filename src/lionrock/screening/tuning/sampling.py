"""What is drawn, and what was decided, read from the tenant's tables.

Entries are kept in the order of a keyed hash and customers in that of a random id, so those that follow
a point which the seed draws are a random sample, and drawing it costs its length, however long the list.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.screening.registry.customers import Customer, Customers
from lionrock.screening.registry.entries import Entries, Stored
from lionrock.screening.registry.hits import ListRef

if TYPE_CHECKING:
    import asyncpg

_NEWEST: Final = """
SELECT entry_id FROM screening_entries e
WHERE tenant_id = $1 AND list_id = $2 AND first_version = $3 AND gone_version IS NULL
  AND NOT EXISTS (SELECT FROM screening_entries b WHERE (b.tenant_id, b.list_id, b.entry_id)
    = (e.tenant_id, e.list_id, e.entry_id) AND b.gone_version = $3)
"""
_CUSTOMERS: Final = "SELECT * FROM screening_customers WHERE tenant_id = $1 AND active"
_DECIDED: Final = """
SELECT a.disposition, max(h.score) AS score FROM screening_alerts a
JOIN screening_alert_hits h ON (h.tenant_id, h.alert_id) = (a.tenant_id, a.id)
WHERE a.tenant_id = $1 AND a.disposition IS NOT NULL AND a.decided_at IS NOT NULL
  AND ($2::uuid[] IS NULL OR h.list_id = ANY($2))
GROUP BY a.id, a.disposition, a.decided_at ORDER BY a.decided_at DESC LIMIT 100000
"""


async def entries(
    db: asyncpg.Connection, tenant: UUID, of: Entries, ref: ListRef, count: int, random: Random
) -> list[Stored]:
    """`count` entries of the list's version in use, or all if it has no more."""
    start = _point(random)
    found = await of.page(db, tenant, ref.id, ref.version, after=start, limit=count)
    if len(found) < count:
        more = await of.page(db, tenant, ref.id, ref.version, limit=count - len(found))
        found += [s for s in more if s.entry_id <= start]
    return found


async def newest(
    db: asyncpg.Connection, tenant: UUID, of: Entries, ref: ListRef, count: int, random: Random
) -> tuple[int, list[Stored]]:
    """How many entries the version in use brought, and `count` of them."""
    rows = await db.fetch(f"{_NEWEST} ORDER BY entry_id", tenant, ref.id, ref.version)
    ids = [r["entry_id"] for r in rows]
    drawn = random.sample(ids, min(count, len(ids)))
    stored = await of.these(db, tenant, ref.id, ref.version, drawn)
    return len(ids), [stored[id] for id in drawn]


async def customers(
    db: asyncpg.Connection, tenant: UUID, of: Customers, count: int, random: Random
) -> tuple[int, list[Customer]]:
    """How many customers there are, and `count` of them."""
    start = _point(random)
    total = await db.fetchval(
        "SELECT count(*) FROM screening_customers WHERE tenant_id = $1 AND active", tenant
    )
    rows = await db.fetch(f"{_CUSTOMERS} AND id > $2 ORDER BY id LIMIT $3", tenant, start, count)
    if len(rows) < count:
        rows += await db.fetch(
            f"{_CUSTOMERS} AND id <= $2 ORDER BY id LIMIT $3", tenant, start, count - len(rows)
        )
    return int(total), [of.opened(r) for r in rows]


async def decided(
    db: asyncpg.Connection, tenant: UUID, lists: list[UUID] | None
) -> dict[str, list[float]]:
    """The best score of each decided alert, by disposition; the newest 100,000."""
    found: dict[str, list[float]] = {}
    for row in await db.fetch(_DECIDED, tenant, lists):
        found.setdefault(row["disposition"], []).append(row["score"])
    return found


def _point(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))

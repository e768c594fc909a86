"""Sealing what an older release kept open: once, at the first start after the upgrade.

A batch of rows is sealed and its plain columns emptied in one transaction; killed anywhere, the
next start goes on with the rows that are left. When none are, the plain columns are dropped and
their tables rewritten, so that no page of them holds the old text.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database

if TYPE_CHECKING:
    import asyncpg

    from lionrock.kernel.vault.service import Vault

log = logging.getLogger(__name__)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of one table are sealed.

    `unsealed` selects rows (tenant $1, at most $2) that still have plain columns; `seal` makes of
    one the arguments of `update`, after the tenant.
    """

    name: str
    unsealed: str
    update: str
    seal: Callable[[UUID, asyncpg.Record], Sequence[Any]]


async def plain_tables(database: Database, actor: Actor) -> set[str]:
    """Tables that still have plain columns. Empty on an installation that never had any."""
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            r" WHERE table_schema = current_schema() AND column_name LIKE 'plain\_%'"
        )
    return {r["table_name"] for r in rows}


async def seal_rows(database: Database, actor: Actor, table: Table) -> int:
    """Seal every row of the actor's tenant that is not; how many."""
    sealed = 0
    while True:
        async with database.tenant_session(actor) as db:
            rows = await db.fetch(table.unsealed, actor.tenant_id, _BATCH)
            arguments = [(actor.tenant_id, *table.seal(actor.tenant_id, r)) for r in rows]
            await db.executemany(table.update, arguments)
        sealed += len(rows)
        if rows and sealed % 10_000 < _BATCH:
            log.warning("sealing what is kept: %s rows of %s done", sealed, table.name)
        if len(rows) < _BATCH:
            return sealed


async def mark_sealed(database: Database, vault: Vault, actor: Actor) -> None:
    """From now on a start without this tenant's key, or with another, is refused."""
    key_id = await asyncio.to_thread(vault.tenant_key_id, actor.tenant_id)
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO vault_tenants (tenant_id, key_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            *(actor.tenant_id, key_id),
        )


async def drop_plain_columns(owner_url: str) -> list[str]:
    """Drop the plain columns of tables that are sealed whole, and rewrite those tables.

    `owner_url` connects as the schema's owner. Killed before a table is rewritten, its old pages
    wait for PostgreSQL's own vacuum; what the disk and the write-ahead log keep, see
    docs/encryption.md.
    """
    import asyncpg

    db = await asyncpg.connect(owner_url, timeout=15)
    try:
        dropped = [r[0] for r in await db.fetch("SELECT lionrock.drop_plain_columns()")]
        for table in dropped:
            await db.execute(f'VACUUM (FULL) lionrock."{table}"')
    finally:
        await db.close()
    return dropped

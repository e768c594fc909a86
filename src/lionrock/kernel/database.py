"""One way to the database: `tenant_session(actor)`, one transaction with its tenant set.

Nothing else yields a connection to tenant data. Row-level security is FORCEd on each table, and
the role used here neither owns tables nor bypasses it; both are checked when the pool opens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.actors import Actor


class Database:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, size: int = 20) -> Database:
        """Open a pool as the runtime role; refuse a role that could see past row-level security."""
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=size, init=_initialise, command_timeout=120
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(f"PostgreSQL does not answer: {error}") from error
        async with pool.acquire() as db:
            risky = await db.fetchval(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        if risky:
            await pool.close()
            raise DatabaseUnavailable(
                "The runtime role is a superuser or bypasses row-level security. Lionrock does not "
                "run as such a role: tenants would not be sealed from each other."
            )
        return cls(pool)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def tenant_session(self, actor: Actor) -> AsyncIterator[asyncpg.Connection]:
        """One transaction that sees the actor's tenant only; commits on leaving, rolls back on error."""
        async with self._pool.acquire() as db, db.transaction():
            await db.execute("SELECT set_config('lionrock.tenant', $1, true)", str(actor.tenant_id))
            yield db

    async def tenants(self) -> list[UUID]:
        """Every tenant's id, oldest first. Ids only: names and content are behind `tenant_session`."""
        async with self._pool.acquire() as db:
            rows = await db.fetch("SELECT tenant_id FROM tenant_directory ORDER BY created_at")
        return [r["tenant_id"] for r in rows]

    async def register_tenant(self, tenant_id: UUID) -> None:
        async with self._pool.acquire() as db:
            await db.execute(
                "INSERT INTO tenant_directory VALUES ($1) ON CONFLICT DO NOTHING", tenant_id
            )


async def _initialise(db: Any) -> None:
    # A vector crosses as text; the casts stand in the queries.
    await db.execute("SET statement_timeout = '120s'")
    await db.execute("SET idle_in_transaction_session_timeout = '300s'")

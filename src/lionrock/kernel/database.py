"""One way to the database: `tenant_session(actor)`, one transaction with its tenant set and proven.

Nothing else yields a connection to tenant data. Row-level security is FORCEd on each table, and
the role used here neither owns tables nor bypasses it; both are checked when the pool opens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.migrate import SEARCH_PATH
from lionrock.kernel.tenant_proof import TenantProofs

# As start-up parameters they are what the pool's RESET ALL goes back to when a connection returns:
# nothing that one transaction sets, nor the role's own defaults, reaches the next.
_SESSION: Final = {
    "search_path": SEARCH_PATH,
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "300s",
}
_ENTER: Final = (
    "SELECT set_config('lionrock.tenant', $1, true), set_config('lionrock.proof', $2, true)"
)
_STEADY: Final = (
    "SELECT set_config('statement_timeout', $1, false),"
    " set_config('plan_cache_mode', 'force_generic_plan', false)"
)


class Database:
    def __init__(self, pool: asyncpg.Pool, proofs: TenantProofs) -> None:
        self._pool = pool
        self._proofs = proofs

    @classmethod
    async def open(cls, url: str, *, size: int = 20) -> Database:
        """Open a pool as the runtime role; refuse a role that could see past row-level security.

        `url` must hold the role's password: the tenant proofs are keyed with it.
        """
        password = unquote(urlsplit(url).password or "")
        if not password:
            raise DatabaseUnavailable("The runtime role's URL holds no password.")
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=size, server_settings=_SESSION, command_timeout=120
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
        return cls(pool, TenantProofs(password))

    async def close(self) -> None:
        await self._pool.close()

    def connections(self) -> tuple[int, int, int]:
        """Open, of these unused, and the most that may be opened."""
        return self._pool.get_size(), self._pool.get_idle_size(), self._pool.get_max_size()

    @asynccontextmanager
    async def tenant_session(self, actor: Actor) -> AsyncIterator[asyncpg.Connection]:
        """One transaction that sees the actor's tenant only; commits on leaving, rolls back on error."""
        async with self._pool.acquire() as db, db.transaction():
            tenant = actor.tenant_id
            await db.execute(_ENTER, str(tenant), self._proofs.of(tenant))
            yield db

    @asynccontextmanager
    async def directory_session(self) -> AsyncIterator[asyncpg.Connection]:
        """One transaction without a tenant: the directory answers, every tenant table is an error."""
        async with self._pool.acquire() as db, db.transaction():
            yield db

    @asynccontextmanager
    async def hold(self, lock: int) -> AsyncIterator[Hold | None]:
        """Hold advisory lock `lock` of this database; None when another process has it."""
        async with self._pool.acquire() as db:
            taken = await db.fetchval("SELECT pg_try_advisory_lock($1)", lock)
            yield Hold(db, lock) if taken else None

    async def held(self, family: int) -> list[int]:
        """The low halves of the advisory locks, of those with the high half `family`, that somebody
        holds now."""
        async with self._pool.acquire() as db:
            rows = await db.fetch(
                "SELECT DISTINCT objid::bigint AS low FROM pg_locks WHERE locktype = 'advisory'"
                " AND granted AND objsubid = 1 AND classid::bigint = $1 AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())",
                family,
            )
        return [row["low"] for row in rows]

    @asynccontextmanager
    async def line(self, call: str, patience: float) -> AsyncIterator[Line]:
        """A connection for `call`, "SELECT f($1, $2, …)": $1 tenants, $2 the proof of each.

        The function runs with the rights of the runtime role and is given no tenant: to see a
        tenant's rows it has to enter that tenant with its proof, as `tenant_session` does. The
        server gives a call up after `patience` seconds.
        """
        async with self._pool.acquire(timeout=patience) as db:
            # One call over and over: its plans are made once, not weighed anew for each group.
            await db.execute(_STEADY, str(round(patience * 1000)))
            yield Line(db, await db.prepare(call), self._proofs, patience)

    async def credential(
        self, tenant_id: UUID, token_hash: bytes, kinds: Sequence[str], idle: timedelta
    ) -> asyncpg.Record | None:
        """The live credential of one of `kinds` with this hash, its member and roles; one round trip."""
        async with self._pool.acquire() as db:
            return await db.fetchrow(
                "SELECT * FROM credential_of($1, $2, $3, $4, $5)",
                *(str(tenant_id), self._proofs.of(tenant_id), token_hash, list(kinds), idle),
            )

    async def tenants(self) -> list[UUID]:
        """Every tenant's id, oldest first. Ids only: names and content are behind `tenant_session`."""
        async with self._pool.acquire() as db:
            rows = await db.fetch("SELECT tenant_id FROM tenant_directory ORDER BY created_at")
        return [r["tenant_id"] for r in rows]

    async def active_tenants(self) -> list[UUID]:
        """Those that are not suspended: whose work goes on."""
        async with self._pool.acquire() as db:
            rows = await db.fetch(
                "SELECT tenant_id FROM tenant_directory WHERE suspended_at IS NULL ORDER BY created_at"
            )
        return [r["tenant_id"] for r in rows]

    async def register_tenant(self, tenant_id: UUID) -> None:
        async with self._pool.acquire() as db:
            await db.execute(
                "INSERT INTO tenant_directory VALUES ($1) ON CONFLICT DO NOTHING", tenant_id
            )


class Line:
    """A connection kept for calls of one function, which proves each tenant it enters itself."""

    def __init__(
        self, db: asyncpg.Connection, call: PreparedStatement, proofs: TenantProofs, patience: float
    ) -> None:
        self._db, self._call, self._proofs, self._patience = db, call, proofs, patience

    async def call(self, tenants: Sequence[UUID], *arguments: object) -> Any:
        """`tenants`, their proofs, then `arguments`; one round trip, one transaction."""
        proofs = [self._proofs.of(tenant) for tenant in tenants]
        return await self._call.fetchval(tenants, proofs, *arguments, timeout=self._patience + 1)

    def drop(self) -> None:
        """Break the connection: nobody knows what became of the last call."""
        self._db.terminate()


class Hold:
    """An advisory lock, held by a connection of its own until that is given back or lost."""

    def __init__(self, db: asyncpg.Connection, lock: int) -> None:
        self._db, self._lock = db, lock

    async def stands(self) -> bool:
        """Is it still ours? A connection that broke has lost it."""
        try:
            return bool(
                await self._db.fetchval(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND pid = pg_backend_pid() AND (classid::bigint << 32) + objid::bigint = $1)",
                    self._lock,
                )
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False

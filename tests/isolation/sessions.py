"""Connections as each role, below the product: what an attacker with SQL of their own would hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from lionrock.kernel.migrate import OWNER, SEARCH_PATH
from lionrock.kernel.tenant_proof import TenantProofs
from tests.conftest import _PASSWORD, runtime_url

ROLES = ("owner", "runtime")


def role_url(admin: str, role: str) -> str:
    """The URL of `role` ("owner" or "runtime") on the tests' server."""
    if role == "runtime":
        return runtime_url(admin)
    return f"postgresql://{OWNER}:{_PASSWORD}@{admin.rpartition('@')[2]}"


@asynccontextmanager
async def as_role(admin: str, role: str) -> AsyncIterator[asyncpg.Connection]:
    db = await asyncpg.connect(role_url(admin, role), server_settings={"search_path": SEARCH_PATH})
    try:
        yield db
    finally:
        await db.close()


async def enter(db: asyncpg.Connection, tenant: UUID) -> None:
    """Do what `tenant_session` does, in the open transaction."""
    await db.execute(
        "SELECT set_config('lionrock.tenant', $1, true), set_config('lionrock.proof', $2, true)",
        *(str(tenant), TenantProofs(_PASSWORD).of(tenant)),
    )


@asynccontextmanager
async def inside(admin: str, role: str, tenant: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of `role` with its tenant set and proven; always rolled back."""
    async with as_role(admin, role) as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            await enter(db, tenant)
            yield db
        finally:
            await transaction.rollback()

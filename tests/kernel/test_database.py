from __future__ import annotations

import asyncpg
import pytest

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import prepare
from tests.conftest import runtime_url
from tests.isolation.sessions import enter


async def test_a_tenant_sees_its_own_rows_and_no_others(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    async with database.tenant_session(actor) as db:
        seen = {r["tenant_id"] for r in await db.fetch("SELECT tenant_id FROM members")}
        there = await db.fetchval(
            "SELECT count(*) FROM members WHERE tenant_id = $1", stranger.tenant_id
        )
    assert seen == {actor.tenant_id}
    assert there == 0


async def test_writing_into_another_tenant_is_refused(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO collections (tenant_id, id, name) VALUES ($1, gen_random_uuid(), 'x')",
                stranger.tenant_id,
            )


async def test_a_query_without_a_tenant_fails(postgres: str, database: Database) -> None:
    db = await asyncpg.connect(runtime_url(postgres))
    try:
        with pytest.raises(asyncpg.PostgresError):
            await db.fetch("SELECT * FROM members")
    finally:
        await db.close()


async def test_the_tenant_does_not_outlive_its_transaction(
    postgres: str, database: Database, actor: Actor
) -> None:
    db = await asyncpg.connect(runtime_url(postgres))
    try:
        async with db.transaction():
            await enter(db, actor.tenant_id)
            assert await db.fetchval("SELECT count(*) FROM members") == 1
        with pytest.raises(asyncpg.PostgresError):
            await db.fetch("SELECT * FROM members")
    finally:
        await db.close()


async def test_what_one_transaction_sets_does_not_reach_the_next(
    postgres: str, database: Database, actor: Actor
) -> None:
    pool = await Database.open(runtime_url(postgres), size=1)
    async with pool.tenant_session(actor) as db:
        await db.execute(
            "SET search_path = pg_temp; SET statement_timeout = 0; SET row_security = off"
        )
    async with pool.tenant_session(actor) as db:
        assert await db.fetchval("SHOW search_path") == "lionrock, public, pg_temp"
        assert await db.fetchval("SHOW statement_timeout") == "2min"
        assert await db.fetchval("SHOW idle_in_transaction_session_timeout") == "5min"
        assert await db.fetchval("SHOW row_security") == "on"
    await pool.close()


async def test_a_temporary_table_cannot_stand_in_for_a_tenants(
    postgres: str, database: Database, actor: Actor
) -> None:
    pool = await Database.open(runtime_url(postgres), size=1)
    async with pool.tenant_session(actor) as db:
        await db.execute("CREATE TEMP TABLE members (tenant_id uuid, id uuid)")
    async with pool.tenant_session(actor) as db:
        assert await db.fetchval("SELECT id FROM members") == actor.id
    await pool.close()


async def test_a_runtime_url_without_a_password_is_refused() -> None:
    with pytest.raises(DatabaseUnavailable, match="password"):
        await Database.open("postgresql://lionrock_runtime@127.0.0.1:1/none")


async def test_a_foreign_key_cannot_reach_into_another_tenant(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    async with database.tenant_session(stranger) as db:
        theirs = await db.fetchval("SELECT id FROM collections")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO documents (tenant_id, id, collection_id, name, added_by)"
                " VALUES ($1, gen_random_uuid(), $2, 'x', $3)",
                *(actor.tenant_id, theirs, actor.id),
            )


async def test_an_error_inside_the_session_rolls_back(database: Database, actor: Actor) -> None:
    with pytest.raises(RuntimeError):
        async with database.tenant_session(actor) as db:
            await db.execute("UPDATE members SET roles = '{}'")
            raise RuntimeError
    async with database.tenant_session(actor) as db:
        assert await db.fetchval("SELECT roles FROM members") != []


async def test_a_superuser_is_refused_as_the_runtime_role(postgres: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="superuser"):
        await Database.open(postgres)


async def test_preparing_twice_at_once_changes_nothing(
    postgres: str, database: Database, actor: Actor
) -> None:
    import asyncio

    await asyncio.gather(*(prepare(postgres, "0" * 64, "0" * 64) for _ in range(3)))
    async with database.tenant_session(actor) as db:
        assert await db.fetchval("SELECT count(*) FROM members") == 1


async def test_an_unreachable_server_is_named_with_what_to_do() -> None:
    with pytest.raises(DatabaseUnavailable, match="LIONROCK_DATABASE_URL"):
        await prepare("postgresql://nobody:x@127.0.0.1:1/none", "0" * 64, "0" * 64)

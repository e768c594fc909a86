"""The seventeen ways in which PostgreSQL's row-level security is known to leak, tried on this schema.

Each is tried as the role that owns the tables and as the role the server runs as. Numbers are those
of the security note. In each the product holds; how, where PostgreSQL alone would not, is said.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import RUNTIME, SCHEMA, SEARCH_PATH
from tests.conftest import runtime_url
from tests.isolation.sessions import ROLES, as_role, enter, inside
from tests.kernel.catalogue import PLATFORM_TABLES, faults

both_roles = pytest.mark.parametrize("role", ROLES)
SECRET = "merger-with-hsbc"


@pytest.fixture
async def theirs(database: Database, stranger: Actor) -> UUID:
    """A collection of another tenant; its name is the secret. Its id."""
    key = uuid4()
    async with database.tenant_session(stranger) as db:
        await db.execute(
            "INSERT INTO collections (tenant_id, id, name) VALUES ($1, $2, $3)",
            *(stranger.tenant_id, key, SECRET),
        )
    return key


@pytest.fixture
async def tables(postgres: str, database: Database) -> AsyncIterator[list[str]]:
    """Every tenant table."""
    async with as_role(postgres, "owner") as db:
        rows = await db.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace"
            " AND relkind IN ('r', 'p') AND relname <> ALL($2) ORDER BY 1",
            *(SCHEMA, sorted(PLATFORM_TABLES)),
        )
        yield [r["relname"] for r in rows]


@both_roles
async def test_01_every_table_shows_each_role_one_tenant_alone(
    postgres: str, actor: Actor, theirs: UUID, tables: list[str], role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        for table in tables:
            if not await db.fetchval("SELECT has_table_privilege($1, 'SELECT')", table):
                continue
            seen = await db.fetch(f"SELECT DISTINCT tenant_id FROM {table}")
            assert {r["tenant_id"] for r in seen} <= {actor.tenant_id}, table
        assert await db.fetchval("SELECT count(*) FROM members") == 1


async def _with_rows(postgres: str, tables: list[str]) -> list[str]:
    """Of an empty table nothing is asked, and nothing can be seen, whatever its policy says."""
    admin = await asyncpg.connect(postgres, server_settings={"search_path": SEARCH_PATH})
    try:
        held = [t for t in tables if await admin.fetchval(f"SELECT EXISTS (SELECT FROM {t})")]
    finally:
        await admin.close()
    assert {"collections", "members"} <= set(held)
    return held


@both_roles
async def test_02_without_a_tenant_every_table_is_an_error(
    postgres: str, theirs: UUID, tables: list[str], role: str
) -> None:
    async with as_role(postgres, role) as db:
        for table in await _with_rows(postgres, tables):
            with pytest.raises(asyncpg.PostgresError):
                await db.fetch(f"SELECT * FROM {table}")


@both_roles
async def test_03_a_tenant_set_for_a_transaction_shows_that_tenant(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        rows = await db.fetch("SELECT tenant_id, name FROM collections")
    assert {r["tenant_id"] for r in rows} == {actor.tenant_id}
    assert SECRET not in {r["name"] for r in rows}


@both_roles
async def test_04_after_the_transaction_the_tenant_is_empty_and_that_is_an_error(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with as_role(postgres, role) as db:
        async with db.transaction():
            await enter(db, actor.tenant_id)
            assert await db.fetchval("SELECT count(*) FROM members") == 1
        assert await db.fetchval("SELECT current_setting('lionrock.tenant', true)") == ""
        for statement in ("SELECT * FROM members", "UPDATE members SET name = ''"):
            with pytest.raises(asyncpg.PostgresError):
                await db.execute(statement)


async def test_05_a_plain_set_does_not_reach_the_next_user_of_a_pooled_connection(
    postgres: str, database: Database, actor: Actor, stranger: Actor, theirs: UUID
) -> None:
    pool = await Database.open(runtime_url(postgres), size=1)
    try:
        async with pool.tenant_session(stranger) as db:
            backend = await db.fetchval("SELECT pg_backend_pid()")
            proof = await db.fetchval("SELECT current_setting('lionrock.proof')")
            await db.execute(f"SET lionrock.tenant = '{stranger.tenant_id}'")
            await db.execute(f"SET lionrock.proof = '{proof}'")
            assert SECRET in {r["name"] for r in await db.fetch("SELECT name FROM collections")}
        async with pool._pool.acquire() as db:
            assert await db.fetchval("SELECT pg_backend_pid()") == backend
            with pytest.raises(asyncpg.PostgresError):
                await db.fetch("SELECT * FROM members")
        async with pool.tenant_session(actor) as db:
            rows = await db.fetch("SELECT name FROM collections")
            assert SECRET not in {r["name"] for r in rows}
    finally:
        await pool.close()


@both_roles
async def test_06_views_of_both_tenants_are_not_there_and_would_show_one_alone(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    """FORCE holds a view or a definer function of the owner to the tenant too; a materialised view
    would keep rows without policies, and the catalogue lint refuses one."""
    async with as_role(postgres, "owner") as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            await enter(db, actor.tenant_id)
            await db.execute(
                "CREATE VIEW plain AS SELECT * FROM collections;"
                "CREATE VIEW invoker WITH (security_invoker) AS SELECT * FROM collections;"
                "CREATE FUNCTION lent() RETURNS SETOF collections LANGUAGE sql SECURITY DEFINER"
                " AS 'SELECT * FROM collections';"
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM collections;"
            )
            await db.execute(f"GRANT SELECT ON plain, invoker, kept TO {RUNTIME}")
            for source in ("plain", "invoker", "lent()", "kept"):
                rows = await db.fetch(f"SELECT tenant_id, name FROM {source}")
                assert {r["tenant_id"] for r in rows} == {actor.tenant_id}, source
            found = "\n".join(await faults(db))
        finally:
            await transaction.rollback()
        for fault in ("plain: a view without", "kept: a materialised", "lent: SECURITY DEFINER"):
            assert fault in found
        assert "invoker: " not in found
    async with inside(postgres, role, actor.tenant_id) as db:
        there = await db.fetchval(
            "SELECT count(*) FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'm'",
            SCHEMA,
        )
    assert there == 0


@both_roles
async def test_07_a_name_that_another_tenant_uses_is_free_here(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO collections (tenant_id, id, name) VALUES ($1, $2, $3)",
            *(actor.tenant_id, uuid4(), SECRET),
        )


@both_roles
async def test_08_nothing_can_refer_to_another_tenants_row(
    postgres: str, actor: Actor, stranger: Actor, theirs: UUID, role: str
) -> None:
    insert = (
        "INSERT INTO documents (tenant_id, id, collection_id, name, added_by)"
        " VALUES ($1, $2, $3, 'x', $4)"
    )
    async with inside(postgres, role, actor.tenant_id) as db:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await db.execute(insert, actor.tenant_id, uuid4(), theirs, actor.id)
    async with inside(postgres, role, actor.tenant_id) as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(insert, stranger.tenant_id, uuid4(), theirs, actor.id)


@both_roles
async def test_09_an_id_that_another_tenant_uses_is_free_here(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO collections (tenant_id, id, name) VALUES ($1, $2, 'mine')",
            *(actor.tenant_id, theirs),
        )
        changed = await db.execute("UPDATE collections SET name = 'ours' WHERE id = $1", theirs)
        assert changed == "UPDATE 1"  # its own, not theirs


@both_roles
async def test_10_a_function_that_tells_sees_this_tenants_rows_alone(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    told: list[str] = []
    async with inside(postgres, role, actor.tenant_id) as db:
        await db.execute(
            "CREATE FUNCTION pg_temp.tells(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001"
            " AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
        )
        db.add_log_listener(lambda _, message: told.append(message.message))
        await db.fetch("SELECT count(*) FROM collections WHERE pg_temp.tells(name)")
    assert told == ["library"]


@both_roles
async def test_11_an_error_cannot_be_provoked_on_another_tenants_row(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        count = await db.fetchval(
            "SELECT count(*) FROM collections WHERE 1 / (CASE WHEN name = $1 THEN 0 ELSE 1 END) = 1",
            SECRET,
        )
    assert count == 1


@both_roles
async def test_12_statistics_show_no_value_of_any_tenant(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    admin = await asyncpg.connect(postgres, server_settings={"search_path": SEARCH_PATH})
    try:
        await admin.execute(f"ANALYZE {SCHEMA}.collections")
        assert await admin.fetchval("SELECT count(*) FROM pg_stats WHERE schemaname = $1", SCHEMA)
    finally:
        await admin.close()
    async with inside(postgres, role, actor.tenant_id) as db:
        sealed = "SELECT count(*) FROM pg_stats WHERE schemaname = $1 AND tablename <> ALL($2)"
        assert await db.fetchval(sealed, SCHEMA, sorted(PLATFORM_TABLES)) == 0
        assert await db.fetchval("SELECT count(*) FROM pg_stats_ext") == 0
        plan = await db.fetch("EXPLAIN SELECT * FROM collections WHERE name = 'x'")
        assert SECRET not in "\n".join(r[0] for r in plan)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.fetch("SELECT starelid FROM pg_statistic")


@both_roles
async def test_13_no_number_grows_with_what_other_tenants_write(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    """There is no sequence: ids are random or of the time. Order is a timestamp's."""
    async with inside(postgres, role, actor.tenant_id) as db:
        sequences = await db.fetchval(
            "SELECT count(*) FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'S'",
            SCHEMA,
        )
        serial = await db.fetchval(
            "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = $1::regnamespace AND a.attidentity <> ''",
            SCHEMA,
        )
    assert (sequences, serial) == (0, 0)


@both_roles
async def test_14_a_role_that_sets_another_tenant_itself_gets_an_error(
    postgres: str, actor: Actor, stranger: Actor, theirs: UUID, tables: list[str], role: str
) -> None:
    """PostgreSQL lets any role set any such setting. What is set must be proven: see
    tests/kernel/test_tenant_proof.py."""
    for local in ("true", "false"):
        for table in await _with_rows(postgres, tables):
            async with inside(postgres, role, actor.tenant_id) as db:
                await db.execute(
                    f"SELECT set_config('lionrock.tenant', $1, {local})", str(stranger.tenant_id)
                )
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await db.fetch(f"SELECT * FROM {table}")


async def test_15_the_runtime_role_may_truncate_nothing(
    postgres: str, actor: Actor, theirs: UUID, tables: list[str]
) -> None:
    for table in [*tables, *PLATFORM_TABLES]:
        async with inside(postgres, "runtime", actor.tenant_id) as db:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.execute(f"TRUNCATE {table} CASCADE")


@both_roles
async def test_16_row_security_off_is_an_error_and_not_a_way_round(
    postgres: str, actor: Actor, theirs: UUID, role: str
) -> None:
    async with inside(postgres, role, actor.tenant_id) as db:
        await db.execute("SET LOCAL row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await db.fetch("SELECT * FROM collections")


async def test_17_the_lint_finds_no_table_without_sealed_rows(
    postgres: str, database: Database
) -> None:
    async with as_role(postgres, "runtime") as db:
        assert await faults(db) == []

"""The catalogue lint: a table that breaks the rules of tenancy fails here."""

from __future__ import annotations

import asyncpg
import pytest

from lionrock.kernel.database import Database
from lionrock.kernel.migrate import OWNER, RUNTIME, SCHEMA

PLATFORM_TABLES = {"tenant_directory", "migrations"}
"""Tables without tenant data: which tenants there are (ids only), which migrations ran."""


@pytest.fixture
async def admin(postgres: str, database: Database) -> asyncpg.Connection:
    connection = await asyncpg.connect(postgres)
    try:
        yield connection
    finally:
        await connection.close()


async def tenant_tables(admin: asyncpg.Connection) -> list[asyncpg.Record]:
    rows = await admin.fetch(
        "SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, r.rolname AS owner"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_roles r ON r.oid = c.relowner WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')",
        SCHEMA,
    )
    return [r for r in rows if r["relname"] not in PLATFORM_TABLES]


async def test_every_tenant_table_forces_row_level_security(admin: asyncpg.Connection) -> None:
    tables = await tenant_tables(admin)
    assert len(tables) >= 11
    assert [t["relname"] for t in tables if not t["relrowsecurity"]] == []
    assert [t["relname"] for t in tables if not t["relforcerowsecurity"]] == []
    assert {t["owner"] for t in tables} == {OWNER}


async def test_every_policy_checks_what_is_read_and_what_is_written(
    admin: asyncpg.Connection,
) -> None:
    for table in await tenant_tables(admin):
        policies = await admin.fetch(
            "SELECT polcmd, pg_get_expr(polqual, polrelid) AS read,"
            " pg_get_expr(polwithcheck, polrelid) AS written FROM pg_policy WHERE polrelid = $1",
            table["oid"],
        )
        assert len(policies) == 1, table["relname"]
        assert policies[0]["polcmd"] == b"*"
        assert (
            policies[0]["read"]
            == policies[0]["written"]
            == "(tenant_id = lionrock.current_tenant())"
        )


async def test_every_key_starts_with_the_tenant(admin: asyncpg.Connection) -> None:
    for table in await tenant_tables(admin):
        keys = await admin.fetch(
            "SELECT con.conname, con.contype, a.attname FROM pg_constraint con"
            " JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]"
            " WHERE con.conrelid = $1 AND con.contype IN ('p', 'u', 'f')",
            table["oid"],
        )
        assert "p" in {k["contype"].decode() for k in keys}, table["relname"]
        assert {k["attname"] for k in keys} == {"tenant_id"}, table["relname"]


async def test_unique_indexes_outside_constraints_start_with_the_tenant(
    admin: asyncpg.Connection,
) -> None:
    rows = await admin.fetch(
        "SELECT i.indexrelid::regclass::text AS name, a.attname FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE n.nspname = $1 AND c.relname <> ALL($2)",
        *(SCHEMA, sorted(PLATFORM_TABLES)),
    )
    assert {r["attname"] for r in rows} == {"tenant_id"}


async def test_neither_role_is_a_superuser_nor_bypasses_policies(
    admin: asyncpg.Connection,
) -> None:
    rows = await admin.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = ANY($1)",
        [OWNER, RUNTIME],
    )
    assert len(rows) == 2
    assert not any(r["rolsuper"] or r["rolbypassrls"] or r["rolcreaterole"] for r in rows)


async def test_the_runtime_role_may_not_truncate_nor_rewrite_events(
    admin: asyncpg.Connection,
) -> None:
    rows = await admin.fetch(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = $1",
        RUNTIME,
    )
    granted = {(r["table_name"], r["privilege_type"]) for r in rows}
    assert not {t for t, p in granted if p in ("TRUNCATE", "REFERENCES", "TRIGGER")}
    assert {p for t, p in granted if t == "events"} == {"SELECT", "INSERT"}


async def test_there_is_no_view_matview_or_definer_function(admin: asyncpg.Connection) -> None:
    views = await admin.fetch(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = $1 AND relkind IN ('v', 'm', 'S')",
        SCHEMA,
    )
    definers = await admin.fetch(
        "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = $1 AND prosecdef",
        SCHEMA,
    )
    assert (list(views), list(definers)) == ([], [])

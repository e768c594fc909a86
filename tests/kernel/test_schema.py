"""The product's schema passes the catalogue lint, and the lint catches what is made wrong on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from lionrock.kernel.database import Database
from lionrock.kernel.migrate import OWNER, RUNTIME, SCHEMA
from tests.kernel.catalogue import PLATFORM_TABLES, faults

_SEAL = """
ALTER TABLE bad ENABLE ROW LEVEL SECURITY;
ALTER TABLE bad FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bad USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
"""
_SOUND = f"CREATE TABLE bad (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id));{_SEAL}"

WRONG = {
    "a table nobody sealed": (
        "CREATE TABLE bad (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))",
        "row-level security is not enabled",
    ),
    "a table its owner sees through": (
        f"{_SOUND} ALTER TABLE bad NO FORCE ROW LEVEL SECURITY",
        "not FORCEd",
    ),
    "a table without a policy": (f"{_SOUND} DROP POLICY tenant ON bad", "no policy for every"),
    "a policy that checks reading only": (
        f"{_SOUND} DROP POLICY tenant ON bad;"
        " CREATE POLICY tenant ON bad USING (tenant_id = (SELECT current_tenant()))",
        "lets more through",
    ),
    "a policy with a bypass": (
        f"{_SOUND} CREATE POLICY bypass ON bad USING (current_setting('app.bypass', true) = 'on')",
        "policy bypass lets more through",
    ),
    "a policy that checks the proof for every row": (
        f"{_SOUND} ALTER POLICY tenant ON bad USING (tenant_id = current_tenant())"
        " WITH CHECK (tenant_id = current_tenant())",
        "lets more through",
    ),
    "a policy for one command": (
        f"{_SOUND} DROP POLICY tenant ON bad; CREATE POLICY tenant ON bad FOR SELECT"
        " USING (tenant_id = (SELECT current_tenant()))",
        "no policy for every command",
    ),
    "a table without a tenant": ("CREATE TABLE bad (id uuid PRIMARY KEY)", "no column tenant_id"),
    "a tenant that may be null": (
        "CREATE TABLE bad (tenant_id uuid, id uuid)",
        "no column tenant_id",
    ),
    "a primary key of its own": (
        f"CREATE TABLE bad (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);{_SEAL}",
        "key bad_pkey does not start",
    ),
    "no primary key": (f"CREATE TABLE bad (tenant_id uuid NOT NULL);{_SEAL}", "no primary key"),
    "a value unique across tenants": (f"{_SOUND} ALTER TABLE bad ADD UNIQUE (id)", "bad_id_key"),
    "a unique index across tenants": (
        f"{_SOUND} CREATE UNIQUE INDEX bad_once ON bad (id)",
        "bad_once does not start",
    ),
    "an index on an expression": (
        f"{_SOUND} CREATE UNIQUE INDEX bad_once ON bad ((id::text))",
        "bad_once does not start",
    ),
    "a reference across tenants": (
        f"CREATE TABLE other (tenant_id uuid NOT NULL, id uuid UNIQUE);"
        f"{_SOUND} ALTER TABLE bad ADD FOREIGN KEY (id) REFERENCES other (id) NOT VALID",
        "bad_id_fkey does not start",
    ),
    "a reference that crosses its columns": (
        f"CREATE TABLE other (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (id, tenant_id));"
        f"{_SOUND} ALTER TABLE bad ADD FOREIGN KEY (tenant_id, id) REFERENCES other (id, tenant_id)"
        " NOT VALID",
        "does not start with tenant_id",
    ),
    "an identity column": (
        f"{_SOUND} ALTER TABLE bad ADD number bigint GENERATED ALWAYS AS IDENTITY",
        "a sequence tells",
    ),
    "a materialised view": (
        "CREATE MATERIALIZED VIEW bad AS SELECT 1 AS x",
        "a materialised view",
    ),
    "a view that reads as its owner": (
        "CREATE VIEW bad AS SELECT * FROM members",
        "security_invoker",
    ),
    "a rule": (
        f"{_SOUND} CREATE RULE quiet AS ON DELETE TO bad DO INSTEAD NOTHING",
        "rule quiet rewrites",
    ),
    "a function that lends its owner's rights": (
        "CREATE FUNCTION bad() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT count(*) FROM members'",
        "SECURITY DEFINER without",
    ),
    "a function that looks in a schema others write to": (
        "CREATE FUNCTION bad() RETURNS int LANGUAGE sql SECURITY DEFINER"
        " SET search_path = public, pg_catalog AS 'SELECT 1'",
        "SECURITY DEFINER without",
    ),
    "leave to truncate": (f"{_SOUND} GRANT TRUNCATE ON bad TO {RUNTIME}", "holds TRUNCATE"),
    "a grant to everyone": (f"{_SOUND} GRANT SELECT ON bad TO PUBLIC", "PUBLIC holds SELECT"),
    "leave to rewrite events": (f"GRANT UPDATE ON events TO {RUNTIME}", "events: "),
    "leave to rewrite what an event says": (
        f"GRANT UPDATE (event) ON events TO {RUNTIME}",
        "events: column event may be rewritten",
    ),
    "leave to read the proof key": (f"GRANT SELECT ON tenant_proof TO {RUNTIME}", "tenant_proof: "),
    "leave to make tables": (f"GRANT CREATE ON SCHEMA {SCHEMA} TO {RUNTIME}", "may create"),
    "the runtime role as owner": (f"GRANT {OWNER} TO {RUNTIME}", "may become"),
}


@pytest.fixture
async def admin(postgres: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_schema_has_no_fault(admin: asyncpg.Connection) -> None:
    assert await faults(admin) == []


async def test_the_lint_looks_at_every_table(admin: asyncpg.Connection) -> None:
    """A table is a tenant's unless it is named, with its reason, as the platform's."""
    there = {
        r["relname"]
        for r in await admin.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace"
            " AND relkind IN ('r', 'p')",
            SCHEMA,
        )
    }
    assert set(PLATFORM_TABLES) <= there
    assert len(there - set(PLATFORM_TABLES)) >= 11


@pytest.mark.parametrize("what", WRONG)
async def test_the_lint_catches(admin: asyncpg.Connection, what: str) -> None:
    ddl, expected = WRONG[what]
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(f"SET search_path = {SCHEMA}, public")
        if f"GRANT {OWNER}" not in ddl:
            await admin.execute(f"SET ROLE {OWNER}")
        await admin.execute(ddl)
        await admin.execute("RESET ROLE")
        found = await faults(admin)
    finally:
        await transaction.rollback()
    assert any(expected in fault for fault in found), found


async def test_a_sound_table_passes(admin: asyncpg.Connection) -> None:
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(f"SET search_path = {SCHEMA}, public; SET ROLE {OWNER}; {_SOUND}")
        assert await faults(admin) == []
    finally:
        await transaction.rollback()

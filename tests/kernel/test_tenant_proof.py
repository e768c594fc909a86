from __future__ import annotations

import hashlib
import hmac
from uuid import uuid4

import asyncpg
import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import keep_proof_key
from lionrock.kernel.tenant_proof import TenantProofs
from tests.isolation.sessions import as_role, inside

SET_TENANT = "SELECT set_config('lionrock.tenant', $1, true)"
SET_PROOF = "SELECT set_config('lionrock.proof', $1, true)"


def test_the_pads_give_the_hmac_of_rfc_2104() -> None:
    proofs, tenant = TenantProofs("0" * 64), uuid4()
    inner, outer = proofs.pads()
    by_hand = hashlib.sha256(outer + hashlib.sha256(inner + tenant.bytes).digest()).hexdigest()
    assert proofs.of(tenant) == by_hand
    key = bytes(b ^ 0x36 for b in inner).rstrip(b"\0")
    assert by_hand == hmac.new(key, tenant.bytes, "sha256").hexdigest()


def test_each_password_and_each_tenant_has_its_own_proof() -> None:
    tenant = uuid4()
    assert TenantProofs("a").of(tenant) != TenantProofs("b").of(tenant)
    assert TenantProofs("a").of(tenant) != TenantProofs("a").of(uuid4())


def test_an_empty_password_keys_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        TenantProofs("")


@pytest.mark.parametrize("proof", ["", "00", "0" * 64, "not hexadecimal", None])
async def test_a_tenant_without_its_proof_is_an_error(
    postgres: str, database: Database, stranger: Actor, proof: str | None
) -> None:
    async with as_role(postgres, "runtime") as db, db.transaction():
        await db.execute(SET_TENANT, str(stranger.tenant_id))
        if proof is not None:
            await db.execute(SET_PROOF, proof)
        with pytest.raises(asyncpg.PostgresError):
            await db.fetch("SELECT name FROM members")


async def test_one_tenants_proof_is_none_for_another(
    postgres: str, database: Database, actor: Actor, stranger: Actor
) -> None:
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        await db.execute(SET_TENANT, str(stranger.tenant_id))
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not proven"):
            await db.fetch("SELECT name FROM members")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM tenant_proof", "UPDATE tenant_proof SET inner_pad = outer_pad",
        "DELETE FROM tenant_proof", "TRUNCATE tenant_proof", "COPY tenant_proof TO STDOUT",
        "CREATE FUNCTION lionrock.current_tenant() RETURNS uuid LANGUAGE sql RETURN gen_random_uuid()",
        "CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql"
        " RETURN gen_random_uuid()",
        "ALTER FUNCTION current_tenant() SECURITY INVOKER", "DROP FUNCTION current_tenant()",
        "SET ROLE lionrock_owner", "SET SESSION AUTHORIZATION lionrock_owner",
        "ALTER POLICY tenant ON members USING (true)", "ALTER TABLE members DISABLE ROW LEVEL SECURITY",
    ],
)  # fmt: skip
async def test_the_runtime_role_cannot_reach_the_key_nor_the_check(
    postgres: str, database: Database, actor: Actor, statement: str
) -> None:
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await db.execute(statement)
    assert isinstance(
        caught.value,
        asyncpg.InsufficientPrivilegeError | asyncpg.DuplicateFunctionError,
    )


@pytest.mark.parametrize(
    "shadow",
    [
        "CREATE TEMP TABLE tenant_proof AS SELECT true AS only_row, ''::bytea AS inner_pad,"
        " ''::bytea AS outer_pad",
        "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql RETURN ''::bytea",
        "CREATE FUNCTION pg_temp.uuid_send(uuid) RETURNS bytea LANGUAGE sql RETURN ''::bytea",
    ],
)
async def test_what_the_check_uses_cannot_be_replaced_by_something_temporary(
    postgres: str, database: Database, actor: Actor, stranger: Actor, shadow: str
) -> None:
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        await db.execute(shadow)
        await db.execute("SET search_path = pg_temp, lionrock, pg_catalog")
        await db.execute(SET_TENANT, str(stranger.tenant_id))
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not proven"):
            await db.fetch("SELECT name FROM lionrock.members")


async def test_a_proof_that_another_connection_uses_is_not_to_be_seen(
    postgres: str, database: Database, actor: Actor, stranger: Actor
) -> None:
    """The runtime role sees its other connections' statements: the proof must not stand in one."""
    proof = TenantProofs("0" * 64).of(stranger.tenant_id)
    async with database.tenant_session(stranger) as theirs:
        await theirs.fetch("SELECT name FROM members")
        async with inside(postgres, "runtime", actor.tenant_id) as db:
            seen = await db.fetch("SELECT query FROM pg_stat_activity UNION SELECT statement"
                                  " FROM pg_prepared_statements")  # fmt: skip
            settings = await db.fetch(
                "SELECT setting FROM pg_settings WHERE name LIKE 'lionrock.%'"
            )
    assert any("members" in (r["query"] or "") for r in seen)
    assert not any(proof in (r["query"] or "") for r in seen)
    assert proof not in {r["setting"] for r in settings}


async def test_the_check_is_made_once_a_statement_not_once_a_row(
    postgres: str, database: Database, actor: Actor
) -> None:
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO collections (tenant_id, id, name)"
            " SELECT $1, gen_random_uuid(), 'c' || i FROM generate_series(1, 200) i",
            actor.tenant_id,
        )
        await db.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
        plan = "\n".join(
            r[0]
            for r in await db.fetch("EXPLAIN (ANALYZE, COSTS OFF) SELECT name FROM collections")
        )
    assert "InitPlan" in plan
    assert "loops=1" in plan.partition("InitPlan")[2]
    assert "current_tenant()" not in plan


async def test_the_key_follows_the_password_of_the_runtime_role(
    postgres: str, database: Database
) -> None:
    async with as_role(postgres, "owner") as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            for password in ("0" * 64, "1" * 64):
                await keep_proof_key(db, TenantProofs(password))
                rows = await db.fetch("SELECT inner_pad, outer_pad FROM tenant_proof")
                assert [tuple(r) for r in rows] == [TenantProofs(password).pads()]
        finally:
            await transaction.rollback()

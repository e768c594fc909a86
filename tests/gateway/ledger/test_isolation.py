"""A group of several tenants passes row-level security as each of them, with the proof of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.gateway.ledger.calls import Admission, new_id
from lionrock.gateway.ledger.group import COMMIT, Beginning, Ending, Group
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.tenant_proof import TenantProofs
from tests.conftest import _PASSWORD
from tests.gateway.ledger.making import budget, call, money, usage, used
from tests.isolation.sessions import as_role

PROOFS = TenantProofs(_PASSWORD)


@pytest.fixture
async def runtime(postgres: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    async with as_role(postgres, "runtime") as db:
        yield db


async def written(
    db: asyncpg.Connection, actors: list[Actor], proofs: dict[UUID, str], ends: list[Ending]
) -> list[str | None]:
    """A group that admits one call of each, and settles `ends`."""
    group = Group(ends, [Beginning(Admission(new_id(), call(a), 1), None) for a in actors])  # type: ignore[arg-type]
    tenants, arguments = group.arguments(uuid4(), None)
    answer: list[str | None] = await db.fetchval(
        COMMIT, tenants, [proofs[t] for t in tenants], *arguments
    )
    return answer


def proven(*actors: Actor) -> dict[UUID, str]:
    return {a.tenant_id: PROOFS.of(a.tenant_id) for a in actors}


async def test_each_tenant_of_a_group_gets_its_own_rows(
    database: Database, runtime: asyncpg.Connection, actor: Actor, stranger: Actor
) -> None:
    assert await written(runtime, [actor, stranger], proven(actor, stranger), []) == [None, None]
    for one in (actor, stranger):
        assert [r["tenant_id"] for r in await usage(database, one)] == [one.tenant_id]


async def test_with_another_tenants_proof_nothing_of_the_group_is_written(
    database: Database, runtime: asyncpg.Connection, actor: Actor, stranger: Actor
) -> None:
    forged = proven(actor) | {stranger.tenant_id: PROOFS.of(actor.tenant_id)}
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not proven"):
        await written(runtime, [actor, stranger], forged, [])
    for one in (actor, stranger):
        assert await usage(database, one) == []


async def test_a_tenant_cannot_settle_anothers_call(
    database: Database, runtime: asyncpg.Connection, actor: Actor, stranger: Actor
) -> None:
    await budget(database, stranger, 1)
    async with Ledger(database) as ledger:
        theirs = await ledger.admit(call(stranger))
        before = await money(database, stranger)
        ending = Ending(actor.tenant_id, theirs.id, stranger.id, None, used(1), 1)
        await written(runtime, [], proven(actor), [ending])
        assert await money(database, stranger) == before
        assert [r["outcome"] for r in await usage(database, stranger)] == ["started"]


async def test_anothers_member_as_ones_own_is_not_charged_to_them(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    """A member's id of another tenant finds no limits or budgets there."""
    from tests.gateway.ledger.making import of_member

    await budget(database, stranger, 1, whose=of_member(stranger))
    mixed = Actor(actor.tenant_id, stranger.id, actor.kind, actor.roles, "general")
    async with Ledger(database) as ledger:
        await ledger.admit(call(mixed, 1000))
    assert await money(database, stranger) == (0, 0)


async def test_after_a_group_no_tenant_is_entered(
    database: Database, runtime: asyncpg.Connection, actor: Actor
) -> None:
    async with runtime.transaction():
        await written(runtime, [actor], proven(actor), [])
        assert await runtime.fetchval("SELECT current_setting('lionrock.tenant')") == ""
        with pytest.raises(asyncpg.PostgresError):
            await runtime.fetch("SELECT * FROM gateway_usage")
    with pytest.raises(asyncpg.PostgresError):
        await runtime.fetch("SELECT * FROM gateway_usage")


async def test_the_functions_lend_nobody_their_owners_rights(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "SELECT proname, prosecdef, has_function_privilege('public', oid, 'EXECUTE') AS everyone"
        " FROM pg_proc WHERE proname LIKE 'gateway%'"
    )
    assert {r["proname"] for r in rows} == {"gateway_admit", "gateway_commit", "gateway_settle"}
    assert not any(r["prosecdef"] or r["everyone"] for r in rows)

"""What processes leave behind when they are gone."""

from __future__ import annotations

import asyncio
import sys

import asyncpg
import pytest

from lionrock.gateway.ledger.calls import MICRO
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.service import LEASE, Ledger
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.conftest import runtime_url
from tests.gateway.ledger.making import TENANT, budget, call, money, open_calls, usage, used

_CHILD = """
import asyncio, sys
from uuid import UUID
from lionrock.gateway.ledger.calls import Call, Price
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.database import Database

async def main(url, tenant, member):
    database = await Database.open(url, size=2)
    call = Call(UUID(tenant), UUID(member), None, "local", "small", None, 50, 50, Price(10**10, 10**10))
    async with Ledger(database) as ledger:
        await asyncio.gather(*(ledger.admit(call) for _ in range(3)))
        print(ledger.instance, flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def killed(postgres: str, database: Database, actor: Actor) -> str:
    """A process that had three calls of HKD 1 under way when it was killed; its instance's id."""
    await budget(database, actor, 10)
    await LimitService(database).set(actor, TENANT, Limits(at_once=5))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, runtime_url(postgres), str(actor.tenant_id), str(actor.id),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout
    instance = (await child.stdout.readline()).decode().strip()
    child.kill()
    await child.wait()
    return instance


async def long_ago(admin: asyncpg.Connection, instance: object) -> None:
    """As if the instance had last been heard of before its lease."""
    await admin.execute(
        "UPDATE gateway_instances SET beat_at = clock_timestamp() - $2::interval * 2 WHERE id = $1",
        *(str(instance), LEASE),
    )


async def there(admin: asyncpg.Connection, instance: object) -> bool:
    found: bool = await admin.fetchval(
        "SELECT EXISTS (SELECT FROM gateway_instances WHERE id = $1)", str(instance)
    )
    return found


async def given_up(admin: asyncpg.Connection, slow: Ledger, other: Ledger) -> None:
    """`other` settles what `slow` has open; where a sign of life came in between, once more."""
    for _ in range(100):
        await long_ago(admin, slow.instance)
        await other.recover()
        if not await there(admin, slow.instance):
            return
    raise AssertionError("it was not given up")


async def recovered(ledger: Ledger, database: Database, actor: Actor) -> int:
    """How many calls of the actor's tenant: other tests leave some of other tenants."""
    before = await usage(database, actor)
    await ledger.recover()
    after = await usage(database, actor)
    return sum(was["outcome"] != now["outcome"] for was, now in zip(before, after, strict=True))


async def test_a_killed_process_leaves_rows_that_others_settle_at_the_worst(
    database: Database, actor: Actor, killed: str, admin: asyncpg.Connection
) -> None:
    assert await money(database, actor) == (0, 3 * MICRO)
    assert [r["outcome"] for r in await usage(database, actor)] == ["started"] * 3
    async with Ledger(database) as ledger:
        assert await recovered(ledger, database, actor) == 0  # its lease still runs
        await long_ago(admin, killed)
        assert await recovered(ledger, database, actor) == 3
        assert await recovered(ledger, database, actor) == 0
    assert await money(database, actor) == (3 * MICRO, 0)
    assert await open_calls(database, actor) == 0
    rows = await usage(database, actor)
    assert [(r["outcome"], r["tokens_in"], r["tokens_out"]) for r in rows] == [("lost", 50, 50)] * 3
    assert not await there(admin, killed)


async def test_two_that_recover_at_once_settle_each_call_once(
    database: Database, actor: Actor, killed: str, admin: asyncpg.Connection
) -> None:
    async with Ledger(database) as one, Ledger(database) as two:
        await long_ago(admin, killed)
        await asyncio.gather(one.recover(), two.recover())
    assert await money(database, actor) == (3 * MICRO, 0)
    assert await open_calls(database, actor) == 0


async def test_a_process_that_was_only_slow_corrects_what_was_settled_for_it(
    database: Database, actor: Actor, admin: asyncpg.Connection
) -> None:
    await budget(database, actor, 10)
    async with Ledger(database) as slow, Ledger(database) as other:
        admission = await slow.admit(call(actor))
        await given_up(admin, slow, other)
        assert await money(database, actor) == (MICRO, 0)
        await slow.settle(admission, used(20))
        assert await money(database, actor) == (200_000, 0)
        await slow.settle(admission, used(90))
    assert await money(database, actor) == (200_000, 0)
    (row,) = await usage(database, actor)
    assert (row["outcome"], row["cost"]) == ("finished", 200_000)


async def test_a_process_that_is_alive_keeps_its_reservations(
    database: Database, actor: Actor, admin: asyncpg.Connection
) -> None:
    await budget(database, actor, 10)
    async with Ledger(database) as one, Ledger(database) as other:
        await one.admit(call(actor))
        assert await recovered(other, database, actor) == 0
        assert await money(database, actor) == (0, MICRO)


async def test_a_sign_of_life_renews_the_lease(
    database: Database, actor: Actor, admin: asyncpg.Connection
) -> None:
    async with Ledger(database) as one, Ledger(database) as other:
        await one.admit(call(actor))
        await long_ago(admin, one.instance)
        one._writer.beat()
        await one._writer.quiet.wait()
        assert await recovered(other, database, actor) == 0
        assert await there(admin, one.instance)


async def test_a_process_that_ends_well_is_struck_off_and_one_with_open_calls_is_not(
    database: Database, actor: Actor, admin: asyncpg.Connection
) -> None:
    async with Ledger(database) as well:
        await well.settle(await well.admit(call(actor)), used(1))
        assert await there(admin, well.instance)
    assert not await there(admin, well.instance)
    async with Ledger(database) as ill:
        await ill.admit(call(actor))
    assert await there(admin, ill.instance)

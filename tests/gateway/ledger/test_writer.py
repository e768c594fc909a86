"""Group commit: many calls, few round trips; and when PostgreSQL does not answer, nothing goes through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from lionrock.errors import LedgerUnavailable
from lionrock.gateway.ledger import writer
from lionrock.gateway.ledger.calls import Admission
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database, Line
from tests.conftest import new_tenant
from tests.gateway.ledger.making import budget, call, money, usage, used
from tests.isolation.sessions import inside


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    async with Ledger(database, patience=0.5) as opened:
        yield opened


async def broken(admin: asyncpg.Connection) -> None:
    """Break every line that a ledger has."""
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%gateway_commit%'"
        " AND pid <> pg_backend_pid()"
    )


async def until(condition: object) -> None:
    for _ in range(500):
        if await condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come to pass within ten seconds")


async def test_calls_that_come_together_go_in_one_round_trip(
    database: Database, actor: Actor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ledger.settle(await ledger.admit(call(actor)), used(1))
    trips = []
    real = Line.call

    async def counted(line: Line, tenants: list[object], *rest: object) -> object:
        trips.append(len(ours & set(tenants)))
        return await real(line, tenants, *rest)  # type: ignore[arg-type]

    others = [await new_tenant(database) for _ in range(3)]
    ours: set[object] = {a.tenant_id for a in [actor, *others]}
    monkeypatch.setattr(Line, "call", counted)
    asked = [ledger.admit(call(a)) for a in [actor, *others] for _ in range(8)]
    admissions = await asyncio.gather(*asked)
    assert [n for n in trips if n] == [4]
    await asyncio.gather(*(ledger.settle(a, used(1)) for a in admissions))
    assert [n for n in trips if n] == [4, 4]
    for a in others:
        rows = await usage(database, a)
        assert [r["outcome"] for r in rows] == ["finished"] * 8
        assert {r["tenant_id"] for r in rows} == {a.tenant_id}


async def test_a_settlement_that_nobody_waits_for_goes_with_the_next_admission(
    database: Database, actor: Actor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_LINGER", 60.0)
    monkeypatch.setattr(writer.Writer, "beat", lambda _: None)  # a sign of life takes all along
    trips = 0
    real = Line.call

    async def counted(line: Line, tenants: list[object], *rest: object) -> object:
        nonlocal trips
        trips += actor.tenant_id in tenants
        return await real(line, tenants, *rest)  # type: ignore[arg-type]

    admission = await ledger.admit(call(actor))
    monkeypatch.setattr(Line, "call", counted)
    ledger.settle_soon(admission, used(1))
    await asyncio.sleep(0.05)
    assert trips == 0
    await ledger.admit(call(actor))
    assert trips == 1
    assert [r["outcome"] for r in await usage(database, actor)] == ["finished", "started"]


async def test_and_alone_where_none_comes(database: Database, actor: Actor, ledger: Ledger) -> None:
    ledger.settle_soon(await ledger.admit(call(actor)), used(1))

    async def settled() -> bool:
        return [r["outcome"] for r in await usage(database, actor)] == ["finished"]

    await until(settled)


async def test_while_the_rows_are_held_by_another_a_call_is_refused_in_time(
    postgres: str, database: Database, actor: Actor, ledger: Ledger
) -> None:
    await budget(database, actor, 1)
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        await db.execute("SELECT FROM gateway_budgets FOR UPDATE")
        with pytest.raises(LedgerUnavailable, match="no call is made") as caught:
            await ledger.admit(call(actor))
    assert caught.value.retry_after == 5.0
    assert await money(database, actor) == (0, 0)
    await ledger.admit(call(actor))


async def test_without_a_server_a_call_is_refused(actor: Actor, postgres: str) -> None:
    from tests.conftest import runtime_url

    database = await Database.open(runtime_url(postgres), size=2)
    await database.close()
    async with Ledger(database) as ledger:
        with pytest.raises(LedgerUnavailable):
            await ledger.admit(call(actor))


async def test_a_settlement_waits_out_a_broken_connection(
    database: Database, actor: Actor, ledger: Ledger, admin: asyncpg.Connection
) -> None:
    await budget(database, actor, 1)
    admission = await ledger.admit(call(actor))
    await broken(admin)
    await ledger.settle(admission, used(30))
    assert await money(database, actor) == (300_000, 0)


async def test_a_connection_that_breaks_while_a_call_is_written_leaves_no_reservation(
    postgres: str,
    database: Database,
    actor: Actor,
    ledger: Ledger,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Written, but the answer is lost: nobody knows, so it is refused, and voided later."""
    await budget(database, actor, 1)
    real = Line.call

    async def lost(line: Line, tenants: list[object], *rest: object) -> object:
        await real(line, tenants, *rest)  # type: ignore[arg-type]
        monkeypatch.undo()
        raise ConnectionResetError

    await ledger.settle(await ledger.admit(call(actor)), used(0))
    monkeypatch.setattr(Line, "call", lost)
    with pytest.raises(LedgerUnavailable):
        await ledger.admit(call(actor))
    assert (await money(database, actor))[1] > 0
    ledger._writer.beat()
    ledger._writer.beat()

    async def free() -> bool:
        return await money(database, actor) == (0, 0)

    await until(free)
    assert [r["outcome"] for r in await usage(database, actor)] == ["finished", "void"]


async def test_a_caller_who_goes_away_while_waiting_leaves_no_reservation(
    postgres: str, database: Database, actor: Actor, ledger: Ledger
) -> None:
    await budget(database, actor, 1)
    async with inside(postgres, "runtime", actor.tenant_id) as db:
        await db.execute("SELECT FROM gateway_budgets FOR UPDATE")
        waiting = asyncio.create_task(ledger.admit(call(actor)))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async def voided() -> bool:
        return [r["outcome"] for r in await usage(database, actor)] == ["void"]

    await until(voided)
    assert await money(database, actor) == (0, 0)


async def test_a_caller_who_goes_away_in_the_moment_of_admission_leaves_no_reservation(
    database: Database, actor: Actor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await budget(database, actor, 1)
    waiting = asyncio.create_task(ledger.admit(call(actor)))
    real = ledger._writer._deliver

    def deliver(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        waiting.cancel()

    monkeypatch.setattr(ledger._writer, "_deliver", deliver)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await ledger._writer.quiet.wait()
    assert await money(database, actor) == (0, 0)


async def test_a_caller_who_does_not_wait_for_the_settlement_has_it_written(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    await budget(database, actor, 1)
    admission = await ledger.admit(call(actor))
    waiting = asyncio.create_task(ledger.settle(admission, used(10)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await ledger._writer.quiet.wait()
    assert await money(database, actor) == (100_000, 0)


async def test_what_is_settled_while_it_closes_is_written(database: Database, actor: Actor) -> None:
    await budget(database, actor, 1)
    async with Ledger(database) as ledger:
        admission = await ledger.admit(call(actor))
        settled = asyncio.create_task(ledger.settle(admission, used(10)))
        await asyncio.sleep(0)
    await settled
    assert await money(database, actor) == (100_000, 0)


async def test_a_thousand_at_once_are_all_answered(
    database: Database, actor: Actor, ledger: Ledger
) -> None:
    admissions = await asyncio.gather(*(ledger.admit(call(actor)) for _ in range(1000)))
    assert {type(a) for a in admissions} == {Admission}
    await asyncio.gather(*(ledger.settle(a, used(2)) for a in admissions))
    rows = await usage(database, actor)
    assert len(rows) == 1000 and {r["outcome"] for r in rows} == {"finished"}


@pytest.mark.parametrize(
    "error",
    [asyncpg.DiskFullError, asyncpg.ReadOnlySQLTransactionError, asyncpg.DeadlockDetectedError],
)
async def test_a_settlement_waits_until_the_server_can_write_again(
    database: Database,
    actor: Actor,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    error: type[asyncpg.PostgresError],
) -> None:
    await budget(database, actor, 1)
    admission = await ledger.admit(call(actor))
    real, failures = Line.call, 0

    async def failing(line: Line, tenants: list[object], *rest: object) -> object:
        nonlocal failures
        if actor.tenant_id in tenants and failures < 3:
            failures += 1
            raise error("not now")
        return await real(line, tenants, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Line, "call", failing)
    await ledger.settle(admission, used(30))
    assert failures == 3 and await money(database, actor) == (300_000, 0)

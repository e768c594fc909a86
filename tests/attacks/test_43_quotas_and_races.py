"""Attack 43: parallel requests that overspend, negative and overflowing amounts, a clock that moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.gateway.ledger.limits import Limits, LimitService
from tests.attacks.calling import CHAT, behind, budgeted, chat
from tests.attacks.doors import fetch
from tests.attacks.processes import Held, another_door, settled
from tests.attacks.taken_apart import missing
from tests.conftest import runtime_url
from tests.gateway.door_making import upstream
from tests.gateway.ledger.making import TENANT
from tests.matrix.world import World


@pytest.mark.parametrize(
    "limit", ["-1", "0", "51", "99999999999999999999", "1e9", "NaN", "1.5", "٣٣"]
)
async def test_an_amount_outside_its_bounds_is_refused(client: ClientSession, limit: str) -> None:
    reply = await fetch(client, "GET", "/v1/search", params={"q": "x", "limit": limit})
    assert reply.status == 422


@pytest.mark.parametrize("days", [0, -1, 366, 10**12])
async def test_a_life_outside_its_bounds_is_refused(client: ClientSession, days: int) -> None:
    body = {"name": "long", "scopes": ["search:passage:read"], "days": days}
    assert (await fetch(client, "POST", "/v1/keys", json=body)).status == 422


@pytest.mark.parametrize("number", ["2147483648", "-2147483649", "9" * 30])
async def test_a_number_larger_than_the_databases_is_no_fault_of_the_server(
    client: ClientSession, browser: ClientSession, number: str
) -> None:
    from tests.attacks.doors import NEVER

    reply = await fetch(client, "GET", f"/v1/documents/{NEVER}/pages/{number}")
    assert reply.status in (404, 422), reply.text
    page = await fetch(browser, "GET", "/documents", params={"start": number})
    assert page.status in (200, 422)


def test_races_for_what_can_be_had_once_are_run_in_their_rooms() -> None:
    assert missing("kernel/test_approvals", "one_approval_used_at_once_twice_is_used_once") == []
    assert missing("kernel/test_accounts", "attempts_at_once_are_each_counted",
                   "the_same_code_at_once_from_two_places_opens_one_session") == []  # fmt: skip


@pytest.mark.parametrize("cap", [-1, 10**15 + 1, 10**40, 1.5, "NaN", "1e400", None, [1]])
async def test_a_budget_outside_its_bounds_is_refused(client: ClientSession, cap: Any) -> None:
    body = {"subject": {"kind": "tenant"}, "budget": {"period": "day", "cap": cap}}
    assert (await fetch(client, "PUT", "/v1/gateway/budgets", json=body)).status == 422
    listed = await fetch(client, "GET", "/v1/gateway/budgets")
    assert json.loads(listed.text) == {"budgets": []}


@pytest.mark.parametrize("size", ["-1", "0", "1.5", "1e3", "true", "9" * 30, '"20"', "[20]"])
async def test_an_answers_size_is_a_whole_number_above_nothing(
    world: World,
    client: ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: str,
) -> None:
    """A negative one would be given back by the budget."""
    async with behind(world, tmp_path, monkeypatch) as engine:
        said = (
            '{"model": "small", "messages": [{"role": "user", "content": "x"}], "max_tokens": %s}'
        )
        reply = await fetch(client, "POST", CHAT, data=said % size)
        assert reply.status == 400 and engine.bodies == []


@pytest.fixture(scope="module")
async def doors(
    world: World, postgres: str, tmp_path_factory: pytest.TempPathFactory, engine: Held
) -> AsyncIterator[list[ClientSession]]:
    """Three server processes on one database, each with a key of ours."""
    database = runtime_url(f"{postgres.rpartition('/')[0]}/attacks")
    folder = tmp_path_factory.mktemp("doors")
    async with AsyncExitStack() as stack:
        opening = [another_door(world, database, folder / str(n), engine.url) for n in range(3)]
        yield [await stack.enter_async_context(each) for each in opening]


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[Held]:
    found = Held()
    async with upstream(found.answer) as found.url:
        yield found


@pytest.fixture
def held(engine: Held) -> Iterator[Held]:
    """It holds back from here on, and nothing after."""
    engine.let.clear()
    engine.inside = 0
    yield engine
    engine.let.set()


async def test_parallel_calls_cannot_spend_more_than_the_budget(
    world: World, doors: list[ClientSession], held: Held
) -> None:
    """Fifty at once, over three processes, where ten fit: ten are let in, and none has ended yet."""
    held.let.set()
    assert (await chat(doors[0], max_tokens=20)).status == 200
    async with world.house.database.tenant_session(world.ours.actor) as db:
        most = await db.fetchval("SELECT max(most_cost) FROM gateway_usage")
    held.let.clear()
    held.inside = 0
    async with budgeted(world, 10 * most + most // 2):
        calls = [asyncio.create_task(chat(doors[n % 3], max_tokens=20)) for n in range(50)]
        refused = await held.all_but(calls, 10)
        assert [reply.status for reply in refused] == [402] * 40 and held.inside == 10
        held.let.set()
        assert sorted([(await call).status for call in calls]) == [200] * 10 + [402] * 40
        assert held.inside == 10, "one that was refused was sent all the same"
        await settled(world)
        async with world.house.database.tenant_session(world.ours.actor) as db:
            budget = await db.fetchrow("SELECT spent, reserved FROM gateway_budgets")
            spent = await db.fetchval(
                "SELECT sum(cost) FROM (SELECT cost FROM gateway_usage ORDER BY id DESC LIMIT 10)"
            )
        assert (budget["spent"], budget["reserved"]) == (spent, 0) and spent <= 10 * most


async def test_parallel_calls_are_no_more_at_once_than_the_limit(
    world: World, doors: list[ClientSession], held: Held
) -> None:
    limits = LimitService(world.house.database)
    await limits.set(world.ours.actor, TENANT, Limits(at_once=10))
    try:
        calls = [asyncio.create_task(chat(doors[n % 3], max_tokens=20)) for n in range(50)]
        refused = await held.all_but(calls, 10)
        assert [reply.status for reply in refused] == [429] * 40 and held.inside == 10
        held.let.set()
        assert [(await call).status for call in calls].count(200) == 10
        await settled(world)
        assert (await chat(doors[0], max_tokens=20)).status == 200
    finally:
        held.let.set()
        await settled(world)
        await limits.remove(world.ours.actor, TENANT)


def test_clocks_that_move_and_sums_that_must_hold_are_tried_in_the_ledgers_rooms() -> None:
    assert missing("gateway/ledger/test_budgets",
                   "of_fifty_at_once_over_two_processes_ten_fit_and_ten_are_admitted",
                   "a_clock_set_back_over_midnight_opens_no_budget_again") == []  # fmt: skip
    assert missing("gateway/ledger/test_limits",
                   "a_clock_that_jumps_and_comes_back_neither_gives_nor_locks") == []  # fmt: skip
    assert (
        missing("gateway/ledger/test_sums", "a_cap_holds_and_the_sums_are_those_of_the_rows") == []
    )

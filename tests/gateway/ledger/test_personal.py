"""Who called is given to them, and forgotten when its time is over; what it cost is not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.gateway.ledger import personal
from lionrock.gateway.ledger.calls import Outcome
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.personal import USAGE_CLASS, UsageAgeing, UsageData
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import NOBODY, Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.sources import Found, Person
from lionrock.kernel.purposes import RETENTION_CLASSES
from tests.building import house_of
from tests.gateway.ledger.making import (
    TENANT,
    Hands,
    budget,
    call,
    new_key,
    of_member,
    usage,
    used,
)

NOW = datetime(2028, 3, 3, 4, tzinfo=UTC)
"""24 months after the clock's day, and a day."""
_UNUSED: Any = None


@pytest.fixture
async def aged(database: Database, actor: Actor) -> Actor:
    """The actor used 100 tokens with a key, limits and budgets of theirs and the tenant's; a day
    later 20. The tenant has the class."""
    (kept,) = [k for k in RETENTION_CLASSES if k.code == USAGE_CLASS]
    await classed(database, actor, kept.maximum_months)
    for whose in (TENANT, of_member(actor)):
        await LimitService(database).set(actor, whose, Limits(at_once=9))
        await budget(database, actor, 50, whose=whose)
    key, clock = await new_key(database, actor), Hands()
    async with Ledger(database, clock=clock) as ledger:
        await ledger.settle(await ledger.admit(call(actor, key=key)), used(100))
        clock.move(days=1)
        await ledger.settle(await ledger.admit(call(actor)), used(20, Outcome.FAILED))
    return actor


async def classed(
    database: Database, actor: Actor, months: int | None, *, automatic: bool = True
) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO retention_classes (tenant_id, code, title_en, title_zh, starts,"
            " maximum_months, automatic) VALUES ($1, $2, 'x', 'x', 'added', $3, $4) ON CONFLICT (tenant_id, code)"
            " DO UPDATE SET maximum_months = excluded.maximum_months, automatic = excluded.automatic",
            *(actor.tenant_id, USAGE_CLASS, months, automatic),
        )


def named(rows: Sequence[asyncpg.Record]) -> list[UUID]:
    return [row["member_id"] for row in rows]


async def test_past_its_time_a_row_keeps_its_cost_and_loses_its_member_and_key(
    database: Database, aged: Actor
) -> None:
    before = await usage(database, aged)
    assert await UsageAgeing(database).forget(aged.tenant_id, now=NOW) == 1
    old, recent = await usage(database, aged)
    assert (old["member_id"], old["key_id"]) == (NOBODY, None)
    for column in ("cost", "tokens_in", "tokens_out", "started_at", "model", "outcome"):
        assert old[column] == before[0][column]
    assert len(before[0]["budgets"]) == 2 and len(before[0]["limits"]) == 2
    assert len(old["budgets"]) == len(old["periods"]) == len(old["limits"]) == 1
    assert dict(recent) == dict(before[1]), "a day younger"


async def test_nothing_goes_before_its_day_in_hong_kong(database: Database, aged: Actor) -> None:
    midnight = datetime(2028, 3, 2, 16, tzinfo=UTC)
    ageing = UsageAgeing(database)
    assert await ageing.forget(aged.tenant_id, now=midnight - timedelta(seconds=1)) == 0
    assert await ageing.forget(aged.tenant_id, now=midnight) == 1
    assert await ageing.forget(aged.tenant_id, now=midnight) == 0


@pytest.mark.parametrize(("months", "automatic"), [(None, True), (24, False)])
async def test_nothing_goes_that_the_class_does_not_let_go(
    database: Database, aged: Actor, months: int | None, automatic: bool
) -> None:
    await classed(database, aged, months, automatic=automatic)
    assert await UsageAgeing(database).forget(aged.tenant_id, now=NOW) == 0
    assert named(await usage(database, aged)) == [aged.id, aged.id]


async def test_a_hold_keeps_the_names_until_it_is_released(database: Database, aged: Actor) -> None:
    hold, ageing = uuid4(), UsageAgeing(database)
    async with database.tenant_session(aged) as db:
        await db.execute(
            "INSERT INTO holds (tenant_id, id, name, reason, placed_by) VALUES ($1, $2, 'x', 'x', $3)",
            *(aged.tenant_id, hold, aged.id),
        )
        await db.execute(
            "INSERT INTO hold_targets (tenant_id, hold_id, kind, target_id)"
            " VALUES ($1, $2, 'tenant', $1)",
            *(aged.tenant_id, hold),
        )
    assert await ageing.forget(aged.tenant_id, now=NOW) == 0
    async with database.tenant_session(aged) as db:
        await db.execute(
            "UPDATE holds SET released_at = now(), released_by = $2, release_reason = 'x'"
            " WHERE id = $1",
            *(hold, aged.id),
        )
    assert await ageing.forget(aged.tenant_id, now=NOW) == 1


async def test_a_call_under_way_keeps_its_member(database: Database, aged: Actor) -> None:
    async with Ledger(database, clock=Hands()) as ledger:
        admission = await ledger.admit(call(aged))
        ageing = UsageAgeing(database)
        assert await ageing.forget(aged.tenant_id, now=NOW) == 1
        await ledger.settle(admission, used(10))
        assert await ageing.forget(aged.tenant_id, now=NOW) == 1


async def test_many_go_in_several_rounds_each_on_record(
    database: Database, aged: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "_AT_ONCE", 2)
    async with Ledger(database, clock=Hands()) as ledger:
        made = await asyncio.gather(*(ledger.admit(call(aged)) for _ in range(4)))
        await asyncio.gather(*(ledger.settle(one, used(2)) for one in made))
    assert await UsageAgeing(database).forget(aged.tenant_id, now=NOW) == 5
    async with database.tenant_session(aged) as db:
        events = await db.fetchval(
            "SELECT count(*) FROM events WHERE event = 'gateway:usage:forget'"
        )
    assert events == 3
    assert set(named(await usage(database, aged))) == {NOBODY, aged.id}


async def test_the_house_does_it_as_time_passes_and_gives_a_copy_to_who_asks(
    database: Database, aged: Actor, tmp_path: Path
) -> None:
    await classed(database, aged, 0)
    async with house_of(database, aged, tmp_path, working=False) as house:
        assert "usage" in {s.name for s in house.privacy.findings._sources}
        await house.privacy.keep_time()
    assert set(named(await usage(database, aged))) == {NOBODY}


async def found(database: Database, actor: Actor, member: UUID | None) -> list[Found]:
    person = Person(uuid4(), (), member)
    return [f async for f in UsageData(database).find(actor, person, _UNUSED)]


async def test_a_members_calls_are_found_by_their_id_and_given_as_a_table(
    database: Database, aged: Actor, stranger: Actor
) -> None:
    (place,) = await found(database, aged, aged.id)
    assert (place.target, place.excerpt) == (aged.id, "2")
    for who, member in ((aged, None), (aged, stranger.id), (stranger, aged.id)):
        assert not await found(database, who, member)
    (part,) = await UsageData(database).copy(aged, place.target, [])
    lines = part.text.splitlines()
    assert len(lines) == 3 and lines[0].startswith('"time","model"')
    assert '"small","yes","finished","50","50","HKD","1.00"' in lines[1]
    assert str(aged.id) not in part.text

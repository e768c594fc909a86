"""What was exchanged goes when its time is over, unless it is held, and its month's key after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Erased
from lionrock.gateway.exchanges import ageing
from lionrock.gateway.exchanges.ageing import EXCHANGE_CLASS, ExchangeAgeing
from lionrock.gateway.exchanges.records import month
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.purposes import RETENTION_CLASSES
from lionrock.kernel.vault.service import Vault
from tests.building import house_of
from tests.gateway.exchanges.making import kept, put

MARCH = datetime(2026, 3, 2, 4, tzinfo=UTC)
DUE = datetime(2027, 3, 2, 16, tzinfo=UTC)
"""Midnight in Hong Kong at the end of the day twelve months later."""


async def classed(
    database: Database, actor: Actor, months: int | None = 12, *, automatic: bool = True
) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO retention_classes (tenant_id, code, title_en, title_zh, starts,"
            " maximum_months, automatic) VALUES ($1, $2, 'x', 'x', 'added', $3, $4)"
            " ON CONFLICT (tenant_id, code) DO UPDATE SET maximum_months = excluded.maximum_months,"
            " automatic = excluded.automatic",
            *(actor.tenant_id, EXCHANGE_CLASS, months, automatic),
        )


async def held(database: Database, actor: Actor, kind: str, target: UUID) -> UUID:
    hold = uuid4()
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO holds (tenant_id, id, name, reason, placed_by) VALUES ($1, $2, 'x', 'x', $3)",
            *(actor.tenant_id, hold, actor.id),
        )
        await db.execute(
            "INSERT INTO hold_targets (tenant_id, hold_id, kind, target_id) VALUES ($1, $2, $3, $4)",
            *(actor.tenant_id, hold, kind, target),
        )
    return hold


async def forgotten(database: Database, actor: Actor) -> Sequence[str]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT event FROM events WHERE event = 'gateway:exchange:forget'")
    return [r["event"] for r in rows]


def destroyed(vault: Vault, actor: Actor, moment: datetime) -> bool:
    try:
        vault.key(actor.tenant_id, month(moment))
    except Erased:
        return True
    return False


async def test_past_its_time_it_goes_and_what_is_a_day_younger_stays(
    database: Database, vault: Vault, actor: Actor, stranger: Actor
) -> None:
    (told,) = [c for c in RETENTION_CLASSES if c.code == EXCHANGE_CLASS]
    await classed(database, actor, told.maximum_months)
    await put(database, vault, actor, "old", at=MARCH)
    young = await put(database, vault, actor, "young", at=MARCH + timedelta(days=1))
    await put(database, vault, stranger, "another's", at=MARCH)
    forget = ExchangeAgeing(database, vault).forget
    assert await forget(actor.tenant_id, now=DUE - timedelta(seconds=1)) == 0
    assert await forget(actor.tenant_id, now=DUE) == 1
    assert await forget(actor.tenant_id, now=DUE) == 0
    assert [r["id"] for r in await kept(database, actor)] == [young]
    assert len(await forgotten(database, actor)) == 1 and len(await kept(database, stranger)) == 1


@pytest.mark.parametrize(("months", "automatic"), [(None, True), (12, False)])
async def test_nothing_goes_that_the_class_does_not_let_go(
    database: Database, vault: Vault, actor: Actor, months: int | None, automatic: bool
) -> None:
    await classed(database, actor, months, automatic=automatic)
    await put(database, vault, actor, "old", at=MARCH)
    assert await ExchangeAgeing(database, vault).forget(actor.tenant_id, now=DUE) == 0


async def test_a_hold_keeps_one_and_its_months_key_until_it_is_released(
    database: Database, vault: Vault, actor: Actor
) -> None:
    await classed(database, actor)
    wanted = await put(database, vault, actor, "wanted", at=MARCH)
    await put(database, vault, actor, "old", at=MARCH)
    hold = await held(database, actor, "exchange", wanted)
    forget, later = ExchangeAgeing(database, vault).forget, DUE + timedelta(days=60)
    assert await forget(actor.tenant_id, now=later) == 1
    assert [r["id"] for r in await kept(database, actor)] == [wanted]
    assert not destroyed(vault, actor, MARCH)
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE holds SET released_at = now(), released_by = $2, release_reason = 'x'"
            " WHERE id = $1",
            *(hold, actor.id),
        )
    assert await forget(actor.tenant_id, now=later) == 1
    assert destroyed(vault, actor, MARCH)


async def test_a_hold_on_the_tenant_keeps_all(
    database: Database, vault: Vault, actor: Actor
) -> None:
    await classed(database, actor)
    await put(database, vault, actor, "old", at=MARCH)
    await held(database, actor, "tenant", actor.tenant_id)
    assert await ExchangeAgeing(database, vault).forget(actor.tenant_id, now=DUE) == 0


async def test_the_key_of_a_month_goes_once_the_month_is_over_and_empty(
    database: Database, vault: Vault, actor: Actor
) -> None:
    await classed(database, actor)
    await put(database, vault, actor, "old", at=MARCH)
    later = datetime(2026, 4, 20, tzinfo=UTC)
    await put(database, vault, actor, "april", at=later)
    forget = ExchangeAgeing(database, vault).forget
    await forget(actor.tenant_id, now=DUE)
    assert not destroyed(vault, actor, MARCH), "March is not over by the class's clock"
    await forget(actor.tenant_id, now=DUE + timedelta(days=31))
    assert destroyed(vault, actor, MARCH) and not destroyed(vault, actor, later)
    async with database.tenant_session(actor) as db:
        stones = await db.fetch("SELECT kind, name FROM vault_tombstones")
    assert [tuple(s) for s in stones] == [("exchanges", "2026-03")]
    assert len(await kept(database, actor)) == 1


async def test_many_go_in_several_rounds_each_on_record(
    database: Database, vault: Vault, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ageing, "_AT_ONCE", 2)
    await classed(database, actor)
    for n in range(5):
        await put(database, vault, actor, f"{n}", at=MARCH)
    assert await ExchangeAgeing(database, vault).forget(actor.tenant_id, now=DUE) == 5
    assert len(await forgotten(database, actor)) == 3


async def test_the_house_does_it_as_time_passes(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    await classed(database, actor)
    async with house_of(database, actor, tmp_path, working=False) as house:
        await put(database, house.vault, actor, "old", at=datetime(2020, 1, 1, tzinfo=UTC))
        await house.privacy.keep_time()
        assert await kept(database, actor) == []
        assert destroyed(house.vault, actor, datetime(2020, 1, 1, tzinfo=UTC))

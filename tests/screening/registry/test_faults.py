"""One name on which comparing breaks keeps nobody else waiting, and is told of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from lionrock.errors import LionrockError
from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match
from lionrock.screening.registry.batches import Batches
from lionrock.screening.registry.registry import Registry
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import ENGINE, Listed, SmallIndex, compare, person
from tests.screening.registry.test_batches import file_of, results

BAD = "bad omen"


def brittle(query: Entity, listed: Entity) -> Match:
    """Breaks on one name, whichever side it is on."""
    if BAD in (query.caption, listed.caption):
        raise RecursionError("too deep")
    return compare(query, listed)


class Brittle(SmallIndex):
    """Breaks when that name is searched for."""

    def screen(self, query: Entity, *, threshold: float, limit: int) -> list[Match]:
        if query.caption == BAD:
            raise RecursionError("too deep")
        return super().screen(query, threshold=threshold, limit=limit)

    def reached(self, listed: Entity, *, threshold: float) -> list[str]:
        if listed.caption == BAD:
            raise RecursionError("too deep")
        return super().reached(listed, threshold=threshold)


class Down(SmallIndex):
    """An index that answers nobody."""

    def screen(self, query: Entity, *, threshold: float, limit: int) -> list[Match]:
        raise RuntimeError("the index is damaged")


BRITTLE = replace(ENGINE, build=Brittle.build, open=Brittle.open, compare=brittle)


@pytest.fixture
async def brittle_desk(desk: Desk) -> AsyncIterator[Desk]:
    registry = Registry.open(desk.database, desk.vault, desk.home, engine=BRITTLE, sink=desk.told)
    yield replace(desk, registry=registry)
    await registry.close()


async def listed(desk: Desk, *names: str) -> Any:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    people = [person(str(n), name) for n, name in enumerate(names)]
    await desk.registry.imports.take(desk.manager, made, Listed(people))
    return made


def batches_of(desk: Desk) -> Batches:
    return Batches(desk.database, desk.vault, desk.registry.screener, chunk=5)


async def test_a_row_that_cannot_be_screened_is_told_and_all_others_are_screened(
    brittle_desk: Desk,
) -> None:
    desk = brittle_desk
    await listed(desk, "chan tai", "wong lee")
    batches = batches_of(desk)
    rows = ["chan tai", BAD, "wong lee", "nobody", "chan tai", "wong lee"]
    first = await batches.submit(desk.manager, file_of(rows), "jsonl")
    second = await batches.submit(desk.manager, file_of(["chan tai"]), "jsonl")
    await batches.work(desk.manager.tenant_id)
    done = await batches.get(desk.manager, first)
    assert (done.state, done.done, done.hits, done.failed) == ("done", 6, 4, 1)
    lines = [json.loads(x) for x in (await results(batches, desk.manager, first)).splitlines()]
    assert "could not be screened" in lines[1]["fault"] and "hits" not in lines[1]
    assert [len(x.get("hits", "-")) for x in lines] == [1, 1, 1, 0, 1, 1]
    csv = (await results(batches, desk.manager, first, "csv")).decode()
    assert "not screened: " in csv
    assert (await batches.get(desk.manager, second)).state == "done"


async def test_a_file_that_cannot_go_on_keeps_no_other_waiting(desk: Desk) -> None:
    await listed(desk, "chan tai")
    batches = batches_of(desk)
    first = await batches.submit(desk.manager, file_of(["chan tai", "wong"]), "jsonl")
    second = await batches.submit(desk.manager, file_of(["chan tai"]), "jsonl")
    async with desk.database.tenant_session(desk.manager) as db:
        # Lists of another day, whose index nobody can open.
        await db.execute("UPDATE screening_batches SET settings = '[1]' WHERE id = $1", first)
    await batches.work(desk.manager.tenant_id)
    assert (await batches.get(desk.manager, second)).state == "done"
    assert (await batches.get(desk.manager, first)).state == "running"


async def test_where_nobody_can_be_screened_no_row_is_blamed(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await listed(desk, "chan tai")
    engine = replace(ENGINE, build=Down.build, open=Down.open, version="down")
    registry = Registry.open(desk.database, desk.vault, desk.home, engine=engine)
    made = await registry.batches.submit(desk.manager, file_of(["chan tai", "wong"]), "jsonl")
    await registry.batches.work(desk.manager.tenant_id)
    assert "damaged" in caplog.text
    waiting = await registry.batches.get(desk.manager, made)
    assert (waiting.state, waiting.done, waiting.failed) == ("running", 0, 0)
    await registry.close()


async def test_a_customer_who_cannot_be_screened_waits_alone_and_is_on_record(
    brittle_desk: Desk,
) -> None:
    desk = brittle_desk
    await listed(desk, "chan tai")
    customers = desk.registry.customers
    bad = await customers.put(desk.manager, person("A", BAD))
    await customers.put(desk.manager, person("B", "chan tai"))
    await desk.settle()
    assert await desk.count("screening_hits") == 1
    assert (await customers.find(desk.manager, "A")).pending
    assert not (await customers.find(desk.manager, "B")).pending
    assert await desk.events("screening:customer:fail") == 1
    await desk.settle()
    assert await desk.events("screening:customer:fail") == 1, "not again every two seconds"
    assert await customers.put(desk.manager, person("A", "chan tai")) == bad
    await desk.settle()
    assert await desk.count("screening_hits") == 2
    assert not (await customers.find(desk.manager, "A")).pending


@pytest.mark.parametrize(("per_entry", "searched"), [(0, False), (0, True), (1000, False)])
async def test_an_entry_that_cannot_be_compared_holds_up_no_other(
    brittle_desk: Desk, per_entry: int, searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`searched`: it can be looked for among customers, and breaks once it is compared."""
    desk = brittle_desk
    if searched:
        monkeypatch.delattr(Brittle, "reached")
    desk.registry.continuous._per_entry = per_entry
    made = await listed(desk, "wong lee")
    await desk.registry.customers.put(desk.manager, person("A", "chan tai"))
    await desk.registry.customers.put(desk.manager, person("B", "omen"))
    await desk.settle()
    more = [person("0", "wong lee"), person("1", BAD), person("2", "chan tai")]
    await desk.registry.imports.take(desk.manager, made, Listed(more))
    await desk.settle()
    assert not (await desk.registry.customers.find(desk.manager, "A")).pending
    assert await desk.count("screening_hits") == 1
    assert (await desk.registry.customers.find(desk.manager, "B")).pending, "told, not passed over"
    assert await desk.events("screening:customer:fail") == 1
    # Once the entry is gone, whoever failed on it is tried again.
    mended = Listed([more[0], person("1", "good omen"), more[2]])
    done = await desk.registry.imports.take(desk.manager, made, mended)
    await desk.registry.imports.confirm(desk.manager, made, done.version.number)
    await desk.settle()
    assert not (await desk.registry.customers.find(desk.manager, "B")).pending


async def test_a_locked_key_blames_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await listed(desk, "chan tai")
    await desk.registry.customers.put(desk.manager, person("A", "chan tai"))

    async def locked(*_: object, **__: object) -> None:
        raise LionrockError("The key is locked.")

    monkeypatch.setattr(desk.registry.screener, "hits", locked)
    with pytest.raises(LionrockError):
        await desk.settle()
    assert await desk.events("screening:customer:fail") == 0

"""Hits of customers after any changes are those that a full screening finds, and the sink was told of each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Birth, Entity
from lionrock.screening.registry.continuous import Continuous
from lionrock.screening.registry.registry import Registry
from tests.conftest import new_tenant
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import ENGINE, Listed, Told, compare, person

WORDS = "chan wong lee tai man siu ming".split()
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
BIRTHS = st.sampled_from([(), (Birth(date(1970, 1, 1), date(1970, 12, 31)),)])
PEOPLE = st.tuples(st.integers(0, 5), NAMES, BIRTHS)
THRESHOLDS = st.sampled_from([None, 0.3, 0.6, 0.9])
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), PEOPLE, st.sampled_from(["", "pep"])),
        st.tuples(st.just("end"), st.integers(0, 5)),
        st.tuples(st.just("import"), st.integers(0, 1), st.lists(PEOPLE, max_size=6)),
        st.tuples(st.just("list"), st.integers(0, 1), st.booleans(), THRESHOLDS, THRESHOLDS),
        st.tuples(st.just("settle")),
    ),
    min_size=4,
    max_size=14,
)


def entity(told: tuple[int, str, tuple[Birth, ...]]) -> Entity:
    return person(f"id{told[0]}", told[1], births=told[2])


@dataclass
class Model:
    """What lists and customers are, in plain Python."""

    customers: dict[str, tuple[Entity, str]] = field(default_factory=dict)
    entries: dict[UUID, dict[str, Entity]] = field(default_factory=dict)
    thresholds: dict[UUID, tuple[float | None, float | None]] = field(default_factory=dict)
    active: dict[UUID, bool] = field(default_factory=dict)

    def expected(self) -> set[tuple[str, UUID, str, float]]:
        """A full screening by trying every pair: reference, list, entry, score."""
        found = set()
        for reference, (customer, type) in self.customers.items():
            for made, entries in self.entries.items():
                own, pep = self.thresholds[made]
                threshold = ENGINE.threshold if own is None else own
                if type == "pep" and pep is not None:
                    threshold = pep
                for entry in entries.values() if self.active[made] else ():
                    score = compare(customer, entry).score
                    if score >= threshold:
                        found.add((reference, made, entry.id, score))
        return found


class Live:
    """The sink's own view: what stands after all it was told."""

    def __init__(self) -> None:
        self.standing: dict[tuple[UUID, UUID, UUID], float] = {}

    async def hits_changed(
        self, db: asyncpg.Connection, actor: Actor, customer_id: UUID, hits: Sequence[object],
        gone: Sequence[tuple[UUID, UUID]],
    ) -> None:  # fmt: skip
        for pair in gone:
            del self.standing[customer_id, *pair]
        for hit in hits:
            key = (customer_id, hit.list.id, hit.entry_id)  # type: ignore[attr-defined]
            self.standing[key] = hit.score  # type: ignore[attr-defined]


async def hits(registry: Registry, database: Database, actor: Actor) -> list[asyncpg.Record]:
    async with database.tenant_session(actor) as db:
        rows: list[asyncpg.Record] = await db.fetch(
            "SELECT customer_id, list_id, entry_id, score, customer_digest, entry_digest"
            " FROM screening_hits WHERE tenant_id = $1 ORDER BY 1, 2, 3",
            actor.tenant_id,
        )
    return rows


async def as_told(
    registry: Registry, database: Database, actor: Actor
) -> set[tuple[str, UUID, str, float]]:
    """Hits by reference, list, the source's own id, score."""
    found = set()
    people = {c.id: c for c in await registry.customers.page(actor)}
    async with database.tenant_session(actor) as db:
        for row in await hits(registry, database, actor):
            number = await db.fetchval(
                "SELECT current_version FROM screening_lists WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, row["list_id"]),
            )
            stored = await registry.entries.these(
                db, actor.tenant_id, row["list_id"], number, [row["entry_id"]]
            )
            entry = stored[row["entry_id"]].entity.id
            found.add((people[row["customer_id"]].entity.id, row["list_id"], entry, row["score"]))
    return found


async def carried_out(
    registry: Registry, actor: Actor, lists: Sequence[UUID], model: Model, change: tuple[object, ...]
) -> None:  # fmt: skip
    match change:
        case ("put", told, str(type)):
            one = entity(told)  # type: ignore[arg-type]
            await registry.customers.put(actor, one, type=type)
            model.customers[one.id] = (one, type)
        case ("end", int(id)):
            if model.customers.pop(f"id{id}", None):
                await registry.customers.end(actor, f"id{id}")
        case ("import", int(which), list(told)):
            entries = {e.id: e for e in map(entity, told)}
            if entries:
                source = Listed(entries.values())
                done = await registry.imports.take(actor, lists[which], source)
                if done.version.state == "pending":
                    await registry.imports.confirm(actor, lists[which], done.version.number)
                model.entries[lists[which]] = entries
        case ("list", int(which), bool(active), own, pep):
            types = {} if pep is None else {"pep": float(pep)}  # type: ignore[arg-type]
            await registry.lists.change(
                actor, lists[which], name=f"list {which}", active=active,
                threshold=own, type_thresholds=types,  # type: ignore[arg-type]
            )  # fmt: skip
            model.thresholds[lists[which]] = (own, pep)  # type: ignore[assignment]
            model.active[lists[which]] = active
        case _:
            await registry.continuous.settle(actor.tenant_id)


@pytest.mark.parametrize("customers_per_entry", [0, 10**6], ids=["entries", "customers"])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
async def test_after_any_changes_the_hits_are_those_of_a_full_screening(
    database: Database, vault: Vault, customers_per_entry: int,
    changes: list[tuple[object, ...]],
) -> None:  # fmt: skip
    """Both ways of working: `entries` looks for what changed in an index of the customers,
    `customers` screens everyone."""
    actor = replace(await new_tenant(database), roles=frozenset({Role.REVIEWER}))
    with TemporaryDirectory() as home:
        sink, model = Live(), Model()
        registry = Registry.open(database, vault, Path(home), engine=ENGINE, sink=sink)
        registry.continuous = Continuous(
            database, vault, registry.customers, registry.screener, sink,
            customers_per_entry=customers_per_entry,
        )  # fmt: skip
        lists = [await registry.lists.create(actor, f"list {n}", "internal") for n in (0, 1)]
        model.thresholds, model.active = (
            dict.fromkeys(lists, (None, None)),
            dict.fromkeys(lists, True),
        )
        model.entries = {made: {} for made in lists}
        for change in changes:
            await carried_out(registry, actor, lists, model, change)
        await registry.continuous.settle(actor.tenant_id)
        assert await as_told(registry, database, actor) == model.expected()
        kept = await hits(registry, database, actor)
        standing = {tuple(r)[:3]: r["score"] for r in kept}
        assert sink.standing == standing, "the sink was told of every hit, and of what went"
        await registry.continuous.rescreen_all(actor.tenant_id)
        assert await hits(registry, database, actor) == kept
        await registry.close()


async def test_a_list_change_tells_only_of_what_it_changed(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    everyone = [person(str(n), f"name{n} word{n}") for n in range(30)]
    await registry.imports.take(actor, made, Listed(everyone))
    for n in range(12):
        await registry.customers.put(actor, person(f"c{n}", f"name{n} word{n}"))
    await desk.settle()
    assert len(desk.told.changed) == 12
    desk.told.changed.clear()
    second = [replace(everyone[0], gender="male"), *everyone[2:], person("new", "name5 word5")]
    await registry.imports.take(actor, made, Listed(second))
    await desk.settle()
    told = {(h.entry.id, h.match.query_name.text) for _, h in desk.told.changed}
    assert told == {("0", "name0 word0"), ("new", "name5 word5")}
    assert [p[0] for _, p in desk.told.gone] == [made]
    assert await desk.events("screening:rescreen:finish") == 2


async def test_evidence_is_kept_with_a_hit_and_sealed(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    await registry.imports.take(actor, made, Listed([person("1", "Chan Tai Man")]))
    customer = await registry.customers.put(actor, person("c1", "CHAN Tai Man"))
    await desk.settle()
    async with desk.database.tenant_session(actor) as db:
        (known,) = await registry.continuous._hits.opened(db, actor.tenant_id, customer)
        body = await db.fetchval("SELECT body FROM screening_hits")
    assert known.match is not None and known.match.evidence[0].words.startswith("CHAN Tai Man")
    assert b"Tai" not in body


async def test_another_engine_has_everyone_screened_again(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    await registry.imports.take(actor, made, Listed([person("1", "chan tai man")]))
    await registry.customers.put(actor, person("c1", "chan tai man"))
    await desk.settle()
    sharper = replace(ENGINE, version="small 2", threshold=0.999)
    told = Told()
    renewed = Registry.open(desk.database, desk.vault, desk.home, engine=sharper, sink=told)
    await renewed.continuous.settle(actor.tenant_id)
    await renewed.close()
    assert await desk.count("screening_hits") == 0 and len(told.gone) == 1


async def test_several_workers_at_once_find_what_one_finds(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    dice = random.Random(7)
    names = [" ".join(dice.sample(WORDS, 3)) for _ in range(130)]
    lists = [await registry.lists.create(actor, f"list {n}", "internal") for n in range(2)]
    workers = [
        Continuous(desk.database, desk.vault, registry.customers, registry.screener, desk.told,
                   customers_per_entry=n)
        for n in (0, 1, 10**6)
    ]  # fmt: skip

    async def work(one: Continuous) -> None:
        for _ in range(6):
            await one.settle(actor.tenant_id)
            await asyncio.sleep(0.02)

    async def change() -> None:
        for n, name in enumerate(names):
            await registry.customers.put(actor, person(f"c{n % 40}", name))
            if n % 26 == 0:
                entries = [person(f"e{k}", dice.choice(names)) for k in range(12)]
                made = lists[n % 2]
                done = await registry.imports.take(actor, made, Listed(entries))
                if done.version.state == "pending":
                    await registry.imports.confirm(actor, made, done.version.number)

    await asyncio.gather(change(), *(work(w) for w in workers))
    await desk.settle()
    kept = await hits(registry, desk.database, actor)
    assert kept
    await registry.continuous.rescreen_all(actor.tenant_id)
    assert await hits(registry, desk.database, actor) == kept


def looking_for_entries(desk: Desk) -> Continuous:
    """One that looks for entries among customers, however many there are of either."""
    registry = desk.registry
    return Continuous(
        desk.database, desk.vault, registry.customers, registry.screener, desk.told,
        customers_per_entry=0,
    )  # fmt: skip


async def test_an_entry_that_went_takes_its_hits_along(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    people = [person(str(n), f"name{n}") for n in range(12)]
    await registry.imports.take(actor, made, Listed(people))
    customer = await registry.customers.put(actor, person("c1", "name3"))
    worker = looking_for_entries(desk)
    await worker.settle(actor.tenant_id)
    assert await desk.count("screening_hits") == 1
    await registry.imports.take(actor, made, Listed([p for p in people if p.id != "3"]))
    await worker.settle(actor.tenant_id)
    assert await desk.count("screening_hits") == 0
    assert [c for c, _ in desk.told.gone] == [customer]


async def test_a_list_that_another_worker_is_done_with_meanwhile_is_not_missed(desk: Desk) -> None:
    """The customer is pending, so the rescreen leaves them out; whoever screens them must see the
    list as it is by then, not as it was when their index was opened."""
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    people = [person(str(n), f"name{n}") for n in range(12)]
    await registry.imports.take(actor, made, Listed(people))
    await desk.settle()
    await registry.customers.put(actor, person("c1", "chan tai man"))
    late, opened = looking_for_entries(desk), registry.screener.against

    @asynccontextmanager
    async def slow(*how: Any, **named: Any) -> AsyncIterator[Any]:
        async with opened(*how, **named) as against:
            registry.screener.against = opened  # type: ignore[method-assign]
            added = [*people, person("new", "chan tai man")]
            await registry.imports.take(actor, made, Listed(added))
            assert await looking_for_entries(desk)._lists(actor.tenant_id)
            yield against

    registry.screener.against = slow  # type: ignore[method-assign]
    await late.settle(actor.tenant_id)
    assert await desk.count("screening_hits") == 1

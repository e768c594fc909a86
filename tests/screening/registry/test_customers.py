"""Customers: put, ended, taken from files; sealed; and found and erased as personal data."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.sources import Person
from lionrock.screening.personal.rooms import PersonalData
from lionrock.screening.registry import customers as module
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import Listed, person


async def test_a_customer_is_added_changed_ended_and_comes_back(desk: Desk) -> None:
    customers, actor = desk.registry.customers, desk.manager
    made = await customers.put(actor, person("C1", "Chan Tai Man"), type="pep")
    assert await customers.put(actor, person("C1", "Chan Tai Man"), type="pep") == made
    first = await customers.find(actor, "C1")
    assert (first.version, first.type, first.pending) == (1, "pep", True)
    await customers.put(actor, person("C1", "Chan Siu Man"), type="pep")
    assert (await customers.find(actor, "C1")).version == 2
    await customers.end(actor, "C1")
    assert not (await customers.find(actor, "C1")).active
    with pytest.raises(NotFound):
        await customers.end(actor, "C1")
    assert await customers.put(actor, person("C1", "Chan Siu Man")) == made
    assert (await customers.find(actor, "C1")).active
    assert await desk.events("screening:customer:change") == 3
    assert await desk.events("screening:customer:end") == 1


async def test_what_was_written_of_an_earlier_version_is_refused(desk: Desk) -> None:
    customers, actor = desk.registry.customers, desk.manager
    await customers.put(actor, person("C1", "Chan Tai Man"))
    seen = (await customers.find(actor, "C1")).version
    await customers.end(actor, "C1")
    assert (await customers.find(actor, "C1")).version == seen + 1
    for name in ("Chan Siu Man", "Chan Tai Man"):
        with pytest.raises(Conflict, match="changed meanwhile"):
            await customers.put(actor, person("C1", name), version=seen)
    found = await customers.find(actor, "C1")
    assert not found.active and found.entity.names[0].text == "Chan Tai Man"
    await customers.put(actor, person("C1", "Chan Siu Man"), version=seen + 1)
    assert (await customers.find(actor, "C1")).active
    with pytest.raises(Conflict):
        await customers.put(actor, person("C2", "Wong"), version=1)
    with pytest.raises(Conflict):
        await customers.put(actor, person("C1", "Wong"), version=0)


async def test_an_update_over_another_version_than_was_read_writes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers, actor = desk.registry.customers, desk.manager
    await customers.put(actor, person("C1", "Chan Tai Man"))
    # As if another had changed them between reading and writing, which the lock prevents.
    stale = module._PUT.replace(
        "screening_customers.version = $8", "screening_customers.version > $8"
    )
    assert stale != module._PUT
    monkeypatch.setattr(module, "_PUT", stale)
    with pytest.raises(Conflict):
        await customers.put(actor, person("C1", "Chan Siu Man"))
    assert (await customers.find(actor, "C1")).version == 1


async def test_a_file_of_customers_is_taken_in_and_again_touches_nobody(desk: Desk) -> None:
    customers, actor = desk.registry.customers, desk.manager
    text = "reference,name,type\nC1,Chan Tai Man,\nC2,李小明,pep\n,Nobody,\nC3,,\nC2,李小明,bank\n"
    taken = await customers.take(actor, io.BytesIO(text.encode()), "csv")
    assert (taken.added, taken.changed, taken.unchanged, taken.refused) == (2, 0, 0, 2)
    assert [n for n, _ in taken.faults] == [3, 4]
    assert (await customers.find(actor, "C2")).type == "bank", "of two rows the later"
    await desk.settle()
    again = await customers.take(actor, io.BytesIO(text.encode()), "csv")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert await desk.count("screening_customers", "pending") == 0
    assert await desk.events("screening:customers:import") == 2


async def test_a_file_that_breaks_keeps_what_came_before_on_record_and_says_where(
    desk: Desk,
) -> None:
    customers, actor = desk.registry.customers, desk.manager
    lines = [f'{{"reference": "C{n}", "name": "Chan {n}"}}' for n in range(600)]
    text = "\n".join([*lines, "{", lines[0]])
    taken = await customers.take(actor, io.BytesIO(text.encode()), "jsonl")
    assert (taken.added, taken.refused) == (600, 1)
    ((number, fault),) = taken.faults
    assert number == 601 and "Line 601" in fault and "Nothing after it was read" in fault
    assert await desk.count("screening_customers") == 600
    async with desk.database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT p.payload->>'subject' AS subject, p.payload->'details'->>'added' AS added"
            " FROM events e JOIN event_payloads p ON p.event_id = e.id"
            " WHERE e.event = 'screening:customers:import' ORDER BY e.at, e.id"
        )
    assert [int(r["added"]) for r in rows] == [500, 100], "each transaction has its own"
    assert len({r["subject"] for r in rows}) == 1
    with pytest.raises(InvalidInput, match="Line 1"):
        await customers.take(actor, io.BytesIO(b"{"), "jsonl")
    assert await desk.events("screening:customers:import") == 2


async def test_half_a_character_makes_a_row_faulty_and_no_more(desk: Desk) -> None:
    row = '{"reference": "C\\ud800", "name": "Chan"}\n{"reference": "C2", "name": "Lee \\ud800"}\n'
    text = row + '{"reference": "C3", "name": "Ho"}'
    taken = await desk.registry.customers.take(desk.manager, io.BytesIO(text.encode()), "jsonl")
    assert (taken.added, taken.refused) == (1, 2)
    assert "half a character" in taken.faults[0][1]
    for entity in (person("C\ud800", "Chan"), person("C4", "Lee \ud800")):
        with pytest.raises(InvalidInput, match="half a character"):
            await desk.registry.customers.put(desk.manager, entity)


async def test_nothing_of_a_customer_stands_in_the_clear(desk: Desk) -> None:
    await desk.registry.customers.put(desk.manager, person("A123456(7)", "Chan Zanzibar"))
    async with desk.database.tenant_session(desk.manager) as db:
        row = await db.fetchval("SELECT c::text FROM screening_customers c")
        told = await db.fetchval("SELECT string_agg(payload::text, ' ') FROM event_payloads")
    for word in ("Zanzibar", "A123456"):
        assert word not in row and word.encode().hex() not in row and word not in told


async def test_two_tenants_same_reference_are_two_customers_with_unlike_hashes(
    desk: Desk, stranger: Actor
) -> None:
    theirs = replace(stranger, roles=frozenset({Role.ANALYST}))
    await desk.registry.customers.put(desk.manager, person("C1", "Chan"))
    with pytest.raises(NotFound):
        await desk.registry.customers.find(theirs, "C1")
    await desk.registry.customers.put(theirs, person("C1", "Chan"))
    hashes = set()
    for actor in (desk.manager, theirs):
        async with desk.database.tenant_session(actor) as db:
            row = await db.fetchrow("SELECT reference_hash, digest FROM screening_customers")
        hashes |= set(row)
    assert len(hashes) == 4


async def test_who_may_and_what_a_customer_is(desk: Desk) -> None:
    customers = desk.registry.customers
    auditor = replace(desk.manager, roles=frozenset({Role.AUDITOR}))
    with pytest.raises(Forbidden, match="screening:customer:manage"):
        await customers.put(auditor, person("C1", "Chan"))
    assert await customers.page(auditor) == []
    for wrong in (
        person("", "Chan"),
        person("x" * 201, "Chan"),
        replace(person("1", ""), names=()),
    ):
        with pytest.raises(InvalidInput):
            await customers.put(desk.manager, wrong)
    with pytest.raises(InvalidInput, match="type"):
        await customers.put(desk.manager, person("C1", "Chan"), type="Private Banking")


async def test_a_customer_is_found_as_personal_data_and_erased_with_hits_and_index(
    desk: Desk,
) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    people = [person(str(n), f"name{n}") for n in range(11)]
    await registry.imports.take(actor, made, Listed([*people, person("x", "chan tai man")]))
    wanted = await registry.customers.put(actor, person("C1", "chan tai man"))
    for n in range(15):
        await registry.customers.put(actor, person(f"D{n}", f"wong {n}"))
    await desk.settle()
    # One entry changed, many customers: these are indexed.
    await registry.imports.take(actor, made, Listed([*people, person("x", "chan man tai")]))
    await desk.settle()
    shelf = desk.home / "indexes" / "screening" / actor.tenant_id.hex / "customers"
    assert any(b"chan tai man" in p.read_bytes() for p in shelf.rglob("*") if p.is_file())
    data = PersonalData.open(desk.database, desk.vault, registry.hashes, registry.indexes).customers
    known = Identifier(kind=IdentifierKind.NAME, value="Chan Tai Man")
    found = [f async for f in data.find(actor, Person(uuid4(), (known,)), Matcher([known]))]
    assert [f.target for f in found] == [wanted]
    async with desk.database.tenant_session(actor) as db:
        described = await data.describe(db, actor, wanted)
        assert described is not None and described.facts["hits"] == 1
        assert str(described.scopes[0]) == f"customer/{wanted.hex}"
        await data.erase_rows(db, actor, wanted)
    await data.erase_outside(actor, wanted, described.facts)
    assert not shelf.exists() and await desk.count("screening_hits") == 0
    with pytest.raises(NotFound):
        await registry.customers.find(actor, "C1")

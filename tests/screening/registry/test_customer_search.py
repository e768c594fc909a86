"""A customer is found by name, some at a time, and only by who may read customers."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Forbidden, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.screening.registry.customer_search import named
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import person


@pytest.mark.parametrize("words", ["tai man", "Man CHAN", "chan, tai", "陈大"])
async def test_case_order_and_form_of_characters_do_not_matter(desk: Desk, words: str) -> None:
    customers = desk.registry.customers
    await customers.put(desk.manager, person("C1", "CHAN Tai Man"))
    await customers.put(desk.manager, person("C2", "陳大文"))
    await customers.put(desk.manager, person("C3", "Wong Siu Ming"))
    found = await named(customers, desk.manager, words)
    assert [c.entity.id for c in found.customers] == ["C2" if "陈" in words else "C1"]
    assert (found.looked, found.next) == (3, None)


async def test_words_of_different_names_do_not_make_one(desk: Desk) -> None:
    made = person("C1", "Chan Tai Man")
    other = person("C1", "Wong Siu Ming").names
    await desk.registry.customers.put(desk.manager, replace(made, names=made.names + other))
    assert not (await named(desk.registry.customers, desk.manager, "Chan Ming")).customers
    assert not (await named(desk.registry.customers, desk.manager, " , ")).customers


async def test_searches_one_after_the_other_look_at_everyone_once(desk: Desk) -> None:
    customers = desk.registry.customers
    for n in range(5):
        await customers.put(desk.manager, person(f"C{n}", "Chan Tai Man"))
    seen, found = [], await named(customers, desk.manager, "chan", most=2)
    while True:
        assert found.looked <= 2
        seen += [c.entity.id for c in found.customers]
        if found.next is None:
            break
        found = await named(customers, desk.manager, "chan", after=found.next, most=2)
    assert sorted(seen) == [f"C{n}" for n in range(5)]


async def test_who_may_not_read_customers_finds_none(desk: Desk) -> None:
    chief = replace(desk.manager, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(Forbidden):
        await named(desk.registry.customers, chief, "chan")
    with pytest.raises(Forbidden):
        await desk.registry.customers.get(chief, uuid4())


async def test_by_its_id_here_a_customer_is_the_tenants_alone(desk: Desk, stranger: Actor) -> None:
    made = await desk.registry.customers.put(desk.manager, person("C1", "Chan Tai Man"))
    assert (await desk.registry.customers.get(desk.manager, made)).entity.id == "C1"
    other = replace(stranger, roles=frozenset({Role.REVIEWER}))
    with pytest.raises(NotFound):
        await desk.registry.customers.get(other, made)

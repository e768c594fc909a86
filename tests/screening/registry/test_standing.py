"""How far a customer has been screened is told as it is: what waits, waits."""

from __future__ import annotations

from lionrock.screening.registry.standing import Standing, standing
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import Listed, person


async def told(desk: Desk) -> Standing:
    found = await desk.registry.customers.find(desk.manager, "C1")
    return await standing(desk.database, desk.manager, found, default=0.5)


async def test_a_customer_waits_until_they_are_screened_and_again_when_a_list_changes(
    desk: Desk,
) -> None:
    lists, imports, manager = desk.registry.lists, desk.registry.imports, desk.manager
    made = await lists.create(manager, "UN", "un", threshold=0.6, type_thresholds={"pep": 0.4})
    await imports.take(manager, made, Listed([person("E1", "Chan Tai Man")]))
    await desk.registry.customers.put(manager, person("C1", "Chan Tai Man"), type="pep")
    before = await told(desk)
    assert not before.settled and before.since is None
    await desk.settle()
    first = await told(desk)
    assert first.settled and first.since is not None
    (against,) = first.lists
    assert (against.name, against.version, against.threshold) == ("UN", 1, 0.4)
    await imports.take(manager, made, Listed([person("E1", "Chan Tai Man"), person("E2", "Wong")]))
    waiting = await told(desk)
    assert not waiting.settled and waiting.lists[0].waits and waiting.lists[0].version == 2
    await desk.settle()
    then = await told(desk)
    assert then.settled and then.since is not None and then.since > first.since


async def test_whoever_ended_is_screened_up_to_no_moment(desk: Desk) -> None:
    await desk.registry.customers.put(desk.manager, person("C1", "Chan Tai Man"))
    await desk.registry.customers.end(desk.manager, "C1")
    assert not (await told(desk)).settled, "their hits are still to go"
    await desk.settle()
    now = await told(desk)
    assert now.settled and now.since is None and now.lists == []


async def test_a_list_without_a_threshold_has_the_engines(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed([person("E1", "Chan Tai Man")]))
    await desk.registry.customers.put(desk.manager, person("C1", "Chan Tai Man"))
    assert [a.threshold for a in (await told(desk)).lists] == [0.5]

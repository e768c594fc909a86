"""What changes something leaves an event; what only looks is listed with the reason where it must not."""

from __future__ import annotations

import asyncio

import pytest

from tests.matrix.recipes import RECIPES
from tests.matrix.surface import CHANGING, Operation, operations
from tests.matrix.test_matrix import recipe_of
from tests.matrix.world import World

CHANGES = [o for o in operations() if o.method in CHANGING]
_SECONDS = 10


@pytest.mark.parametrize("operation", CHANGES, ids=lambda o: o.id)
async def test_a_change_writes_an_event(world: World, operation: Operation) -> None:
    recipe = recipe_of(operation)
    sent = await recipe.make(world.ours)
    actor = await world.who_may(recipe.needs)
    token = await world.credential(operation, actor, session=recipe.session)
    before = await world.events()
    reply = await world.send(operation, sent, token, session=recipe.session)
    assert reply.status < 400, reply.body
    if recipe.quiet:
        return
    for _ in range(_SECONDS * 50):  # a stopped run is on record a moment later
        if await world.events() > before:
            return
        await asyncio.sleep(0.02)
    pytest.fail(
        f"{operation.id} wrote no event: record one in the transaction of the change (kernel/events.py), "
        "or say in RECIPES under `quiet` why it changes nothing that needs one"
    )


def test_only_what_changes_something_is_excused() -> None:
    excused = {name for name, row in RECIPES.items() if row.quiet}
    assert excused <= {o.id for o in CHANGES}
    assert len(excused) <= 9

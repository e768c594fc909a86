"""The tuning report."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe
from tests.matrix.recipes_yente import dataset
from tests.matrix.world import Institution


async def tuning(of: Institution) -> Sent:
    name = await dataset(of)
    manager = replace(of.actor, roles=frozenset({Role.REVIEWER}))
    lists = await of.house.screening.registry.lists.listing(manager)
    (made,) = (x.id for x in lists if x.name == name)
    return Sent(json={"lists": [str(made)], "entries": 1, "customers": 0, "pairs": 0})


RECIPES: Final[dict[str, Recipe]] = {
    "POST /v1/screening/tuning": Recipe(
        tuning, P.SCREENING_TUNING_RUN, varies="it says when it was made, and by which event"
    ),
}

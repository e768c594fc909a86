"""yente's API: every route takes a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution
from tests.screening.registry.small import Listed, person

_EXAMPLE: Final = {"schema": "Person", "properties": {"name": ["Chan Tai Man"]}}
_DATASET: Final = ((Slot("path", ("dataset",)), "never_there"),)
_ENTITY: Final = ((Slot("path", ("entity_id",)), "never-there"),)


async def dataset(of: Institution) -> str:
    """A list of theirs, in use, and its name as a dataset: the canary's letters and digits."""
    manager = replace(of.actor, roles=frozenset({Role.REVIEWER}))
    registry = of.house.screening.registry
    name = "".join(c for c in of.canary.casefold() if c.isalnum())
    if name not in {x.name for x in await registry.lists.listing(manager)}:
        made = await registry.lists.create(manager, name, "own")
        listed = Listed([person(f"{name}-1", f"Chan Tai Man {name}")])
        await registry.imports.take(manager, made, listed)
    return name


async def match(of: Institution) -> Sent:
    return Sent(path={"dataset": await dataset(of)}, json={"queries": {"q": _EXAMPLE}})


async def search(of: Institution) -> Sent:
    return Sent(path={"dataset": await dataset(of)}, query={"q": "Chan Tai Man"})


async def entity(of: Institution) -> Sent:
    return Sent(path={"entity_id": f"{await dataset(of)}-1"})


RECIPES: Final[dict[str, Recipe]] = {
    "GET /yente/algorithms": Recipe(
        request(),
        everyone="it tells of the engine, which is the same for all",
        any_key="it tells of the engine, which is the same for all",
    ),
    "GET /yente/catalog": Recipe(request(), P.SCREENING_LIST_READ),
    "GET /yente/entities/{entity_id}": Recipe(entity, P.SCREENING_LIST_READ, more=_ENTITY),
    "GET /yente/healthz": Recipe(request(), open="a monitor asks whether the server is alive"),
    "GET /yente/readyz": Recipe(request(), open="a monitor asks whether the server is ready"),
    "GET /yente/search/{dataset}": Recipe(search, P.SCREENING_NAME_SCREEN, more=_DATASET),
    "POST /yente/match/{dataset}": Recipe(match, P.SCREENING_NAME_SCREEN, more=_DATASET),
}

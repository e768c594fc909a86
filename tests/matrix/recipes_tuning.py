"""The tuning report: over the API while one waits, and as a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.runs import TuningRun
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.recipes_yente import dataset
from tests.matrix.world import Institution

_MAY: Final = P.SCREENING_TUNING_RUN


async def measured(of: Institution) -> UUID:
    """The list that is measured; made once."""
    name = await dataset(of)
    manager = replace(of.actor, roles=frozenset({Role.REVIEWER}))
    lists = await of.house.screening.registry.lists.listing(manager)
    (made,) = (x.id for x in lists if x.name == name)
    return made


async def tuning(of: Institution) -> Sent:
    return Sent(json={"lists": [str(await measured(of))], "entries": 1, "customers": 0, "pairs": 0})


async def ended(of: Institution) -> TuningRun:
    """The newest of theirs, once it has ended; one is made if there is none."""
    house, made = of.house, await measured(of)
    if _MAY not in of.holders:
        of.holders[_MAY] = await of.member(Role.REVIEWER)
    owner, tunings = of.holders[_MAY], house.screening.tunings
    wanted = Wanted(lists=[made], entries=1, customers=0, pairs=0)
    run = next(iter(tunings.mine(owner)), None) or tunings.begin(owner, wanted, house.runs.watch)
    assert run.task is not None
    await run.task
    return run


async def asked(of: Institution) -> Sent:
    await ended(of)
    form = {
        "lists": str(await measured(of)),
        "entries": "1",
        "customers": "0",
        "pairs": "0",
        "seed": "1",
    }
    return Sent(form=form)


def run(form: dict[str, Any] | None = None, **path: str) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"run_id": str((await ended(of)).id), **path}, form=form)

    return make


_PAGE: Final = "/screening/tuning"

RECIPES: Final[dict[str, Recipe]] = {
    "POST /v1/screening/tuning": Recipe(
        tuning, _MAY, varies="it says when it was made, and by which event"
    ),
    f"GET {_PAGE}": Recipe(request(), _MAY),
    f"POST {_PAGE}": Recipe(asked, _MAY),
    f"GET {_PAGE}/{{run_id}}": Recipe(run(), _MAY, own=True),
    f"GET {_PAGE}/{{run_id}}/report.{{format}}": Recipe(run(format="json"), _MAY, own=True),
    f"POST {_PAGE}/{{run_id}}/stop": Recipe(
        run({}), _MAY, own=True, quiet="it ends what is being measured: nothing of it was kept"
    ),
}  # fmt: skip

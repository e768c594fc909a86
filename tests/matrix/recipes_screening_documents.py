"""The names in a document: over the API, and as a page."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.documents.runs import DocumentRun
from lionrock.screening.documents.service import DocumentScreening
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe
from tests.matrix.recipes_screening import listed
from tests.matrix.world import Institution

_MAY: Final = P.SCREENING_NAME_SCREEN
_PAGE: Final = "/screening/desk/documents"


async def ended(of: Institution) -> DocumentRun:
    """A run of theirs, once it has ended."""
    house = of.house
    await listed(of)
    if _MAY not in of.holders:
        of.holders[_MAY] = await of.member(Role.ANALYST)
    owner, runs = of.holders[_MAY], house.screening.documents
    await _over(of)
    screening = DocumentScreening(house.database, house.documents, house.screening.registry)
    run = runs.begin(owner, screening, of.document, "note.md", house.runs.watch)
    await _over(of)
    return run


async def _over(of: Institution) -> None:
    """Nobody's is under way: one at a time is taken."""
    for run in [*of.house.screening.documents._runs.values()]:
        if run.task is not None:
            await run.task


def document(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        await listed(of)
        await _over(of)
        return Sent({"document_id": str(of.document)}, form=form)

    return make


def run(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        found: UUID = (await ended(of)).id
        return Sent({"run_id": str(found)}, form=form)

    return make


RECIPES: Final[dict[str, Recipe]] = {
    "POST /v1/screening/documents/{document_id}": Recipe(document(), _MAY),
    f"POST {_PAGE}/{{document_id}}": Recipe(document({}), _MAY),
    f"GET {_PAGE}/{{run_id}}": Recipe(run(), _MAY, own=True),
    f"POST {_PAGE}/{{run_id}}/stop": Recipe(
        run({}), _MAY, own=True, quiet="it ends what is being screened: no hit of it was kept"
    ),
}

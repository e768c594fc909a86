"""Summaries, rewriting and comparing: their runs."""

from __future__ import annotations

from typing import Final

from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe
from tests.matrix.world import Institution


async def a_document(of: Institution) -> Sent:
    return Sent(json={"documents": [str(of.document)]})


async def a_text(of: Institution) -> Sent:
    return Sent(json={"text": "The office is closed on Monday."})


async def a_document_and_a_text(of: Institution) -> Sent:
    return Sent(json={"documents": [str(of.document)], "text": "The office is open."})


RECIPES: Final[dict[str, Recipe]] = {
    "POST /v1/compare": Recipe(a_document_and_a_text, P.ASSIST_REWRITE_RUN),
    "POST /v1/rewrite": Recipe(a_text, P.ASSIST_REWRITE_RUN),
    "POST /v1/summarise": Recipe(a_document, P.ASSIST_SUMMARISE_RUN),
}

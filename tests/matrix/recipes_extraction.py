"""Extraction: fields of a document that the caller may read."""

from __future__ import annotations

from typing import Final

from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe
from tests.matrix.world import Institution


async def wanted(of: Institution) -> Sent:
    return Sent(json={"documents": [str(of.document)], "fields": ["date"], "rules_only": True})


RECIPES: Final[dict[str, Recipe]] = {"POST /v1/extract": Recipe(wanted, P.ASSIST_EXTRACT_RUN)}

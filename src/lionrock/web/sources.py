"""The sources of a run: the citations it shows, each under a short key that a page address can carry.

The words and boxes of a quote stay on the server. An address names the run and the key, and the run
is looked up as its owner's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel

from lionrock.documents.citations import Citation
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find as find_capability

if TYPE_CHECKING:
    from lionrock.app import House


def key(citation: Citation) -> str:
    """Twelve hexadecimal digits that tell one citation of a run from another."""
    told = f"{citation.version_id}\n{citation.page}\n{citation.quote}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def citations(shown: object) -> Iterator[Citation]:
    """Every citation in what a run showed, in order."""
    if isinstance(shown, Citation):
        yield shown
    elif isinstance(shown, BaseModel):
        for name in type(shown).model_fields:
            yield from citations(getattr(shown, name))
    elif isinstance(shown, list | tuple):
        for item in shown:
            yield from citations(item)


async def find(house: House, actor: Actor, run_id: UUID, wanted: str) -> Citation | None:
    """The citation `wanted` of the actor's run; None when the run or the citation is not there."""
    try:
        shown: Any = await _shown(house, actor, run_id)
    except NotFound:
        return None
    # What was shown last tells most: the answer also says which cells of a row it states.
    return next((c for c in reversed([*citations(shown)]) if key(c) == wanted), None)


async def _shown(house: House, actor: Actor, run_id: UUID) -> object:
    try:
        return house.runs.live(actor, run_id).updates
    except NotFound:
        kept = await house.runs.load(actor, run_id)
    if kept["result"] is None:
        return None
    return find_capability(str(kept["capability"])).result.model_validate(kept["result"])

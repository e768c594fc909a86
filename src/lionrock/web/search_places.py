"""Where on a page the words of a search stand: boxes in fractions of the page, as a citation's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.documents.schemas import Page
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import Resource, decide
from lionrock.kernel.permissions import Permission as P
from lionrock.search.marking import marks

if TYPE_CHECKING:
    from lionrock.app import House

Boxes = list[tuple[float, float, float, float]]
"""(x, y, width, height) each."""


async def found_on(
    house: House, actor: Actor, page: Page, passage_id: UUID, words: Sequence[str]
) -> Boxes:
    """The terms `words` in what of the passage stands on this page; all of that, if none does; nothing
    for a passage that is not of this page, or not the actor's to search."""
    if not decide(actor, P.SEARCH_PASSAGE_READ, Resource(actor.tenant_id)):
        return []
    passage = (await house.search.load(actor, [passage_id])).get(passage_id)
    if passage is None or passage.version_id != page.version_id:
        return []
    slices = [(a, b) for number, a, b in passage.slices if number == page.number]
    if not slices:
        return []
    layouts = await house.documents.layouts(actor, page.document_id, [page.number], page.version_id)
    if page.number not in layouts:
        return []
    layout = layouts[page.number]
    places = [
        (a + start, a + end) for a, b in slices for start, end in marks(page.text[a:b], words)
    ]
    return [
        (box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
        for start, end in places or slices
        for box in layout.boxes(start, end)
    ]

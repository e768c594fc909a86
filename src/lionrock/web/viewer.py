"""A page of a document as a picture, with the words of a citation marked on it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.documents.citations import Citation
from lionrock.documents.schemas import Page
from lionrock.doors import house
from lionrock.web import sources
from lionrock.web.auth import Reader
from lionrock.web.rendering import page as rendered
from lionrock.web.rendering import wants_fragment

PANEL = "panel"
"""Id of the element beside the answer that a source opens in."""

routes = APIRouter()


@routes.get("/documents/{document_id}/pages/{number}")
async def view(
    request: Request,
    actor: Reader,
    document_id: UUID,
    number: int,
    run: UUID | None = None,
    cite: Annotated[str, Query(pattern="^([0-9a-f]{12})?$")] = "",
) -> Response:
    """With `run` and `cite`, the citation's words are marked; without, it is just the page."""
    shown = await house(request).documents.page(actor, document_id, number)
    citation = await sources.find(house(request), actor, run, cite) if run and cite else None
    in_panel = wants_fragment(request) and request.headers.get("hx-target") == PANEL
    return rendered(
        request, "viewer.html" if in_panel else "page.html",
        page=shown, citation=citation, boxes=_boxes(citation, shown), in_panel=in_panel,
        asked=bool(run and cite), run=run,
        query=f"?{urlencode({'run': run, 'cite': cite})}" if run and cite else "",
    )  # fmt: skip


def _boxes(citation: Citation | None, page: Page) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of the citation's words, in fractions of this page; none elsewhere."""
    if citation is None or (citation.version_id, citation.page) != (page.version_id, page.number):
        return []
    return [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in citation.boxes]

"""A page of a document as a picture, with the words of a citation or of another place marked on it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.documents.citations import Citation
from lionrock.documents.schemas import Page
from lionrock.doors import house
from lionrock.kernel.actors import Actor
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
    mark: Annotated[str, Query(pattern=r"^([0-9]{1,9}-[0-9]{1,9}-[0-9]{1,9})?$")] = "",
) -> Response:
    """With `run` and `cite`, the citation's words are marked; with `mark`, characters of a page, as
    page-start-end; without, it is just the page."""
    shown = await house(request).documents.page(actor, document_id, number)
    citation = await sources.find(house(request), actor, run, cite) if run and cite else None
    words, boxes = await _place(request, actor, shown, mark) if mark else ("", [])
    in_panel = wants_fragment(request) and request.headers.get("hx-target") == PANEL
    return rendered(
        request, "viewer.html" if in_panel else "page.html",
        page=shown, citation=citation, boxes=boxes or _boxes(citation, shown), in_panel=in_panel,
        asked=bool(run and cite), run=run, words=words, query=_query(run, cite, mark),
    )  # fmt: skip


def _query(run: UUID | None, cite: str, mark: str) -> str:
    """What a link to another page of the document takes along."""
    kept = {"run": run, "cite": cite} if run and cite else {"mark": mark} if mark else {}
    return f"?{urlencode(kept)}" if kept else ""


async def _place(
    request: Request, actor: Actor, page: Page, mark: str
) -> tuple[str, list[tuple[float, float, float, float]]]:
    """The words of a place and their boxes; nothing if it is on another page, or there are none there."""
    number, start, end = map(int, mark.split("-"))
    if number != page.number or not start < end <= len(page.text):
        return "", []
    layouts = await house(request).documents.layouts(actor, page.document_id, [number])
    found = layouts[number].boxes(start, end) if number in layouts else []
    return page.text[start:end], [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in found]


def _boxes(citation: Citation | None, page: Page) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of the citation's words, in fractions of this page; none elsewhere."""
    if citation is None or (citation.version_id, citation.page) != (page.version_id, page.number):
        return []
    return [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in citation.boxes]

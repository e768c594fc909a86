"""A page of a document as a picture, with the words of a citation or of another place marked on it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.documents.citations import Box, Citation
from lionrock.documents.schemas import Document, Member, Page
from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.web import sources
from lionrock.web.auth import Reader
from lionrock.web.law import beside
from lionrock.web.rendering import page as rendered
from lionrock.web.rendering import wants_fragment
from lionrock.web.search_places import found_on

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
    version: UUID | None = None,
    passage: UUID | None = None,
    w: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """With `run` and `cite`, the citation's words are marked; with `mark`, characters of a page, as
    page-start-end; with `passage`, what of it stands on the page: the terms `w` in it, else all of it;
    without, it is just the page: of the version named, of the one cited, else of the
    one in force today."""
    citation = await sources.find(house(request), actor, run, cite) if run and cite else None
    if version is None and citation is not None and citation.document_id == document_id:
        version = citation.version_id
    shown = await house(request).documents.page(actor, document_id, number, version)
    words, boxes = await _place(request, actor, shown, mark) if mark else ("", [])
    if passage is not None and not mark:
        boxes = await found_on(house(request), actor, shown, passage, w.split())
    held = await _held(request, actor, document_id)
    in_panel = wants_fragment(request) and request.headers.get("hx-target") == PANEL
    law = None if in_panel else await beside(request, actor, shown)
    tables = [] if in_panel else await house(request).documents.tables(
        actor, document_id, [number], shown.version_id
    )  # fmt: skip
    return rendered(
        request, "viewer.html" if in_panel else "page.html",
        page=shown, citation=citation, boxes=boxes or _boxes(citation, shown), in_panel=in_panel,
        stated=_stated(citation, shown), asked=bool(run and cite), run=run, words=words, held=held,
        law=law, tables=tables, marked=tuple(map(int, mark.split("-")[1:])) if words else (),
        query=_query(run, cite, mark, version, {"passage": passage, "w": w} if passage else {}),
    )  # fmt: skip


class Held(NamedTuple):
    """What the document's file holds, and the document that it came in itself."""

    members: Sequence[Member]
    origin: Document | None
    path: str


async def _held(request: Request, actor: Actor, document_id: UUID) -> Held:
    documents = house(request).documents
    document = await documents.get(actor, document_id)
    origin = None
    with suppress(NotFound):
        origin = await documents.get(actor, document.parent_id) if document.parent_id else None
    members = await documents.members(actor, document_id) if document.members else []
    return Held(members, origin, document.path)


def _query(
    run: UUID | None, cite: str, mark: str, version: UUID | None, found: dict[str, object]
) -> str:
    """What a link to another page of the document takes along."""
    kept: dict[str, object] = (
        {"run": run, "cite": cite} if run and cite else {"mark": mark} if mark else {}
    )
    if version is not None and not (run and cite):
        kept |= {"version": version}
    kept |= found
    return f"?{urlencode(kept)}" if kept else ""


async def _place(
    request: Request, actor: Actor, page: Page, mark: str
) -> tuple[str, list[tuple[float, float, float, float]]]:
    """The words of a place and their boxes; nothing if it is on another page, or there are none there."""
    number, start, end = map(int, mark.split("-"))
    if number != page.number or not start < end <= len(page.text):
        return "", []
    layouts = await house(request).documents.layouts(
        actor, page.document_id, [number], page.version_id
    )
    found = layouts[number].boxes(start, end) if number in layouts else []
    return page.text[start:end], [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in found]


def _stated(citation: Citation | None, page: Page) -> list[Box]:
    """The cells that the answer states, if the citation is of this page."""
    if citation is None or (citation.version_id, citation.page) != (page.version_id, page.number):
        return []
    return [cell.box for cell in citation.cells if cell.stated]


def _boxes(citation: Citation | None, page: Page) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of the citation's words, in fractions of this page; none elsewhere."""
    if citation is None or (citation.version_id, citation.page) != (page.version_id, page.number):
        return []
    return [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in citation.boxes]

"""Versions of a document: which there are, adding one, two side by side; and what stands beside a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.documents.schemas import Page
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.search.law import LawService, Parallel
from lionrock.web.auth import Reader
from lionrock.web.rendering import page as rendered
from lionrock.web.rendering import translator
from lionrock.web.uploads import chosen_file, chunks, refuse_too_large

MOST_SHOWN = 400
"""Paragraphs of a comparison on one page; those that are the same count only where they are shown."""

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference on a page: its words, where they stand, and the address that it leads to."""

    said: str
    path: str
    address: str
    boxes: list[tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a page of a document."""

    versions: int
    references: list[Reference]
    parallel: Parallel | None


async def beside(request: Request, actor: Actor, page: Page) -> Beside:
    found = house(request)
    law = LawService(found.database, found.documents, found.vault)
    links = await law.links(actor, page)
    layouts = await found.documents.layouts(actor, page.document_id, [page.number], page.version_id)
    layout = layouts.get(page.number)
    references = []
    for link in links:
        boxes = layout.boxes(link.start, link.end) if layout else []
        mark = f"&mark={link.page}-{link.first}-{link.last}" if link.last else ""
        address = f"/documents/{link.document_id}/pages/{link.page}?version={link.version_id}{mark}"
        places = [(b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0) for b in boxes]
        references.append(Reference(page.text[link.start : link.end], link.path, address, places))
    document = await found.documents.get(actor, page.document_id)
    return Beside(document.versions, references, await law.parallel(actor, page))


@routes.get("/documents/{document_id}/versions")
async def versions(request: Request, actor: Reader, document_id: UUID) -> Response:
    """The versions of a document, the latest first, and the form for another."""
    found = await house(request).documents.versions(actor, document_id)
    shown = next((v for v in found if v.shown), found[0])
    return rendered(
        request, "versions.html", versions=found, shown=shown, document_id=document_id,
        unread=any(v.state not in ("ready", "failed") for v in found), here="/documents",
    )  # fmt: skip


@routes.post("/documents/{document_id}/versions", status_code=201)
async def add(request: Request, actor: Reader, document_id: UUID) -> Response:
    """Take a file in as a further version of the document."""
    require(actor, P.DOCUMENTS_DOCUMENT_ADD)  # before it is told whether it is there
    found = house(request)
    refuse_too_large(request)
    async with request.form(max_files=1) as form:
        (file, name), said = chosen_file(request, form), form.get("effective")
        effective = _day(request, said if isinstance(said, str) else "")
        await found.documents.add(
            actor, name, chunks(file), replaces=document_id,
            effective=effective,
        )  # fmt: skip
    found.ingest.wake()
    return RedirectResponse(f"/documents/{document_id}/versions", 303)


@routes.get("/documents/{document_id}/compare")
async def compare(
    request: Request, actor: Reader, document_id: UUID, older: UUID | None = None,
    newer: UUID | None = None, all: bool = False,
) -> Response:  # fmt: skip
    """Two versions side by side. What is the same is left out, or shown with `all`."""
    documents = house(request).documents
    compared = await documents.compare(actor, document_id, older, newer)
    shown = [p for p in compared.paragraphs if all or p.moved or p.change != "same"]
    return rendered(
        request, "compare.html", compared=compared, paragraphs=shown[:MOST_SHOWN], all=all,
        left_out=max(len(shown) - MOST_SHOWN, 0), here="/documents", document_id=document_id,
        versions=[v for v in await documents.versions(actor, document_id)
                  if v.state in ("indexed", "ready")],
    )  # fmt: skip


def _day(request: Request, said: str) -> date | None:
    if not said.strip():
        return None
    try:
        return date.fromisoformat(said.strip())
    except ValueError as error:
        wrong = translator(request).gettext("Give the day as year-month-day, such as 2026-01-31.")
        raise InvalidInput(wrong) from error

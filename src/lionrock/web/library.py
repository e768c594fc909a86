"""The library: documents in, their progress, and out again."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.documents.listing import NAMED, READING, Wanted
from lionrock.documents.schemas import Document
from lionrock.doors import house
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.auth import Reader
from lionrock.web.kinds import KINDS
from lionrock.web.rendering import page, wants_fragment
from lionrock.web.uploads import chosen_file, chunks, refuse_too_large

ON_A_PAGE = 50
MOST_FOLLOWED = 500
"""What a form may add to the bytes of its file."""
_FOLLOWED = re.compile(r"^([0-9a-f-]{36})/([a-z]+/\d+/[01])$", re.MULTILINE)

routes = APIRouter()


@routes.get("/documents")
async def library(
    request: Request,
    actor: Reader,
    start: Annotated[int, Query(ge=0, le=10**9)] = 0,
    state: Annotated[str, Query(pattern="^(reading|ready|failed)?$")] = "",
    type: Annotated[str, Query(max_length=200)] = "",
    name: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    documents = house(request).documents
    wanted = Wanted(
        states=READING if state == "reading" else (state,) if state else (), media_type=type,
        name=" ".join(name.split()),
    )  # fmt: skip
    found = await documents.listing(actor, wanted, start=start, limit=ON_A_PAGE)
    kept = {"state": state, "type": type, "name": wanted.name}
    return page(
        request, "library.html", documents=found.documents, start=start, wanted=wanted, state=state,
        on_a_page=ON_A_PAGE, total=found.total, looked=found.looked, named=NAMED, kinds=KINDS,
        types=await documents.kinds(actor), progress=await _progress(request, actor),
        again=urlencode({k: v for k, v in kept.items() if v}),
        there=found.total or (wanted.narrowed and (await documents.listing(actor, limit=1)).total),
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text)
    return None


async def _progress(request: Request, actor: Actor) -> Progress:
    return Progress(*await house(request).documents.unfinished(actor))


@routes.post("/documents", status_code=201)
async def add(request: Request, actor: Reader) -> Response:
    """Take one file in; its row comes back, and is followed from there."""
    found = house(request)
    refuse_too_large(request)
    async with request.form(max_files=1) as form:
        file, name = chosen_file(request, form)
        added = await found.documents.add(actor, name, chunks(file))
    found.ingest.wake()
    if not wants_fragment(request):
        return RedirectResponse("/documents", 303)
    row = await found.documents.get(actor, added.document_id)
    return page(
        request, "document-added.html", status=201, document=row, duplicate=added.duplicate,
        total=1, progress=await _progress(request, actor),
    )  # fmt: skip


@routes.get("/documents/changes")
async def changes(
    request: Request,
    actor: Reader,
    follow: Annotated[list[str], Query()] = [],  # noqa: B006
) -> Response:
    """The rows that are not any more as the page last showed them (`id/state/done` each)."""
    before = dict(_FOLLOWED.findall("\n".join(follow[:MOST_FOLLOWED])))
    documents = await house(request).documents.some(actor, [i for i in map(_id, before) if i])
    progress = await _progress(request, actor)
    changed = [
        d for d in documents
        if str(d.id) in before and before[str(d.id)] != progress.mark(d)
    ]  # fmt: skip
    gone = before.keys() - {str(d.id) for d in documents}
    return page(
        request, "document-changes.html", changed=changed, gone=sorted(gone), progress=progress
    )  # fmt: skip


@routes.get("/documents/{document_id}")
async def document(request: Request, actor: Reader, document_id: UUID) -> Response:
    return RedirectResponse(f"/documents/{document_id}/pages/1", 303)


@routes.post("/documents/{document_id}/remove")
async def remove(request: Request, actor: Reader, document_id: UUID) -> Response:
    require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)  # before it is told whether it is there
    found = house(request)
    inside = [m.document_id for m in await found.documents.members(actor, document_id)]
    removed = await found.documents.remove(actor, document_id)
    await found.search.indexer.forget(actor, removed)
    if not wants_fragment(request):
        return RedirectResponse("/documents", 303)
    left = await found.documents.listing(actor, limit=1)
    held = {d.id for d in await found.documents.some(actor, [i for i in inside if i])}
    return page(
        request, "document-removed.html", total=left.total,
        progress=await _progress(request, actor), gone=[i for i in inside if i and i not in held],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the worker is with the documents of a list."""

    unfinished: int
    working_on: UUID | None
    """The one being read now: the worker takes the oldest."""

    def mark(self, document: Document) -> str:
        """What a row shows of progress, so that only rows that changed are sent again."""
        return f"{document.state}/{document.done}/{int(document.id == self.working_on)}"

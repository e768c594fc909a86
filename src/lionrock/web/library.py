"""The library: documents in, their progress, and out again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from lionrock.documents.schemas import Document, State
from lionrock.doors import house
from lionrock.errors import InvalidInput, TooLarge
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator, wants_fragment

ON_A_PAGE = 50
MOST_FOLLOWED = 500
_CHUNK = 1 << 20
_OVERHEAD = 1 << 16
"""What a form may add to the bytes of its file."""
_FOLLOWED = re.compile(r"^([0-9a-f-]{36})/([a-z]+/\d+/[01])$", re.MULTILINE)
_DONE = (State.READY, State.FAILED)

routes = APIRouter()


@routes.get("/documents")
async def library(
    request: Request, actor: Reader, start: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Response:
    documents = await house(request).documents.list(actor)
    return page(
        request, "library.html", documents=documents[start : start + ON_A_PAGE], start=start,
        on_a_page=ON_A_PAGE, total=len(documents), progress=Progress.of(documents),
    )  # fmt: skip


@routes.post("/documents", status_code=201)
async def add(request: Request, actor: Reader) -> Response:
    """Take one file in; its row comes back, and is followed from there."""
    found = house(request)
    _refuse_too_large(request, found.settings.max_upload_bytes)
    async with request.form(max_files=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput(translator(request).gettext("Choose a file first."))
        added = await found.documents.add(actor, file.filename or "document", _chunks(file))
    found.ingest.wake()
    if not wants_fragment(request):
        return RedirectResponse("/documents", 303)
    documents = await found.documents.list(actor)
    row = next(d for d in documents if d.id == added.document_id)
    return page(
        request, "document-added.html", status=201, document=row, duplicate=added.duplicate,
        total=len(documents), progress=Progress.of(documents),
    )  # fmt: skip


@routes.get("/documents/changes")
async def changes(
    request: Request,
    actor: Reader,
    follow: Annotated[list[str], Query()] = [],  # noqa: B006
) -> Response:
    """The rows that are not any more as the page last showed them (`id/state/done` each)."""
    documents = await house(request).documents.list(actor)
    before = dict(_FOLLOWED.findall("\n".join(follow[:MOST_FOLLOWED])))
    progress = Progress.of(documents)
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
    removed = await found.documents.get(actor, document_id)
    await found.documents.remove(actor, document_id)
    await found.search.indexer.forget(actor, [removed.version_id])
    if not wants_fragment(request):
        return RedirectResponse("/documents", 303)
    documents = await found.documents.list(actor)
    return page(
        request, "document-removed.html", total=len(documents), progress=Progress.of(documents)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the worker is with the documents of a list."""

    unfinished: int
    working_on: UUID | None
    """The one being read now: the worker takes the oldest."""

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Progress:
        unfinished = [d for d in documents if d.state not in _DONE]
        oldest = min(unfinished, key=lambda d: d.added_at, default=None)
        return cls(len(unfinished), oldest.id if oldest else None)

    def mark(self, document: Document) -> str:
        """What a row shows of progress, so that only rows that changed are sent again."""
        return f"{document.state}/{document.done}/{int(document.id == self.working_on)}"


def _refuse_too_large(request: Request, most: int) -> None:
    """Before the body is read: its end would be refused anyway."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + _OVERHEAD:
        raise TooLarge(
            translator(request).gettext(
                "The file is larger than %(most)s, the limit of this server.",
                most=translator(request).size(most),
            )
        )


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk

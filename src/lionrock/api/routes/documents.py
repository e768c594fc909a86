"""Documents over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.documents.schemas import Added, Document, Member, Page
from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

_CHUNK = 1 << 20


class Documents(BaseModel):
    documents: list[Document]


class Members(BaseModel):
    members: list[Member]


routes = APIRouter(tags=["documents"])


@routes.post("/documents", status_code=202)
async def add(
    request: Request,
    actor: ActorDep,
    file: UploadFile = File(),  # noqa: B008
    effective: Annotated[date | None, Form()] = None,
) -> Added:
    """Take a file in. It is read in the background: follow its `state`. `effective`: the day
    from which it holds."""
    found = house(request)
    added = await found.documents.add(
        actor, file.filename or "document", chunks(file), effective=effective
    )
    found.ingest.wake()
    return added


@routes.get("/documents")
async def list_documents(request: Request, actor: ActorDep) -> Documents:
    return Documents(documents=await house(request).documents.list(actor))


@routes.get("/documents/{document_id}")
async def get(request: Request, actor: ActorDep, document_id: UUID) -> Document:
    return await house(request).documents.get(actor, document_id)


@routes.get("/documents/{document_id}/members")
async def members(request: Request, actor: ActorDep, document_id: UUID) -> Members:
    """What the document's file holds: a ZIP's files, a mail's attachments, in their order."""
    found = await house(request).documents.members(actor, document_id)
    return Members(members=list(found))


@routes.delete("/documents/{document_id}", status_code=204)
async def remove(request: Request, actor: ActorDep, document_id: UUID) -> None:
    """Remove a document, its versions, pages, passages, vectors and index entries."""
    require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)  # before it is told whether it is there
    found = house(request)
    removed = await found.documents.remove(actor, document_id)
    await found.search.indexer.forget(actor, removed)


@routes.get("/documents/{document_id}/pages/{number}")
async def page(
    request: Request, actor: ActorDep, document_id: UUID, number: int,
    version: UUID | None = None,
) -> Page:  # fmt: skip
    """A page of one version; of the one in force today, if none is named."""
    return await house(request).documents.page(actor, document_id, number, version)


@routes.get(
    "/documents/{document_id}/pages/{number}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def image(
    request: Request, actor: ActorDep, document_id: UUID, number: int,
    version: UUID | None = None,
) -> Response:  # fmt: skip
    """The page as a picture; citation boxes are fractions of its width and height."""
    found = house(request)
    await found.documents.page(actor, document_id, number, version)
    return Response(
        await found.documents.page_image(actor, document_id, number, version),
        media_type="image/png",
        headers={"Cache-Control": "private, max-age=600"},
    )


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk

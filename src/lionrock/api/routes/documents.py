"""Documents over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.documents.schemas import Added, Document, Page
from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

_CHUNK = 1 << 20


class Documents(BaseModel):
    documents: list[Document]


def router() -> APIRouter:
    routes = APIRouter(tags=["documents"])

    @routes.post("/documents", status_code=202)
    async def add(
        request: Request,
        actor: ActorDep,
        file: UploadFile = File(),  # noqa: B008
    ) -> Added:
        """Take a file in. It is read in the background: follow its `state`."""
        found = house(request)
        added = await found.documents.add(actor, file.filename or "document", chunks(file))
        found.ingest.wake()
        return added

    @routes.get("/documents")
    async def list_documents(request: Request, actor: ActorDep) -> Documents:
        return Documents(documents=await house(request).documents.list(actor))

    @routes.get("/documents/{document_id}")
    async def get(request: Request, actor: ActorDep, document_id: UUID) -> Document:
        return await house(request).documents.get(actor, document_id)

    @routes.delete("/documents/{document_id}", status_code=204)
    async def remove(request: Request, actor: ActorDep, document_id: UUID) -> None:
        """Remove a document, its versions, pages, passages, vectors and index entries."""
        require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)  # before it is told whether it is there
        found = house(request)
        document = await found.documents.get(actor, document_id)
        await found.documents.remove(actor, document_id)
        await found.search.indexer.forget(actor, [document.version_id])

    @routes.get("/documents/{document_id}/pages/{number}")
    async def page(request: Request, actor: ActorDep, document_id: UUID, number: int) -> Page:
        return await house(request).documents.page(actor, document_id, number)

    @routes.get(
        "/documents/{document_id}/pages/{number}/image",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
    )
    async def image(request: Request, actor: ActorDep, document_id: UUID, number: int) -> Response:
        """The page as a picture; citation boxes are fractions of its width and height."""
        found = house(request)
        await found.documents.page(actor, document_id, number)
        return Response(
            await found.documents.page_image(actor, document_id, number),
            media_type="image/png",
            headers={"Cache-Control": "private, max-age=600"},
        )

    return routes


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk

"""Versions of a document over HTTP: which there are, and two of them compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.api.routes.documents import chunks
from lionrock.documents.comparing import Comparison
from lionrock.documents.schemas import Added
from lionrock.documents.versions import Version
from lionrock.doors import house


class Versions(BaseModel):
    versions: Sequence[Version]


routes = APIRouter(tags=["documents"])


@routes.get("/documents/{document_id}/versions")
async def versions(request: Request, actor: ActorDep, document_id: UUID) -> Versions:
    """All versions of a document, the latest first, each with when it held."""
    return Versions(versions=await house(request).documents.versions(actor, document_id))


@routes.post("/documents/{document_id}/versions", status_code=202)
async def add(
    request: Request, actor: ActorDep, document_id: UUID,
    file: UploadFile = File(),  # noqa: B008
    effective: Annotated[date | None, Form()] = None,
) -> Added:  # fmt: skip
    """Take a file in as a further version of the document. `effective`: the day from which it
    holds; else the one that the file gives, else today."""
    found = house(request)
    added = await found.documents.add(
        actor, file.filename or "document", chunks(file), replaces=document_id,
        effective=effective,
    )  # fmt: skip
    found.ingest.wake()
    return added


@routes.get("/documents/{document_id}/comparison")
async def compare(
    request: Request, actor: ActorDep, document_id: UUID, older: UUID | None = None,
    newer: UUID | None = None,
) -> Comparison:  # fmt: skip
    """Two versions paragraph by paragraph; without names, the one shown today and the one before."""
    return await house(request).documents.compare(actor, document_id, older, newer)

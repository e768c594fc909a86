"""Tables of a document over HTTP: cells with their places, and files of them."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.documents.table_files import MEDIA, MOST_PAGES, Format, written
from lionrock.documents.tables import Table
from lionrock.doors import house

Start = Annotated[int, Query(ge=1, le=2**31 - 1 - MOST_PAGES)]
Pages = Annotated[int, Query(ge=1, le=MOST_PAGES)]


class Tables(BaseModel):
    """`more`: the page to go on at; None when the document ends before it."""

    tables: list[Table]
    more: int | None


routes = APIRouter(tags=["documents"])


@routes.get("/documents/{document_id}/tables")
async def tables(
    request: Request, actor: ActorDep, document_id: UUID, start: Start = 1, pages: Pages = 50,
    version: UUID | None = None,
) -> Tables:  # fmt: skip
    """Tables of `pages` pages from `start` on, of one version; of the one in force today, if none
    is named."""
    documents = house(request).documents
    numbers = range(start, start + pages)
    found = await documents.tables(actor, document_id, numbers, version)
    after = await documents.layouts(actor, document_id, [numbers.stop], version)
    return Tables(tables=list(found), more=numbers.stop if after else None)


@routes.get(
    "/documents/{document_id}/tables/export", response_class=Response,
    responses={200: {"content": {media: {} for media in MEDIA.values()}}},
)  # fmt: skip
async def export(
    request: Request, actor: ActorDep, document_id: UUID, start: Start = 1, pages: Pages = 50,
    version: UUID | None = None, format: Format = "xlsx",
) -> Response:  # fmt: skip
    """The same tables as a file: CSV, or a workbook with a sheet for each."""
    documents = house(request).documents
    numbers = range(start, start + pages)
    found = await documents.tables(actor, document_id, numbers, version)
    called = (await documents.get(actor, document_id)).name
    name = {"Content-Disposition": f'attachment; filename="tables-{start}.{format}"'}
    data = await asyncio.to_thread(written, format, called, found)
    return Response(data, media_type=MEDIA[format], headers=name)

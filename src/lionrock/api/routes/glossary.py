"""The glossary over HTTP: entries, files in and out, and mined pairs that wait for a person."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import StreamingResponse

from lionrock.api.deps import ActorDep
from lionrock.doors import content, house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.search.glossary.schemas import (
    Candidates,
    Decision,
    Entries,
    Entry,
    Imported,
    Mined,
    Mining,
    NewEntry,
    Preview,
)
from lionrock.search.glossary.service import MOST_BYTES, TOO_LARGE, GlossaryService

TYPES = {"tbx": "application/x-tbx", "csv": "text/csv; charset=utf-8"}


routes = APIRouter(tags=["search"])


@routes.get("/glossary")
async def list_entries(
    request: Request,
    actor: ActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Entries:
    """Entries by their first term; `q` looks in terms, notes and sources, in both scripts."""
    return await _glossary(request).entries(actor, containing=q, start=start, limit=limit)


@routes.post("/glossary", status_code=201)
async def add_entry(request: Request, actor: ActorDep, wanted: NewEntry) -> Entry:
    return await _glossary(request).add(actor, wanted)


@routes.get("/glossary/file")
async def export_entries(
    request: Request, actor: ActorDep, format: Literal["tbx", "csv"] = "tbx"
) -> StreamingResponse:
    """Every entry, as TBX (ISO 30042:2019, TBX-Basic) or CSV."""
    parts = await _glossary(request).export(actor, format)
    name = f'attachment; filename="glossary.{format}"'
    headers = {"Content-Disposition": name}
    return StreamingResponse(parts, media_type=TYPES[format], headers=headers)


@routes.post("/glossary/preview")
async def preview_file(
    request: Request, actor: ActorDep, file: Annotated[UploadFile, File()]
) -> Preview:
    """What a TBX, CSV or XLSX file holds, and which of its rows cannot be taken in."""
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    return await _glossary(request).preview(actor, await content(file, MOST_BYTES, TOO_LARGE))


@routes.post("/glossary/file")
async def import_file(
    request: Request,
    actor: ActorDep,
    file: Annotated[UploadFile, File()],
    skip_bad: Annotated[bool, Form()] = False,
) -> Imported:
    """Take a file in: whole, or with `skip_bad` what is good of it."""
    require(actor, P.SEARCH_GLOSSARY_MANAGE)
    return await _glossary(request).take_in(
        actor, await content(file, MOST_BYTES, TOO_LARGE), skip_bad=skip_bad
    )


@routes.get("/glossary/candidates")
async def list_candidates(
    request: Request, actor: ActorDep, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Candidates:
    """Mined pairs that nobody decided on, of documents that the actor may read."""
    return await house(request).search.candidates.waiting(actor, limit=limit)


@routes.post("/glossary/candidates")
async def mine_candidates(request: Request, actor: ActorDep, wanted: Mining) -> Mined:
    """Mine two documents of which one is the other's translation."""
    return await house(request).search.candidates.mine(actor, wanted)


@routes.post("/glossary/candidates/decide")
async def decide_candidates(request: Request, actor: ActorDep, decision: Decision) -> Imported:
    """Accept candidates, which makes entries of them, or refuse them."""
    return await house(request).search.candidates.decide(actor, decision)


@routes.put("/glossary/{entry_id}")
async def change_entry(
    request: Request, actor: ActorDep, entry_id: UUID, wanted: NewEntry
) -> Entry:
    return await _glossary(request).change(actor, entry_id, wanted)


@routes.delete("/glossary/{entry_id}", status_code=204)
async def remove_entry(request: Request, actor: ActorDep, entry_id: UUID) -> None:
    await _glossary(request).remove(actor, entry_id)


def _glossary(request: Request) -> GlossaryService:
    return house(request).search.glossary

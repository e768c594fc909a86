"""Kept translations and the translation memory over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import StreamingResponse

from lionrock.api.deps import ActorDep
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory.schemas import Taken, Units
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.memory.tmx import MOST_BYTES, TOO_LARGE
from lionrock.assist.translate.schemas import Acceptance, Edit, Segment, Segments
from lionrock.doors import SAVED_AS, Bounded, content, house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

routes = APIRouter(tags=["translation"], route_class=Bounded)


@routes.get("/translations/{translation_id}/segments")
async def list_segments(
    request: Request,
    actor: ActorDep,
    translation_id: UUID,
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Segments:
    """The actor's own translation, by the id of its run: segments with their checks."""
    return await _translations(request).segments(actor, translation_id, start=start, limit=limit)


@routes.put("/translations/{translation_id}/segments/{number}")
async def edit_segment(
    request: Request, actor: ActorDep, translation_id: UUID, number: int, wanted: Edit
) -> Segment:
    """New words, checked again. The segment is accepted no more."""
    return await _translations(request).edit(actor, translation_id, number, wanted.target)


@routes.post("/translations/{translation_id}/segments/{number}/accept")
async def accept_segment(
    request: Request, actor: ActorDep, translation_id: UUID, number: int, wanted: Acceptance
) -> Segment:
    """Accept it into the translation memory. Refused while its figures, dates or references differ
    from the source's, unless `meant` says why."""
    return await _translations(request).accept(actor, translation_id, number, wanted)


@routes.get("/memory")
async def list_units(
    request: Request,
    actor: ActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Units:
    """Units of the translation memory, the newest first; `q` looks in both sides."""
    return await _memory(request).units(actor, containing=q, start=start, limit=limit)


@routes.get("/memory/file")
async def export_units(request: Request, actor: ActorDep) -> StreamingResponse:
    """The memory as TMX 1.4b, as far as the actor may read the documents it came of."""
    parts = await _memory(request).export(actor)
    headers = {"Content-Disposition": 'attachment; filename="memory.tmx"'}
    return StreamingResponse(parts, media_type=SAVED_AS["tmx"], headers=headers)


@routes.post("/memory/file")
async def import_units(
    request: Request,
    actor: ActorDep,
    file: Annotated[UploadFile, File()],
    skip_bad: Annotated[bool, Form()] = False,
) -> Taken:
    """Take a TMX file in: whole, or with `skip_bad` what is good of it."""
    require(actor, P.ASSIST_MEMORY_MANAGE)
    return await _memory(request).take_in(
        actor, await content(file, MOST_BYTES, TOO_LARGE), skip_bad=skip_bad
    )


@routes.delete("/memory/{unit_id}", status_code=204)
async def remove_unit(request: Request, actor: ActorDep, unit_id: UUID) -> None:
    await _memory(request).remove(actor, unit_id)


def _translations(request: Request) -> Translations:
    return house(request).of(Translations)


def _memory(request: Request) -> Memory:
    return house(request).of(Memory)

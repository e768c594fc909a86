"""The translation memory: what is in it, looked through, taken in and out as TMX, removed."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.memory.tmx import MOST_BYTES, TOO_LARGE
from lionrock.doors import SAVED_AS, Bounded, content, house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import ON_A_PAGE, Slice, done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page
from lionrock.web.uploads import chosen_file

PATH: Final = "/admin/memory"

routes = APIRouter(route_class=Bounded)


@routes.get(PATH)
async def listing(
    request: Request,
    actor: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    found = await _memory(request).units(actor, containing=q, start=start, limit=ON_A_PAGE)
    shown = Slice(found.units, start, found.total)
    return page(request, "memory/list.html", q=q, shown=shown, imported=None)


@routes.post(PATH)
async def take_in(request: Request, actor: Reader) -> Response:
    """Take a TMX file in, without its bad units."""
    require(actor, P.ASSIST_MEMORY_MANAGE)
    async with request.form(max_files=1) as form:
        file, _ = chosen_file(request, form)
        data = await content(file, MOST_BYTES, TOO_LARGE)
    memory = _memory(request)
    imported = await memory.take_in(actor, data, skip_bad=True)
    found = await memory.units(actor, limit=ON_A_PAGE)
    shown = Slice(found.units, 0, found.total)
    return page(request, "memory/list.html", q="", shown=shown, imported=imported)


@routes.get(f"{PATH}/file")
async def export(request: Request, actor: Reader) -> Response:
    parts = await _memory(request).export(actor)
    headers = {"Content-Disposition": 'attachment; filename="memory.tmx"'}
    return StreamingResponse(parts, media_type=SAVED_AS["tmx"], headers=headers)


@routes.post(f"{PATH}/{{unit_id}}/remove")
async def remove(request: Request, actor: Reader, unit_id: UUID) -> Response:
    await _memory(request).remove(actor, unit_id)
    return done(request, PATH)


def _memory(request: Request) -> Memory:
    return house(request).of(Memory)

"""`/v1/screening/documents`: the names on a document's pages against the lists, each with its places.

With `Accept: text/event-stream` it is told how far the work is, the result last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from lionrock.api import problems
from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_names import HitOut, ListOut, hit_out, lists_of
from lionrock.documents.citations import Box
from lionrock.doors import house
from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.tasks import stop
from lionrock.screening.documents.progress import Stage, Tell
from lionrock.screening.documents.service import DocumentScreening, Screened, ScreenedName


class PlaceOut(BaseModel):
    """Characters [start, end) of the text of page `page`; `boxes` in fractions of the page. `rule` is
    what marked them as a name; `before` and `after` are the words around."""

    page: int
    start: int
    end: int
    text: str
    rule: str
    before: str
    after: str
    boxes: list[Box]


class DocumentNameOut(BaseModel):
    """A name in its spellings. `screening_id`: where its hits are kept."""

    names: list[str]
    kind: Literal["person", "organisation", "unknown"]
    places: list[PlaceOut]
    hits: list[HitOut]
    screening_id: UUID | None


class DocumentScreened(BaseModel):
    """`found` names have a hit; `names` are all, in the order of the document."""

    document_id: UUID
    version_id: UUID
    document: str
    pages: int
    found: int
    names: list[DocumentNameOut]
    lists: list[ListOut]


class _Told(BaseModel):
    stage: Stage
    done: int
    total: int


def add(routes: APIRouter) -> None:
    @routes.post(
        "/screening/documents/{document_id}",
        response_model=DocumentScreened,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def screen(request: Request, actor: ActorDep, document_id: UUID) -> Response:
        """Screen the names of a document that you may read. Hits are kept and raise alerts.

        As `text/event-stream`: `progress` with stage (lists, pages, names, keeping), done and total;
        then `result`.
        """
        require(actor, P.SCREENING_NAME_SCREEN)
        found = house(request)
        service = DocumentScreening(found.database, found.documents, found.screening.registry)
        if "text/event-stream" in request.headers.get("accept", ""):
            updates = _events(service, actor, document_id)
            guarded = found.runs.watch.guarded(actor, updates)
            return StreamingResponse(guarded, media_type="text/event-stream")
        done = await service.run(actor, document_id)
        return Response(told(done).model_dump_json(), media_type="application/json")


async def _events(
    service: DocumentScreening, actor: Actor, document_id: UUID
) -> AsyncIterator[str]:
    """Server-sent events (HTML Living Standard, section 9.2). A reader who leaves stops the work."""
    stages: asyncio.Queue[_Told | None] = asyncio.Queue()
    work = asyncio.create_task(_worked(service, actor, document_id, stages))
    try:
        while (step := await stages.get()) is not None:
            yield f"event: progress\ndata: {step.model_dump_json()}\n\n"
        yield f"event: result\ndata: {told(await work).model_dump_json()}\n\n"
    except LionrockError as error:
        yield f"event: error\ndata: {problems.of(error).model_dump_json()}\n\n"
    finally:
        if not work.done():
            await stop(work)


async def _worked(
    service: DocumentScreening, actor: Actor, document_id: UUID,
    stages: asyncio.Queue[_Told | None],
) -> Screened:  # fmt: skip
    tell: Tell = lambda stage, done, total: stages.put_nowait(  # noqa: E731
        _Told(stage=stage, done=done, total=total)
    )
    try:
        return await service.run(actor, document_id, tell)
    finally:
        stages.put_nowait(None)


def told(screened: Screened) -> DocumentScreened:
    lists = lists_of(screened.state)
    return DocumentScreened(
        document_id=screened.document_id, version_id=screened.version_id,
        document=screened.document, pages=screened.pages, found=len(screened.hits),
        names=[_name(name, lists) for name in screened.names], lists=list(lists.values()),
    )  # fmt: skip


def _name(name: ScreenedName, lists: dict[UUID, ListOut]) -> DocumentNameOut:
    return DocumentNameOut(
        names=list(name.names), kind=name.kind, screening_id=name.screening,
        places=[PlaceOut.model_validate(p, from_attributes=True) for p in name.places],
        hits=[hit_out(hit, lists) for hit in name.hits],
    )  # fmt: skip

"""`/v1/screening/batches`: files of names, screened in the background."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_files import content_of, format_of
from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry.batch_results import Output
from lionrock.screening.registry.batch_rows import Batch

_MEDIA: dict[Output, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


class Batches(BaseModel):
    batches: list[Batch]


def add(routes: APIRouter) -> None:
    @routes.post("/screening/batches", status_code=202)
    async def submit(
        request: Request, actor: ActorDep, file: Annotated[UploadFile, File()]
    ) -> Batch:
        """Take a CSV, XLSX or JSON lines file in; follow its `state`."""
        require(actor, P.SCREENING_BATCH_RUN)
        found = house(request)
        batches = found.screening.registry.batches
        content = content_of(file, found.settings.max_upload_bytes)
        return await batches.get(actor, await batches.submit(actor, content, format_of(file)))

    @routes.get("/screening/batches")
    async def listing(request: Request, actor: ActorDep) -> Batches:
        """The newest first."""
        return Batches(batches=await house(request).screening.registry.batches.listing(actor))

    @routes.get("/screening/batches/{batch_id}")
    async def get(request: Request, actor: ActorDep, batch_id: UUID) -> Batch:
        return await house(request).screening.registry.batches.get(actor, batch_id)

    @routes.post("/screening/batches/{batch_id}/stop", status_code=204)
    async def stop(request: Request, actor: ActorDep, batch_id: UUID) -> None:
        """No further row is begun; what is done stays."""
        await house(request).screening.registry.batches.stop(actor, batch_id)

    @routes.get(
        "/screening/batches/{batch_id}/results", response_class=Response,
        responses={200: {"content": {"text/csv": {}, "application/jsonl": {}}}},
    )  # fmt: skip
    async def results(
        request: Request, actor: ActorDep, batch_id: UUID, format: Output = "csv"
    ) -> Response:
        """What has been screened so far, in the order of the file."""
        reading = house(request).screening.registry.batches.results(actor, batch_id, format)
        first = await anext(reading, b"")  # what is wrong is said before the answer begins
        name = f'attachment; filename="{batch_id}.{format}"'
        return StreamingResponse(
            _joined(first, reading), media_type=_MEDIA[format],
            headers={"Content-Disposition": name},
        )  # fmt: skip

    @routes.delete("/screening/batches/{batch_id}", status_code=204)
    async def remove(request: Request, actor: ActorDep, batch_id: UUID) -> None:
        """The file and its results."""
        await house(request).screening.registry.batches.remove(actor, batch_id)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part

"""Files of names: taken in, followed while they are screened, and their hits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse

from lionrock.doors import Bounded, house
from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry.batch_results import Output
from lionrock.screening.registry.batches import Batches, may_have
from lionrock.web.administration import ask, done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_uploads import format_of
from lionrock.web.screening_words import scored
from lionrock.web.sections import SCREENING
from lionrock.web.uploads import chosen_file, refuse_too_large

PATH: Final = f"{SCREENING}/batches"
MOST_SHOWN: Final = 200
_TYPES: Final[dict[Output, str]] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}

routes = APIRouter(route_class=Bounded)


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    found = await _batches(request).listing(actor)
    return page(request, "screening/batches.html", batches=found)


@routes.post(PATH)
async def submit(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_BATCH_RUN)
    refuse_too_large(request)
    async with request.form(max_files=1) as sent:
        file, name = chosen_file(request, sent)
        made = await _batches(request).submit(actor, file.file, format_of(request, name))
    return done(request, f"{PATH}/{made}")


@routes.get(f"{PATH}/{{batch_id}}")
async def one(request: Request, actor: Reader, batch_id: UUID) -> Response:
    """Progress; of a file that is done its hits too, which is on record as taking them out is."""
    batches = _batches(request)
    batch = await batches.get(actor, batch_id)
    shown = may_have(actor, batch.created_by)
    done_with = shown and batch.state == "done" and batch.hits
    hits = await _hits(batches, actor, batch_id) if done_with else []
    return page(
        request, "screening/batch.html", batch=batch, hits=hits, scored=scored, most=MOST_SHOWN,
        shown=shown,
    )  # fmt: skip


@routes.get(f"{PATH}/{{batch_id}}/results.{{output}}")
async def results(
    request: Request, actor: Reader, batch_id: UUID, output: Annotated[str, InPath(max_length=8)]
) -> Response:
    if output not in get_args(Output):
        raise InvalidInput("The address or the form is not one of this server's.")
    chosen: Output = "csv" if output == "csv" else "jsonl"
    reading = _batches(request).results(actor, batch_id, chosen)
    first = await anext(reading, b"")  # what is wrong is said before the answer begins
    name = f"screening-{str(batch_id)[:8]}.{output}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_joined(first, reading), media_type=_TYPES[chosen], headers=headers)


@routes.post(f"{PATH}/{{batch_id}}/stop")
async def stop(request: Request, actor: Reader, batch_id: UUID) -> Response:
    await _batches(request).stop(actor, batch_id)
    return done(request, f"{PATH}/{batch_id}")


@routes.get(f"{PATH}/{{batch_id}}/remove")
async def ask_remove(request: Request, actor: Reader, batch_id: UUID) -> Response:
    batch, speak = await _batches(request).get(actor, batch_id), translator(request)
    return ask(
        request, speak.gettext("Remove this file and its results?"), action=f"{PATH}/{batch_id}/remove",
        button=speak.gettext("Remove"), back=f"{PATH}/{batch_id}",
        facts=[speak.ngettext("%(count)s name", "%(count)s names", batch.total)],
    )  # fmt: skip


@routes.post(f"{PATH}/{{batch_id}}/remove")
async def remove(request: Request, actor: Reader, batch_id: UUID) -> Response:
    await _batches(request).remove(actor, batch_id)
    return done(request, PATH)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


def _batches(request: Request) -> Batches:
    return house(request).screening.registry.batches


async def _hits(batches: Batches, actor: Actor, batch_id: UUID) -> list[dict[str, Any]]:
    """The first hits in the order of the file, each with its row."""
    found: list[dict[str, Any]] = []
    async for row in _rows(batches.results(actor, batch_id, "jsonl")):
        for hit in row.get("hits", ()):
            if len(found) == MOST_SHOWN:
                return found
            found.append(
                {**hit, "row": row["row"], "reference": row["reference"], "name": row["name"]}
            )
    return found


async def _rows(lines: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    async for part in lines:
        for line in part.splitlines():
            yield json.loads(line)

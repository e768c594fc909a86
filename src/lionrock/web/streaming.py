"""A run on a page while it works: its updates as rendered fragments, over server-sent events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lionrock.doors import house
from lionrock.errors import LionrockError, NotFound, Unauthenticated
from lionrock.kernel.capabilities import Result, Update
from lionrock.kernel.runs import LiveRun
from lionrock.web.auth import Reader
from lionrock.web.rendering import render, update_template

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 15.0
FAILURE = "failure"
"""Event of a run that failed or was stopped. (`error` is the browser's own, for the connection.)"""
END = "end"
"""Nothing follows; the page closes the stream."""

routes = APIRouter()


@routes.get("/runs/{run_id}/stream")
async def stream(request: Request, actor: Reader, run_id: UUID) -> Response:
    """Every update of the run from its first, or from after the one the reader saw last."""
    runs = house(request).runs
    live = runs.live(actor, run_id)
    updates = runs.watch.guarded(actor, live.follow())
    return StreamingResponse(
        _events(request, live, updates, _seen(request)), media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )  # fmt: skip


@routes.post("/runs/{run_id}/stop", status_code=204)
async def stop(request: Request, actor: Reader, run_id: UUID) -> None:
    """Stop a run. One that has ended already is as stopped as it can be."""
    with suppress(NotFound):
        house(request).runs.live(actor, run_id).cancel()


def _seen(request: Request) -> int:
    last = request.headers.get("last-event-id", "")
    return int(last) if last.isascii() and last.isdecimal() else 0


async def _events(
    request: Request, live: LiveRun, updates: AsyncIterator[Update], seen: int
) -> AsyncIterator[str]:
    number = 0
    try:
        async for update in with_heartbeat(updates):
            if update is None:
                yield ": still here\n\n"
                continue
            number += 1
            if number > seen:
                yield event(update.event, shown(request, live, number), number)
    except LionrockError as error:
        yield event(FAILURE, await _failure(request, live, error), number + 1)
    except Exception:
        log.exception("run %s could not be shown", live.id)
        unexpected = LionrockError("The server met an error it did not expect; its log has it.")
        yield event(FAILURE, await _failure(request, live, unexpected), number + 1)
    yield event(END, "", number + 2)


async def _failure(request: Request, live: LiveRun, error: LionrockError) -> str:
    """What a reader is told; that they stopped the run themselves is no error."""
    kept = await house(request).runs.load(live.context.actor, live.id)
    taken = isinstance(error, Unauthenticated)
    state = "failed" if taken else kept["state"]
    return render(request, "failure.html", error=error, state=state)


async def with_heartbeat(
    updates: AsyncIterator[Update], seconds: float = HEARTBEAT_SECONDS
) -> AsyncIterator[Update | None]:
    """The updates as they come, and None for every `seconds` without one."""
    while True:
        waiting = asyncio.ensure_future(anext(updates, None))
        try:
            while not (await asyncio.wait({waiting}, timeout=seconds))[0]:
                yield None
            update = await waiting
        finally:
            waiting.cancel()
        if update is None:
            return
        yield update


def shown(request: Request, live: LiveRun, number: int) -> str:
    """The fragment of the run's update `number` (from 1); it may look at those before it."""
    *earlier, update = live.updates[:number]
    html = render(
        request, update_template(update), update=update, run_id=live.id, earlier=earlier
    )  # fmt: skip
    if isinstance(update, Result) and update.formats and not live.context.zero_retention:
        html += render(request, "saving.html", run={"id": live.id, "formats": update.formats})
    return html


def event(name: str, html: str, number: int) -> str:
    """One server-sent event (HTML Living Standard, 9.2.6): a `data` field for each line."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines() or [""])
    return f"event: {name}\nid: {number}\n{lines}\n"

"""A route for each declared capability, made from its declaration: POST /v1/NAME.

With `Accept: text/event-stream` the updates stream as they come, the result last.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from lionrock.api import problems
from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.errors import LionrockError
from lionrock.kernel.capabilities import Capability, Result, Update, capabilities
from lionrock.kernel.runs import LiveRun


def router() -> APIRouter:
    routes = APIRouter(tags=["capabilities"])
    for declared in capabilities():
        routes.add_api_route(
            f"/{declared.name}",
            _endpoint(declared),
            methods=["POST"],
            name=declared.id,
            operation_id=declared.id,
            summary=declared.summary,
            description=inspect.getdoc(declared.body),
            response_model=declared.result,
            responses={200: {"content": {"text/event-stream": {}}}},
        )
    return routes


def _endpoint(declared: Capability) -> Any:
    async def endpoint(request: Request, actor: ActorDep, body: BaseModel) -> Any:
        found = house(request)
        live = await found.runs.begin(found.context(actor), declared, body)
        headers = {"Lionrock-Run": str(live.id)}
        if "text/event-stream" in request.headers.get("accept", ""):
            updates = found.runs.watch.guarded(actor, live.follow())
            return StreamingResponse(
                _events(live, updates), media_type="text/event-stream", headers=headers
            )
        result = await _last(live, found.runs.watch.guarded(actor, live.follow()))
        return Response(result.model_dump_json(), media_type="application/json", headers=headers)

    endpoint.__annotations__["body"] = declared.request
    endpoint.__annotations__["actor"] = ActorDep
    endpoint.__annotations__["request"] = Request
    return endpoint


async def _last(live: LiveRun, updates: AsyncIterator[Update]) -> Result:
    try:
        async for update in updates:
            if isinstance(update, Result):
                return update
    finally:
        if not live.ended:
            live.cancel()
    raise LionrockError("The run ended without a result.")


async def _events(live: LiveRun, updates: AsyncIterator[Update]) -> AsyncIterator[str]:
    """Server-sent events (HTML Living Standard, section 9.2). A reader who leaves stops the run."""
    try:
        async for update in updates:
            yield f"event: {update.event}\ndata: {update.model_dump_json()}\n\n"
    except LionrockError as error:
        yield f"event: error\ndata: {problems.of(error).model_dump_json()}\n\n"
    finally:
        if not live.ended:
            live.cancel()

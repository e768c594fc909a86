"""Kept runs over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lionrock.api.deps import ActorDep
from lionrock.doors import SAVED_AS, house, saved_result

routes = APIRouter(tags=["runs"])


@routes.get("/runs/{run_id}")
async def run(request: Request, actor: ActorDep, run_id: UUID) -> dict[str, Any]:
    """A run of your own: its request, state and result."""
    return await house(request).runs.load(actor, run_id)


@routes.get(
    "/runs/{run_id}/export", response_class=Response,
    responses={200: {"content": {media: {} for media in SAVED_AS.values()}}},
)  # fmt: skip
async def export(request: Request, actor: ActorDep, run_id: UUID, format: str) -> Response:
    """The result of a run of your own as a file, where its capability makes one."""
    return await saved_result(house(request), actor, run_id, format)


@routes.post("/runs/{run_id}/stop", status_code=204)
async def stop(request: Request, actor: ActorDep, run_id: UUID) -> None:
    house(request).runs.live(actor, run_id).cancel()

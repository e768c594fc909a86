"""Kept runs over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from lionrock.api.deps import ActorDep
from lionrock.doors import house


def router() -> APIRouter:
    routes = APIRouter(tags=["runs"])

    @routes.get("/runs/{run_id}")
    async def run(request: Request, actor: ActorDep, run_id: UUID) -> dict[str, Any]:
        """A run of your own: its request, state and result."""
        return await house(request).runs.load(actor, run_id)

    @routes.post("/runs/{run_id}/stop", status_code=204)
    async def stop(request: Request, actor: ActorDep, run_id: UUID) -> None:
        house(request).runs.live(actor, run_id).cancel()

    return routes

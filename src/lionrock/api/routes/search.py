"""Search over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.search.service import Hit


class Hits(BaseModel):
    question: str
    hits: list[Hit]


def router() -> APIRouter:
    routes = APIRouter(tags=["search"])

    @routes.get("/search")
    async def search(
        request: Request,
        actor: ActorDep,
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> Hits:
        """Ranked passages, each with what spoke for it."""
        hits = await house(request).search.passages(actor, q, limit=limit)
        return Hits(question=q, hits=hits)

    return routes

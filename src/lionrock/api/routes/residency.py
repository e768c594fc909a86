"""Where data can go and where it went."""

from __future__ import annotations

from fastapi import APIRouter, Request

from lionrock.api.deps import ActorDep
from lionrock.doors import house, residency_of
from lionrock.kernel.egress.residency import Residency

routes = APIRouter(tags=["residency"])


@routes.get("/residency")
async def report(request: Request, actor: ActorDep) -> Residency:
    """The egress list, where each part is, what confines the children, and what was counted.

    Counts are those of the actor's own tenant.
    """
    return await residency_of(house(request), actor)

"""Where the protocol comes in: POST /mcp, with a service key and from no page of another site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from lionrock.api import deps
from lionrock.api.mcp.under_way import UnderWay
from lionrock.doors import house, same_origin
from lionrock.kernel.actors import Actor

if TYPE_CHECKING:
    from lionrock.app import House

PATH: Final = "/mcp"


async def caller(request: Request) -> Actor:
    """Whoever's key it is. A session opens nothing here: a browser must not speak for its user."""
    same_origin(request)
    return await deps.bearer(request)


def router() -> APIRouter:
    routes = APIRouter(tags=["mcp"])
    under_way = UnderWay()

    @routes.post(PATH, response_class=Response)
    async def mcp(request: Request, actor: Annotated[Actor, Depends(caller)]) -> Response:
        """One message of the Model Context Protocol (Streamable HTTP, without sessions)."""
        answered = await asyncio.to_thread(_speaker)
        return answered(house(request), actor, under_way)

    return routes


def _speaker() -> Callable[[House, Actor, UnderWay], Response]:
    """The SDK takes half a second to load: a server that nobody asks for it starts without."""
    from lionrock.api.mcp.serving import spoken

    return spoken

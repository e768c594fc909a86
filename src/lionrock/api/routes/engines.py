"""The engines behind the gateway, over HTTP: how they stand, and taking one out for maintenance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.gateway.operating import Standing

Name = Annotated[str, Path(max_length=64)]


class Engines(BaseModel):
    engines: list[Standing]


routes = APIRouter(prefix="/gateway/engines", tags=["gateway"])


@routes.get("")
async def list_engines(request: Request, actor: ActorDep) -> Engines:
    """In the order of the engines' file, as this process sees them. `load` is for operators."""
    return Engines(engines=house(request).gateway.engines.listing(actor))


@routes.post("/{name}/drain")
async def drain(request: Request, actor: ActorDep, name: Name) -> Standing:
    """Nothing more is sent to it; what it works on goes on to its end. It lasts until `resume`."""
    return await house(request).gateway.engines.drain(actor, name)


@routes.post("/{name}/resume")
async def resume(request: Request, actor: ActorDep, name: Name) -> Standing:
    return await house(request).gateway.engines.resume(actor, name)

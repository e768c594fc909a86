"""Is it alive, what does it run, and who am I."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lionrock import __version__
from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.errors import Forbidden
from lionrock.kernel import identity
from lionrock.kernel.actors import Role


class Health(BaseModel):
    status: str
    version: str


class Status(BaseModel):
    version: str
    model: str | None
    embeddings: str | None
    notices: list[str]
    name: str
    roles: list[str]


class Link(BaseModel):
    path: str


routes = APIRouter(tags=["system"])


@routes.get("/health")
async def health() -> Health:
    """Alive. Needs no key and tells nothing else."""
    return Health(status="ok", version=__version__)


@routes.get("/status")
async def status(request: Request, actor: ActorDep) -> Status:
    """What answers here, and what is missing."""
    found = house(request)
    return Status(
        version=__version__,
        model=found.gateway.model,
        embeddings=found.search.embedder.name if found.search.embedder else None,
        notices=[*found.audit.notices(), *found.notices],
        name=actor.name or await found.people.members.name_of(actor),
        roles=sorted(actor.roles),
    )


@routes.get("/openapi.json")
async def openapi(request: Request, actor: ActorDep) -> dict[str, Any]:
    """Every route of this server, as OpenAPI 3.1. For those who may use one."""
    document: dict[str, Any] = request.app.openapi()
    return document


@routes.post("/sign-in-links", status_code=201)
async def sign_in_link(request: Request, actor: ActorDep) -> Link:
    """A one-time sign-in link for yourself, as a path of this server. Not for a key of scopes: a
    session does what its owner may, and the key was made for less."""
    if actor.scopes is not None or Role.SERVICE in actor.roles:
        raise Forbidden("A key made for some permissions cannot sign in as its owner.")
    token = await identity.issue(house(request).database, actor.tenant_id, actor.id, "link")
    return Link(path=f"/sign-in#{token}")

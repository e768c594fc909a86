"""Is it alive, what does it run, and who am I."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lionrock import __version__
from lionrock.api.deps import ActorDep, house
from lionrock.kernel import identity


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


def router() -> APIRouter:
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
            notices=found.notices,
            name=actor.name,
            roles=sorted(actor.roles),
        )

    @routes.post("/sign-in-links", status_code=201)
    async def sign_in_link(request: Request, actor: ActorDep) -> Link:
        """A one-time sign-in link for yourself, as a path of this server."""
        token = await identity.issue(house(request).database, actor.tenant_id, actor.id, "link")
        return Link(path=f"/sign-in#{token}")

    return routes

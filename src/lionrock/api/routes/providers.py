"""The tenant's OpenID providers over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel.oidc.administration import KeptProvider, NewProvider


class Providers(BaseModel):
    providers: list[KeptProvider]


class Made(BaseModel):
    id: UUID


class Link(BaseModel):
    model_config = ConfigDict(extra="forbid")
    subject: str = Field(min_length=1, max_length=255, description="`sub` of the provider's tokens")
    member_id: UUID


routes = APIRouter(tags=["providers"])


@routes.get("/providers")
async def list_providers(request: Request, actor: ActorDep) -> Providers:
    """Every provider that members can be made to sign in with; secrets are not shown."""
    return Providers(providers=await house(request).oidc.administration.listing(actor))


@routes.post("/providers", status_code=201)
async def add(request: Request, actor: ActorDep, wanted: NewProvider) -> Made:
    """Add a provider. It is asked for its keys at the first sign-in."""
    return Made(id=await house(request).oidc.administration.add(actor, wanted))


@routes.put("/providers/{provider_id}", status_code=204)
async def change(request: Request, actor: ActorDep, provider_id: UUID, wanted: NewProvider) -> None:
    """Replace what a provider is told by; a secret that is left out is kept."""
    await house(request).oidc.administration.change(actor, provider_id, wanted)


@routes.delete("/providers/{provider_id}", status_code=204)
async def remove(request: Request, actor: ActorDep, provider_id: UUID) -> None:
    """Remove a provider, and with it which members its subjects are."""
    await house(request).oidc.administration.remove(actor, provider_id)


@routes.post("/providers/{provider_id}/subjects", status_code=204)
async def link(request: Request, actor: ActorDep, provider_id: UUID, wanted: Link) -> None:
    """Let a subject of the provider sign in as a member."""
    await house(request).oidc.administration.link(
        actor, provider_id, wanted.subject, wanted.member_id
    )

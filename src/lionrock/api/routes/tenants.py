"""Tenants over HTTP, for those who run the installation. A tenant's content is not in here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel import tenants
from lionrock.kernel.tenants import Tenant


class NewTenant(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=120)
    handle: str = Field(
        default="", max_length=40, description="What members sign in under; default: of the name."
    )
    email: str = Field(max_length=254, description="Of its first administrator.")


class CreatedTenant(BaseModel):
    id: UUID
    handle: str
    invitation: str = Field(description="A path of this server, for its administrator; shown once.")
    expires_at: datetime


class Share(BaseModel):
    model_config = ConfigDict(extra="forbid")
    share: float = Field(
        ge=tenants.LEAST_SHARE,
        le=tenants.MOST_SHARE,
        description="Of a full model engine, against other tenants' shares; 1 at first.",
    )


class Tenants(BaseModel):
    tenants: list[Tenant]


routes = APIRouter(tags=["tenants"])


@routes.get("/tenants")
async def list_tenants(request: Request, actor: ActorDep) -> Tenants:
    """The directory: handles, dates, states and shares."""
    return Tenants(tenants=await tenants.listing(house(request).database, actor))


@routes.post("/tenants", status_code=201)
async def create(request: Request, actor: ActorDep, wanted: NewTenant) -> CreatedTenant:
    """A new tenant, and the invitation of its first administrator."""
    found = house(request)
    made = await tenants.create(
        found.database, found.people.fields, actor,
        name=wanted.name, handle=wanted.handle, email=wanted.email,
    )  # fmt: skip
    return CreatedTenant(
        id=made.id, handle=made.handle, invitation=invitation_path(made.invitation.token),
        expires_at=made.invitation.expires_at,
    )  # fmt: skip


@routes.post("/tenants/{tenant_id}/suspend", status_code=204)
async def suspend(request: Request, actor: ActorDep, tenant_id: UUID) -> None:
    """Close every door of a tenant, now; what runs for it stops."""
    await tenants.suspend(house(request).database, actor, tenant_id)
    house(request).runs.watch.wake()


@routes.put("/tenants/{tenant_id}/share", status_code=204)
async def share(request: Request, actor: ActorDep, tenant_id: UUID, wanted: Share) -> None:
    """What a tenant gets of an engine when tenants wait for it."""
    await tenants.set_share(house(request).database, actor, tenant_id, wanted.share)
    house(request).gateway.forget(tenant_id)


@routes.post("/tenants/{tenant_id}/restore", status_code=204)
async def restore(request: Request, actor: ActorDep, tenant_id: UUID) -> None:
    await tenants.restore(house(request).database, actor, tenant_id)


def invitation_path(token: str) -> str:
    """Behind the #, which browsers do not send: no log on the way holds it."""
    return f"/invitation#{token}"

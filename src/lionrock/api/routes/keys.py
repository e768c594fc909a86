"""Service keys over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel import service_keys
from lionrock.kernel.service_keys import Key, NewKey


class CreatedKey(BaseModel):
    id: UUID
    key: str = Field(description="Its only copy.")
    expires_at: datetime


class Keys(BaseModel):
    keys: list[Key]


routes = APIRouter(tags=["keys"])


@routes.get("/keys")
async def list_keys(request: Request, actor: ActorDep) -> Keys:
    """Every live key of the tenant, with the first characters it is recognised by."""
    return Keys(keys=await service_keys.listing(house(request).database, actor))


@routes.post("/keys", status_code=201)
async def create(request: Request, actor: ActorDep, wanted: NewKey) -> CreatedKey:
    """A key for yourself or a machine's account. It is shown once."""
    made = await service_keys.create(house(request).database, actor, wanted)
    return CreatedKey(id=made.id, key=made.key, expires_at=made.expires_at)


@routes.delete("/keys/{key_id}", status_code=204)
async def end(request: Request, actor: ActorDep, key_id: UUID) -> None:
    """End a key, now; what runs under it stops."""
    await service_keys.end(house(request).database, actor, key_id)
    house(request).runs.watch.wake()

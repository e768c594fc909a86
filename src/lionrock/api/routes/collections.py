"""Collections over HTTP, and what is shared with observers."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel import collections, shares
from lionrock.kernel.collections import Collection, CollectionSettings, NewCollection
from lionrock.kernel.shares import NewShare


class Collections(BaseModel):
    collections: list[Collection]


class Made(BaseModel):
    id: UUID


routes = APIRouter(tags=["collections"])


@routes.get("/collections")
async def list_collections(request: Request, actor: ActorDep) -> Collections:
    """Those that concern you; all, for who manages them."""
    return Collections(collections=await collections.listing(house(request).database, actor))


@routes.post("/collections", status_code=201)
async def create(request: Request, actor: ActorDep, wanted: NewCollection) -> Made:
    return Made(id=await collections.create(house(request).database, actor, wanted))


@routes.put("/collections/{collection_id}", status_code=204)
async def change(
    request: Request, actor: ActorDep, collection_id: UUID, wanted: CollectionSettings
) -> None:
    """Replace its settings. Nobody opens a closed collection to themselves."""
    await collections.change(house(request).database, actor, collection_id, wanted)


@routes.post("/shares", status_code=201)
async def share(request: Request, actor: ActorDep, wanted: NewShare) -> Made:
    """Share a collection with an observer, for a reason and a time."""
    return Made(id=await shares.make(house(request).database, actor, wanted))


@routes.delete("/shares/{share_id}", status_code=204)
async def end_share(request: Request, actor: ActorDep, share_id: UUID) -> None:
    """End a collection's share; a case's is ended where the case is."""
    await shares.end(house(request).database, actor, share_id)

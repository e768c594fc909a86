"""Purposes and retention classes over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel import purposes
from lionrock.kernel.purposes import Purpose, RetentionClass


class Purposes(BaseModel):
    purposes: list[Purpose]


class RetentionClasses(BaseModel):
    retention_classes: list[RetentionClass]


routes = APIRouter(tags=["purposes"])


@routes.get("/purposes")
async def list_purposes(request: Request, actor: ActorDep) -> Purposes:
    return Purposes(purposes=await purposes.purposes(house(request).database, actor))


@routes.post("/purposes", status_code=201)
async def add_purpose(request: Request, actor: ActorDep, wanted: Purpose) -> Purpose:
    await purposes.add_purpose(house(request).database, actor, wanted)
    return wanted


@routes.put("/purposes/{code}", status_code=204)
async def change_purpose(request: Request, actor: ActorDep, code: str, wanted: Purpose) -> None:
    """Reword a purpose, or put it out of use (`active`)."""
    _same(code, wanted.code)
    await purposes.change_purpose(house(request).database, actor, wanted)


@routes.get("/retention-classes")
async def list_classes(request: Request, actor: ActorDep) -> RetentionClasses:
    listed = await purposes.retention_classes(house(request).database, actor)
    return RetentionClasses(retention_classes=listed)


@routes.post("/retention-classes", status_code=201)
async def add_class(request: Request, actor: ActorDep, wanted: RetentionClass) -> RetentionClass:
    await purposes.add_retention_class(house(request).database, actor, wanted)
    return wanted


@routes.put("/retention-classes/{code}", status_code=204)
async def change_class(
    request: Request, actor: ActorDep, code: str, wanted: RetentionClass
) -> None:
    _same(code, wanted.code)
    await purposes.change_retention_class(house(request).database, actor, wanted)


def _same(in_path: str, in_body: str) -> None:
    if in_path != in_body:
        raise InvalidInput("code: not the one in the address. A code does not change.")

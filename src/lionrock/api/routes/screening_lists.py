"""`/v1/screening/lists`: lists, made and changed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry.lists import Same, ScreeningList

Threshold = Annotated[float, Field(gt=0, lt=1)]


class NewList(BaseModel):
    """`kind`: of its files (see docs/screening-lists.md), or a word of one's own."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    kind: str = Field(pattern="^[a-z0-9-]{1,40}$")
    threshold: Threshold | None = None
    type_thresholds: dict[str, Threshold] = Field(default={}, max_length=100)


class ListChange(BaseModel):
    """What is not sent stays as it is. A `threshold` of null is the engine's own."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, min_length=1, max_length=100)
    active: bool | None = None
    threshold: Threshold | None = None
    type_thresholds: dict[str, Threshold] | None = Field(default=None, max_length=100)


class Lists(BaseModel):
    lists: list[ScreeningList]


def add(routes: APIRouter) -> None:
    @routes.get("/screening/lists")
    async def listing(request: Request, actor: ActorDep) -> Lists:
        return Lists(lists=await house(request).screening.registry.lists.listing(actor))

    @routes.post("/screening/lists", status_code=201)
    async def create(request: Request, actor: ActorDep, wanted: NewList) -> ScreeningList:
        """A list without entries: import a version next."""
        lists = house(request).screening.registry.lists
        made = await lists.create(
            actor, wanted.name, wanted.kind, threshold=wanted.threshold,
            type_thresholds=wanted.type_thresholds,
        )  # fmt: skip
        return await lists.get(actor, made)

    @routes.get("/screening/lists/{list_id}")
    async def get(request: Request, actor: ActorDep, list_id: UUID) -> ScreeningList:
        return await house(request).screening.registry.lists.get(actor, list_id)

    @routes.patch("/screening/lists/{list_id}")
    async def change(
        request: Request, actor: ActorDep, list_id: UUID, wanted: ListChange
    ) -> ScreeningList:
        """Another threshold, or another use, has customers screened again."""
        require(actor, P.SCREENING_LIST_MANAGE)
        lists = house(request).screening.registry.lists
        said = "threshold" in wanted.model_fields_set
        await lists.change(
            actor, list_id, name=wanted.name, active=wanted.active,
            threshold=wanted.threshold if said else Same.SAME,
            type_thresholds=wanted.type_thresholds,
        )  # fmt: skip
        return await lists.get(actor, list_id)

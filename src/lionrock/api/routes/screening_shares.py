"""Cases shared with observers over HTTP: shown one by one, for a reason and a time, and ended."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel.shares import Share
from lionrock.screening.alerts.sharing import SharedCase


class NewCaseShare(BaseModel):
    model_config = ConfigDict(extra="forbid")
    member_id: UUID = Field(description="An observer of this tenant.")
    reason: str = Field(min_length=1, max_length=200, description="Of what request or duty.")
    days: int = Field(default=30, ge=1, le=365)


class Made(BaseModel):
    id: UUID


class CaseShares(BaseModel):
    shares: list[Share]


class SharedCases(BaseModel):
    cases: list[SharedCase]


def add(routes: APIRouter) -> None:
    @routes.get("/screening/shared-cases")
    async def shared(request: Request, actor: ActorDep) -> SharedCases:
        """An observer's: what is shared with them now. For everyone else there is the queue."""
        return SharedCases(cases=await house(request).screening.alerts.sharing.with_me(actor))

    @routes.get("/screening/alerts/{alert_id}/shares")
    async def shares(request: Request, actor: ActorDep, alert_id: UUID) -> CaseShares:
        """With whom it is or was shared, the newest first."""
        sharing = house(request).screening.alerts.sharing
        return CaseShares(shares=await sharing.of_case(actor, alert_id))

    @routes.post("/screening/alerts/{alert_id}/shares", status_code=201)
    async def share(
        request: Request, actor: ActorDep, alert_id: UUID, wanted: NewCaseShare
    ) -> Made:
        """Show it to an observer: to look at, for so many days."""
        sharing = house(request).screening.alerts.sharing
        made = await sharing.share(
            actor, alert_id, wanted.member_id, wanted.reason, days=wanted.days
        )
        return Made(id=made)

    @routes.delete("/screening/alerts/{alert_id}/shares/{share_id}", status_code=204)
    async def end(request: Request, actor: ActorDep, alert_id: UUID, share_id: UUID) -> None:
        """From now on the observer sees it no more."""
        await house(request).screening.alerts.sharing.end(actor, alert_id, share_id)

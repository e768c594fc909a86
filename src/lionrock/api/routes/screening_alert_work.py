"""Work on an alert over HTTP: who has it, what is proposed, what is decided, who is told."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.screening.alerts.knowing import must_review
from lionrock.screening.alerts.models import NewProposal
from lionrock.screening.alerts.reasons import Disposition


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Assignee(_Body):
    member_id: UUID


class Note(_Body):
    note: str = Field(min_length=1, max_length=4000)


class Decision(_Body):
    """Approve exactly what `content_hash` names, or send it back with a note."""

    approve: bool
    content_hash: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    note: str = Field(default="", max_length=4000)


class Proposed(BaseModel):
    content_hash: str


class Decided(BaseModel):
    """None: it was sent back."""

    disposition: Disposition | None


def add(routes: APIRouter) -> None:
    @routes.post("/screening/alerts/{alert_id}/take", status_code=204)
    async def take(request: Request, actor: ActorDep, alert_id: UUID) -> None:
        """Take one that nobody has."""
        await house(request).screening.alerts.assignment.take(actor, alert_id)

    @routes.put("/screening/alerts/{alert_id}/assignee", status_code=204)
    async def assign(request: Request, actor: ActorDep, alert_id: UUID, wanted: Assignee) -> None:
        """Give it to a member who may work on alerts."""
        assignment = house(request).screening.alerts.assignment
        await assignment.assign(actor, alert_id, wanted.member_id)

    @routes.delete("/screening/alerts/{alert_id}/assignee", status_code=204)
    async def give_back(request: Request, actor: ActorDep, alert_id: UUID) -> None:
        """Leave it to others."""
        await house(request).screening.alerts.assignment.give_back(actor, alert_id)

    @routes.post("/screening/alerts/{alert_id}/proposal", status_code=201)
    async def propose(
        request: Request, actor: ActorDep, alert_id: UUID, wanted: NewProposal
    ) -> Proposed:
        """Say what the alert is, by its assignee. Another person decides, on exactly this hash."""
        made = await house(request).screening.alerts.dispositions.propose(actor, alert_id, wanted)
        return Proposed(content_hash=made)

    @routes.delete("/screening/alerts/{alert_id}/proposal", status_code=204)
    async def withdraw(request: Request, actor: ActorDep, alert_id: UUID) -> None:
        """Who proposed it takes it back."""
        await house(request).screening.alerts.dispositions.withdraw(actor, alert_id)

    @routes.post("/screening/alerts/{alert_id}/decision")
    async def decide(
        request: Request, actor: ActorDep, alert_id: UUID, wanted: Decision
    ) -> Decided:
        """Another person than the proposer decides, signed in: a key decides nothing."""
        must_review(actor)
        dispositions = house(request).screening.alerts.dispositions
        if not wanted.approve:
            await dispositions.send_back(actor, alert_id, wanted.note)
            return Decided(disposition=None)
        if not wanted.content_hash:
            raise InvalidInput("Say the content_hash of the proposal that is approved.")
        done = await dispositions.approve(actor, alert_id, wanted.content_hash, wanted.note)
        return Decided(disposition=done)

    @routes.post("/screening/alerts/{alert_id}/escalate", status_code=204)
    async def escalate(request: Request, actor: ActorDep, alert_id: UUID, wanted: Note) -> None:
        """Take it to the reporting officer, at once."""
        await house(request).screening.alerts.escalation.escalate(actor, alert_id, wanted.note)

    @routes.post("/screening/clearances/{clearance_id}/revoke", status_code=204)
    async def revoke(request: Request, actor: ActorDep, clearance_id: UUID, wanted: Note) -> None:
        """End a clearance before its time; if the hit stands, its alert is open again."""
        await house(request).screening.alerts.clearances.revoke(actor, clearance_id, wanted.note)

"""What goes in and out of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.alerts.states import AlertState
from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(Model):
    """What a proposal rests on: a hit of the alert, a page of a document, or a thing seen elsewhere."""

    kind: Literal["hit", "document", "other"]
    id: UUID | None = None
    page: int | None = Field(default=None, ge=1)
    words: str = Field(default="", max_length=500)


class NewProposal(Model):
    disposition: Disposition
    reason: Reason
    note: str = Field(default="", max_length=4000)
    references: list[Reference] = Field(default=[], max_length=50)


class Words(Model):
    """The sealed part of a step."""

    note: str = ""
    references: list[Reference] = []


class HitEvidence(Model):
    """The sealed part of a hit: both sides as they were when it was found, and what the engine said."""

    subject: Entity
    listed: Entity
    match: Match
    list_name: str
    list_kind: str


class HitView(Model):
    id: UUID
    list_id: UUID
    entry_id: UUID
    list_version: int
    score: float
    found_at: datetime
    gone_at: datetime | None
    gone_why: Literal["changed", "moved", "vanished"] | None
    cleared: bool
    evidence: HitEvidence | None
    """None once the subject's key has been destroyed."""


class Step(Model):
    """One thing that happened, in order; `made_by` a member, or nil for the house."""

    kind: str
    made_by: UUID
    made_at: datetime
    assignee: UUID | None
    proposal_id: UUID | None
    disposition: Disposition | None
    reason: Reason | None
    hits: int | None
    note: str
    references: list[Reference]


class ProposalView(Model):
    """What waits for a decision. `content_hash` is what the second person approves."""

    id: UUID
    content_hash: str
    proposed_by: UUID
    disposition: Disposition
    reason: Reason
    note: str
    references: list[Reference]
    expires_at: datetime


class Summary(Model):
    """A line of the queue. For whom it is not to know, what would link it to its subject is None, or
    coarse: see `blind`."""

    id: UUID
    state: AlertState
    score: float
    hits: int
    lists: list[UUID]
    assignee: UUID | None
    raised_at: datetime
    opened_at: datetime
    due_at: datetime
    overdue: bool
    escalated: bool | None
    disposition: Disposition | None
    reason: Reason | None
    decided_at: datetime | None
    name: str | None
    subject_kind: Literal["customer", "adhoc"] | None
    subject_id: UUID | None


class Case(Model):
    """An alert, opened."""

    alert: Summary
    mine: bool = False
    """Is it the reader's to work on, under whichever of their memberships?"""
    hits: list[HitView]
    """Best score first; those that went after those that stand."""
    steps: list[Step]
    proposal: ProposalView | None
    proposed_by: UUID | None
    decided_by: UUID | None
    escalated_by: UUID | None
    escalated_at: datetime | None


class Clearance(Model):
    """A pair that is not asked about again; who cleared it, when and why."""

    id: UUID
    alert_id: UUID
    list_id: UUID
    entry_id: UUID
    reason: Reason
    note: str
    proposed_by: UUID
    decided_by: UUID
    cleared_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_why: Literal["changed", "expired", "overturned", "replaced", "revoked"] | None
    ended_by: UUID | None
    ended_note: str

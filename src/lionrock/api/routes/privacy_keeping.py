"""Holds, retention, erasure and the breach register over HTTP."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel.privacy.breaches import Breach, BreachFacts, EntryFacts
from lionrock.kernel.privacy.erasure_records import Erasure, ErasureTarget, Reason
from lionrock.kernel.privacy.holds import Hold, Target
from lionrock.kernel.privacy.retention import Begins, Due, Starts

_CSV = "text/csv; charset=utf-8"


class Entered(BaseModel):
    id: UUID


class NewHold(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=4000)
    targets: list[Target] = Field(min_length=1, max_length=1000)


class Release(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=4000)


class HoldList(BaseModel):
    holds: list[Hold]


class DueList(BaseModel):
    due: list[Due]


class NewStart(BaseModel):
    """On which day a relationship ended, a transaction was completed, a decision was made."""

    model_config = ConfigDict(extra="forbid")
    kind: Begins
    target_id: UUID
    starts: Starts
    on_day: date


class NewErasure(BaseModel):
    model_config = ConfigDict(extra="forbid")
    targets: list[ErasureTarget] = Field(min_length=1, max_length=1000)
    reason: Reason


class ErasureDecision(BaseModel):
    """`content_hash` is what the approver saw: `content_hash` of the erasure."""

    model_config = ConfigDict(extra="forbid")
    approve: bool
    content_hash: str = Field(default="", max_length=64)


class ErasureList(BaseModel):
    erasures: list[Erasure]


class BreachList(BaseModel):
    breaches: list[Breach]


def add(routes: APIRouter) -> None:
    """Add these routes to those of `privacy`."""
    _holds(routes)
    _retention(routes)
    _erasures(routes)
    _breaches(routes)


def _holds(routes: APIRouter) -> None:
    @routes.post("/privacy/holds", status_code=201)
    async def place(request: Request, actor: ActorDep, wanted: NewHold) -> Entered:
        """Keep things from being erased, whatever retention says."""
        made = await house(request).privacy.holds.place(
            actor, wanted.name, wanted.reason, wanted.targets
        )
        return Entered(id=made)

    @routes.get("/privacy/holds")
    async def list_holds(request: Request, actor: ActorDep) -> HoldList:
        return HoldList(holds=await house(request).privacy.holds.listing(actor))

    @routes.post("/privacy/holds/{hold_id}/release", status_code=204)
    async def release(request: Request, actor: ActorDep, hold_id: UUID, wanted: Release) -> None:
        await house(request).privacy.holds.release(actor, hold_id, wanted.reason)


def _retention(routes: APIRouter) -> None:
    @routes.get("/privacy/retention")
    async def due(request: Request, actor: ActorDep) -> DueList:
        """What is past its longest time. Nothing is erased by looking."""
        return DueList(due=await house(request).privacy.retention.due(actor))

    @routes.put("/privacy/retention/starts", status_code=204)
    async def start(request: Request, actor: ActorDep, wanted: NewStart) -> None:
        await house(request).privacy.retention.start(
            actor, wanted.kind, wanted.target_id, wanted.starts, wanted.on_day
        )


def _erasures(routes: APIRouter) -> None:
    @routes.post("/privacy/erasures", status_code=201)
    async def propose(request: Request, actor: ActorDep, wanted: NewErasure) -> Erasure:
        """Propose to erase documents, runs, people's records, customers with their cases, single cases,
        screenings or screened files, as they are now. 409 with the reason, and the day from which it
        can be erased where one is known, for what a hold or a law keeps."""
        erasures = house(request).privacy.erasures
        made = await erasures.propose(actor, wanted.targets, wanted.reason)
        return await erasures.get(actor, made)

    @routes.get("/privacy/erasures")
    async def list_erasures(request: Request, actor: ActorDep) -> ErasureList:
        return ErasureList(erasures=await house(request).privacy.erasures.listing(actor))

    @routes.get("/privacy/erasures/{erasure_id}")
    async def erasure(request: Request, actor: ActorDep, erasure_id: UUID) -> Erasure:
        return await house(request).privacy.erasures.get(actor, erasure_id)

    @routes.post("/privacy/erasures/{erasure_id}/decision")
    async def decide(
        request: Request, actor: ActorDep, erasure_id: UUID, wanted: ErasureDecision
    ) -> Erasure:
        """Approve, and so carry out, or refuse what another person proposed. A key may not."""
        erasures = house(request).privacy.erasures
        if wanted.approve:
            await erasures.approve(actor, erasure_id, wanted.content_hash)
        else:
            await erasures.refuse(actor, erasure_id)
        return await erasures.get(actor, erasure_id)

    @routes.get(
        "/privacy/erasures/{erasure_id}/certificate", response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )  # fmt: skip
    async def certificate(request: Request, actor: ActorDep, erasure_id: UUID) -> Response:
        """The certificate, with what leads from it to the audit log's leaf."""
        data = await house(request).privacy.erasures.certificate(actor, erasure_id)
        headers = {"Content-Disposition": f'attachment; filename="erasure-{erasure_id}.json"'}
        return Response(data, media_type="application/json", headers=headers)


def _breaches(routes: APIRouter) -> None:
    @routes.post("/privacy/breaches", status_code=201)
    async def enter(request: Request, actor: ActorDep, wanted: BreachFacts) -> Entered:
        return Entered(id=await house(request).privacy.breaches.enter(actor, wanted))

    @routes.get("/privacy/breaches")
    async def list_breaches(request: Request, actor: ActorDep) -> BreachList:
        return BreachList(breaches=await house(request).privacy.breaches.listing(actor))

    @routes.get(
        "/privacy/breaches.csv", response_class=Response,
        responses={200: {"content": {"text/csv": {}}}},
    )  # fmt: skip
    async def export(request: Request, actor: ActorDep) -> Response:
        """The register as CSV. That it was exported is an event."""
        data = await house(request).privacy.breaches.export(actor)
        headers = {"Content-Disposition": 'attachment; filename="breaches.csv"'}
        return Response(data, media_type=_CSV, headers=headers)

    @routes.get("/privacy/breaches/{breach_id}")
    async def breach(request: Request, actor: ActorDep, breach_id: UUID) -> Breach:
        return await house(request).privacy.breaches.get(actor, breach_id)

    @routes.post("/privacy/breaches/{breach_id}/entries", status_code=201)
    async def add_entry(
        request: Request, actor: ActorDep, breach_id: UUID, wanted: EntryFacts
    ) -> Entered:
        """Containment, assessment, a notice to someone, a note, closing."""
        return Entered(id=await house(request).privacy.breaches.add(actor, breach_id, wanted))

"""The audit log over HTTP: events and their proofs, the log as tlog-tiles serves it, exports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.audit.entries import MOST, Entry, Filter
from lionrock.kernel.audit.service import LogState

_NOTE = "text/plain; charset=utf-8"
_TAR = "application/x-tar"
_Responses = dict[int | str, dict[str, Any]]
_TEXT: _Responses = {200: {"content": {"text/plain": {}}}}
_BYTES: _Responses = {200: {"content": {"application/octet-stream": {}}}}
_ARCHIVE: _Responses = {200: {"content": {_TAR: {}}}}


class Entries(BaseModel):
    events: list[Entry]


class VerifierKeys(BaseModel):
    keys: list[str]


class Witness(BaseModel):
    name: str
    vkey: str
    size: int | None
    cosigned_at: datetime | None


class WitnessList(BaseModel):
    witnesses: list[Witness]


class NewWitness(BaseModel):
    model_config = ConfigDict(extra="forbid")
    vkey: str = Field(min_length=1, max_length=4000, description="verifier key: name+id+base64")


class NewCosignature(BaseModel):
    model_config = ConfigDict(extra="forbid")
    checkpoint: str = Field(min_length=1, max_length=200_000, description="the cosigned checkpoint")


class Kept(BaseModel):
    origin: str
    size: int


routes = APIRouter(prefix="/audit", tags=["audit"])


@routes.get("/state")
async def state(request: Request, actor: ActorDep) -> LogState:
    """How the log of your tenant stands."""
    return await house(request).audit.log_state(actor)


@routes.get("/events")
async def events(
    request: Request,
    actor: ActorDep,
    event: str | None = None,
    subject: UUID | None = None,
    by: Annotated[UUID | None, Query(description="who acted")] = None,
    since: datetime | None = None,
    before: Annotated[UUID | None, Query(description="last event of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Entries:
    """Events, the newest first. Reading them is an event."""
    wanted = Filter(event, subject, by, _zoned(since), before, limit)
    return Entries(events=await house(request).audit.events(actor, wanted))


@routes.get("/events/{event_id}")
async def event(request: Request, actor: ActorDep, event_id: UUID) -> Entry:
    """One event, with the salt that opens its commitment."""
    return await house(request).audit.event(actor, event_id)


@routes.get("/events/{event_id}/proof", response_class=Response, responses=_TEXT)
async def proof(request: Request, actor: ActorDep, event_id: UUID) -> Response:
    """A C2SP `.tlog-proof` that the event is in the log."""
    proof = await house(request).audit.prove(actor, event_id)
    return _file(proof, _NOTE, f"{event_id}.tlog-proof")


@routes.get("/export", response_class=StreamingResponse, responses=_ARCHIVE)
async def export(
    request: Request, actor: ActorDep, since: datetime | None = None
) -> StreamingResponse:
    """All an outsider needs to verify the log, as a tar file."""
    stream = await house(request).audit.export(actor, _zoned(since))
    return StreamingResponse(stream, media_type=_TAR, headers=_named("audit-export.tar"))


@routes.get(
    "/subjects/{subject_id}/export", response_class=StreamingResponse, responses=_ARCHIVE
)  # fmt: skip
async def subject(request: Request, actor: ActorDep, subject_id: UUID) -> StreamingResponse:
    """Who saw and decided what about a subject: CSV, PDF and a proof a line, as a tar file."""
    stream = await house(request).audit.subject_export(actor, subject_id)
    return StreamingResponse(stream, media_type=_TAR, headers=_named(f"{subject_id}.tar"))


@routes.get("/keys")
async def keys(request: Request, actor: ActorDep) -> VerifierKeys:
    """Verifier keys of your tenant's log, the newest first."""
    return VerifierKeys(keys=await house(request).audit.keys(actor))


@routes.get("/log/checkpoint", response_class=Response, responses=_TEXT)
async def checkpoint(request: Request, actor: ActorDep) -> Response:
    """The signed head (C2SP tlog-checkpoint)."""
    return Response(await house(request).audit.checkpoint(actor), media_type=_NOTE)


@routes.get("/log/tile/{path:path}", response_class=Response, responses=_BYTES)
async def tile(request: Request, actor: ActorDep, path: str) -> Response:
    """Hashes of the tree, or entries (C2SP tlog-tiles). Reading entries is an event."""
    data = await house(request).audit.tile(actor, f"tile/{path}")
    return Response(data, media_type="application/octet-stream")


@routes.get("/witnesses")
async def witnesses(request: Request, actor: ActorDep) -> WitnessList:
    """Who cosigns the log, and how far they have."""
    found = await house(request).audit.witnesses.known(actor)
    known = [Witness.model_validate(w, from_attributes=True) for w in found]
    return WitnessList(witnesses=known)


@routes.post("/witnesses", status_code=201)
async def add_witness(request: Request, actor: ActorDep, body: NewWitness) -> Witness:
    """Trust a witness by its verifier key."""
    made = await house(request).audit.add_witness(actor, body.vkey)
    return Witness.model_validate(made, from_attributes=True)


@routes.post("/cosignatures", status_code=201)
async def cosignature(request: Request, actor: ActorDep, body: NewCosignature) -> Kept:
    """Take in a checkpoint of this log that a witness cosigned."""
    kept = await house(request).audit.keep_cosigned(actor, body.checkpoint.encode())
    return Kept(origin=kept.head.origin, size=kept.head.size)


def _zoned(time: datetime | None) -> datetime | None:
    if time is not None and time.tzinfo is None:
        raise InvalidInput("A time needs its zone: 2026-03-04T00:00:00+08:00, or Z for UTC.")
    return time


def _file(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, media_type=media_type, headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}

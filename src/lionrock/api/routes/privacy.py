"""Privacy work over HTTP: people, their requests, what is found of them, corrections."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.api.routes import privacy_keeping
from lionrock.doors import house
from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy import request_models as models
from lionrock.kernel.privacy.corrections import Correction, Note
from lionrock.kernel.privacy.findings import Finding, Review
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.service import Privacy
from lionrock.kernel.privacy.subjects import Subject

_ZIP = "application/zip"


class Made(BaseModel):
    id: UUID


class NewSubject(BaseModel):
    model_config = ConfigDict(extra="forbid")
    identifiers: list[Identifier] = Field(min_length=1, max_length=100)
    member_id: UUID | None = None


class Identifiers(BaseModel):
    model_config = ConfigDict(extra="forbid")
    identifiers: list[Identifier] = Field(min_length=1, max_length=100)


class SubjectList(BaseModel):
    subjects: list[Subject]


class NewRequest(BaseModel):
    """`received_on` is the day in Hong Kong on which it came in: the clock runs from it."""

    model_config = ConfigDict(extra="forbid")
    subject_id: UUID
    kind: models.RequestKind
    received_on: date
    language: models.Language = "en"
    wording: str = Field(default="", max_length=8000)


class RequestList(BaseModel):
    requests: list[models.Request]


class NoticeList(BaseModel):
    notices: list[models.Notice]


class FindingList(BaseModel):
    findings: list[Finding]


class NoteList(BaseModel):
    notes: list[Note]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CheckIdentity(_Step):
    step: Literal["identity"]
    method: models.Identity


class SetFee(_Step):
    step: Literal["fee"]
    cents: int = Field(ge=0, le=10_000_000)
    paid_on: date | None = None


class Extend(_Step):
    step: Literal["extend"]
    reason: str = Field(min_length=1, max_length=4000)


class Search(_Step):
    step: Literal["search"]


class Package(_Step):
    step: Literal["package"]


class Deliver(_Step):
    step: Literal["deliver"]
    method: str = Field(min_length=1, max_length=100)


class Refuse(_Step):
    step: Literal["refuse"]
    ground: str = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=1, max_length=4000)


Step = Annotated[
    CheckIdentity | SetFee | Extend | Search | Package | Deliver | Refuse,
    Field(discriminator="step"),
]


routes = APIRouter(tags=["privacy"])
privacy_keeping.add(routes)


@routes.post("/privacy/subjects", status_code=201)
async def add_subject(request: Request, actor: ActorDep, wanted: NewSubject) -> Made:
    """A person, by all that they are known by."""
    made = await house(request).privacy.subjects.add(
        actor, wanted.identifiers, member_id=wanted.member_id
    )
    return Made(id=made)


@routes.get("/privacy/subjects")
async def find_subjects(
    request: Request,
    actor: ActorDep,
    kind: IdentifierKind,
    value: Annotated[str, Query(min_length=1, max_length=200)],
) -> SubjectList:
    """Who has exactly this identifier, in whatever way it is written."""
    wanted = Identifier(kind=kind, value=value)
    return SubjectList(subjects=await house(request).privacy.subjects.find(actor, wanted))


@routes.get("/privacy/subjects/{subject_id}")
async def subject(request: Request, actor: ActorDep, subject_id: UUID) -> Subject:
    return await house(request).privacy.subjects.get(actor, subject_id)


@routes.put("/privacy/subjects/{subject_id}", status_code=204)
async def change_subject(
    request: Request, actor: ActorDep, subject_id: UUID, wanted: Identifiers
) -> None:
    """Put other identifiers in the place of those there are."""
    await house(request).privacy.subjects.change(actor, subject_id, wanted.identifiers)


@routes.post("/privacy/requests", status_code=201)
async def receive(request: Request, actor: ActorDep, wanted: NewRequest) -> Made:
    """Enter an access or correction request; it is due 40 days after it was received."""
    made = await house(request).privacy.requests.receive(
        actor, wanted.subject_id, wanted.kind, received_on=wanted.received_on,
        language=wanted.language, wording=wanted.wording,
    )  # fmt: skip
    return Made(id=made)


@routes.get("/privacy/requests")
async def list_requests(request: Request, actor: ActorDep) -> RequestList:
    return RequestList(requests=await house(request).privacy.requests.listing(actor))


@routes.get("/privacy/notices")
async def notices(request: Request, actor: ActorDep) -> NoticeList:
    """Open requests with ten days left or fewer."""
    return NoticeList(notices=await house(request).privacy.requests.notices(actor))


@routes.get("/privacy/requests/{request_id}")
async def get_request(request: Request, actor: ActorDep, request_id: UUID) -> models.Request:
    return await house(request).privacy.requests.get(actor, request_id)


@routes.post("/privacy/requests/{request_id}/steps")
async def step(request: Request, actor: ActorDep, request_id: UUID, wanted: Step) -> models.Request:
    """Check identity, set the fee, extend, search, package, deliver or refuse."""
    privacy = house(request).privacy
    await _take(privacy, actor, request_id, wanted)
    return await privacy.requests.get(actor, request_id)


@routes.get(
    "/privacy/requests/{request_id}/package", response_class=Response,
    responses={200: {"content": {_ZIP: {}}}},
)  # fmt: skip
async def package(request: Request, actor: ActorDep, request_id: UUID) -> Response:
    """The copy for the person, as a ZIP. Each time it is fetched is an event."""
    data = await house(request).privacy.packages.get(actor, request_id)
    headers = {"Content-Disposition": f'attachment; filename="{request_id}.zip"'}
    return Response(data, media_type=_ZIP, headers=headers)


async def _take(privacy: Privacy, actor: Actor, request: UUID, wanted: Step) -> None:
    requests = privacy.requests
    match wanted:
        case CheckIdentity():
            await requests.check_identity(actor, request, wanted.method)
        case SetFee():
            await requests.set_fee(actor, request, wanted.cents, wanted.paid_on)
        case Extend():
            await requests.extend(actor, request, wanted.reason)
        case Search():
            await privacy.findings.search(actor, request)
        case Package():
            await privacy.packages.make(actor, request)
        case Deliver():
            await requests.deliver(actor, request, wanted.method)
        case Refuse():
            await requests.refuse(actor, request, wanted.ground, wanted.reason)


@routes.get("/privacy/requests/{request_id}/findings")
async def findings(request: Request, actor: ActorDep, request_id: UUID) -> FindingList:
    """Every place where the person's data stands, those to review first."""
    found = await house(request).privacy.findings.listing(actor, request_id)
    return FindingList(findings=found)


@routes.put("/privacy/requests/{request_id}/findings/{finding_id}", status_code=204)
async def review(
    request: Request, actor: ActorDep, request_id: UUID, finding_id: UUID, wanted: Review
) -> None:
    """Include, exclude with its ground, or redact others. Voids a package made before."""
    await house(request).privacy.findings.review(actor, request_id, finding_id, wanted)


@routes.post("/privacy/requests/{request_id}/corrections", status_code=201)
async def correct(request: Request, actor: ActorDep, request_id: UUID, wanted: Correction) -> Made:
    """Put a member's field right, or set a note beside a document."""
    return Made(id=await house(request).privacy.corrections.make(actor, request_id, wanted))


@routes.get("/documents/{document_id}/notes", tags=["documents"])
async def notes(request: Request, actor: ActorDep, document_id: UUID) -> NoteList:
    """Notes of correction beside a document: to be shown wherever it is cited."""
    found = house(request)
    await found.documents.get(actor, document_id)
    async with found.database.tenant_session(actor) as db:
        return NoteList(notes=await found.privacy.corrections.notes(db, actor, [document_id]))

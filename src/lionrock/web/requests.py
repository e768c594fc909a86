"""Access and correction requests: the clocks, the next step of each, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from starlette.datastructures import FormData

from lionrock.doors import house
from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.clock import DAYS, hong_kong_date
from lionrock.kernel.privacy.corrections import Correction
from lionrock.kernel.privacy.grounds import REFUSING_ACCESS, REFUSING_CORRECTION
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.request_models import ENDS, Identity, Language, RequestKind
from lionrock.kernel.privacy.service import Privacy
from lionrock.web.administration import done, given_id, names
from lionrock.web.auth import Reader
from lionrock.web.clocks import clock, next_step, steps
from lionrock.web.i18n import LANGUAGES
from lionrock.web.rendering import page

PATH = "/admin/requests"
KINDS = (
    IdentifierKind.NAME, IdentifierKind.HKID, IdentifierKind.PASSPORT, IdentifierKind.PHONE,
    IdentifierKind.EMAIL, IdentifierKind.ACCOUNT, IdentifierKind.CUSTOMER, IdentifierKind.OTHER,
)  # fmt: skip
_ONE_PERSON = (IdentifierKind.HKID, IdentifierKind.PASSPORT, IdentifierKind.CUSTOMER)
"""Two records with the same one of these are of the same person."""
_MOST_ENDED = 50

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Person:
    """Whose request it is, as far as that is not erased."""

    id: UUID
    name: str
    identifiers: tuple[Identifier, ...]


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    privacy = _privacy(request)
    everything = await privacy.requests.listing(actor)
    running = [r for r in everything if r.state not in ENDS]
    ended = [r for r in everything if r.state in ENDS][:_MOST_ENDED]
    people = {r.subject_id: await _person(privacy, actor, r.subject_id) for r in running + ended}
    return page(
        request, "admin/requests.html", running=running, ended=ended, people=people, clock=clock,
        next_step=next_step, over=sum(clock(r).tone == "over" for r in running),
        near=sum(clock(r).tone == "near" for r in running), days=DAYS,
    )  # fmt: skip


@routes.get(f"{PATH}/new")
async def new(request: Request, actor: Reader) -> Response:
    require(actor, P.PRIVACY_REQUEST_MANAGE)
    return page(
        request, "admin/request-new.html", kinds=KINDS, request_kinds=list(RequestKind),
        spoken=LANGUAGES, today=hong_kong_date(datetime.now(UTC)),
    )  # fmt: skip


@routes.post(PATH)
async def receive(
    request: Request,
    actor: Reader,
    kind: Annotated[RequestKind, Form()],
    received_on: Annotated[date, Form()],
    spoken: Annotated[Language, Form()] = "en",
    wording: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Enter a request of the person that the form's identifiers tell."""
    privacy = _privacy(request)
    async with request.form() as form:
        identifiers = _identifiers(form)
    subject = await _subject(privacy, actor, identifiers)
    made = await privacy.requests.receive(
        actor, subject, kind, received_on=received_on, language=spoken, wording=wording.strip()
    )
    return done(request, f"{PATH}/{made}")


@routes.get(f"{PATH}/{{request_id}}")
async def one(request: Request, actor: Reader, request_id: UUID) -> Response:
    privacy = _privacy(request)
    asked = await privacy.requests.get(actor, request_id)
    access = asked.kind is RequestKind.ACCESS
    return page(
        request, "admin/request.html", asked=asked, clock=clock(asked), next=next_step(asked),
        steps=steps(asked), person=await _person(privacy, actor, asked.subject_id), days=DAYS,
        grounds=REFUSING_ACCESS if access else REFUSING_CORRECTION, methods=get_args(Identity),
        names=await names(request, actor), today=hong_kong_date(datetime.now(UTC)),
        package=f"{PATH}/{request_id}/package.zip",
    )  # fmt: skip


@routes.post(f"{PATH}/{{request_id}}/identity")
async def check_identity(
    request: Request, actor: Reader, request_id: UUID, method: Annotated[Identity, Form()]
) -> Response:
    await _privacy(request).requests.check_identity(actor, request_id, method)
    return _on(request, request_id)


@routes.post(f"{PATH}/{{request_id}}/fee")
async def set_fee(
    request: Request,
    actor: Reader,
    request_id: UUID,
    dollars: Annotated[float, Form(ge=0, le=1_000_000)],
    paid_on: Annotated[date | Literal[""], Form()] = "",
) -> Response:
    """A fee in Hong Kong dollars, and the day it was paid, if it was."""
    await _privacy(request).requests.set_fee(
        actor, request_id, round(dollars * 100), paid_on or None
    )
    return _on(request, request_id)


@routes.post(f"{PATH}/{{request_id}}/extend")
async def extend(
    request: Request,
    actor: Reader,
    request_id: UUID,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    await _privacy(request).requests.extend(actor, request_id, reason)
    return _on(request, request_id)


@routes.post(f"{PATH}/{{request_id}}/refuse")
async def refuse(
    request: Request,
    actor: Reader,
    request_id: UUID,
    ground: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    await _privacy(request).requests.refuse(actor, request_id, ground, reason)
    return _on(request, request_id)


@routes.post(f"{PATH}/{{request_id}}/deliver")
async def deliver(
    request: Request, actor: Reader, request_id: UUID, method: Annotated[str, Form(max_length=200)]
) -> Response:
    await _privacy(request).requests.deliver(actor, request_id, method.strip())
    return _on(request, request_id)


@routes.post(f"{PATH}/{{request_id}}/correct")
async def correct(
    request: Request,
    actor: Reader,
    request_id: UUID,
    field: Annotated[Literal["name", "email", "note"], Form()],
    target: Annotated[str, Form(max_length=40)],
    text: Annotated[str, Form(min_length=1, max_length=4000)],
    on_page: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Put a member's name or address right, or set a note beside a document."""
    chosen = given_id(target)
    if chosen is None or (on_page and not on_page.isdecimal()):
        raise InvalidInput("The address or the form is not one of this server's.")
    wanted = Correction(
        kind="document" if field == "note" else "member", target_id=chosen, field=field,
        page=int(on_page) if on_page else None, text=text,
    )  # fmt: skip
    await _privacy(request).corrections.make(actor, request_id, wanted)
    return _on(request, request_id)


def _on(request: Request, request_id: UUID) -> Response:
    return done(request, f"{PATH}/{request_id}")


def _privacy(request: Request) -> Privacy:
    return house(request).privacy


async def _person(privacy: Privacy, actor: Actor, subject: UUID) -> Person | None:
    """None once the person's record has been erased: the request outlives it."""
    try:
        found = await privacy.subjects.get(actor, subject)
    except NotFound:
        return None
    called = [i.value for i in found.identifiers if i.kind is IdentifierKind.NAME]
    known = [i.value for i in found.identifiers]
    return Person(subject, (called or known or [""])[0], tuple(found.identifiers))


def _identifiers(form: FormData) -> list[Identifier]:
    """What the form says of the person; a field may hold several, one a line or after a semicolon."""
    found = []
    for kind in KINDS:
        for value in str(form.get(f"known-{kind}", "")).replace(";", "\n").splitlines():
            if value.strip():
                found.append(Identifier(kind=kind, value=value.strip()[:200]))
    return found


async def _subject(privacy: Privacy, actor: Actor, identifiers: list[Identifier]) -> UUID:
    """The person's record: the one that has the same card, passport or customer number, or a new one."""
    for identifier in identifiers:
        if identifier.kind in _ONE_PERSON:
            for known in await privacy.subjects.find(actor, identifier):
                both = {(i.kind, i.value): i for i in (*known.identifiers, *identifiers)}
                await privacy.subjects.change(actor, known.id, list(both.values()))
                return known.id
    return await privacy.subjects.add(actor, identifiers)

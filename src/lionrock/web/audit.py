"""The audit log: found by person, event, subject and day; one entry, and the proof that it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.entries import Entry, Filter
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.events import Event
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import Names, given_id, names
from lionrock.web.auth import Reader
from lionrock.web.i18n import HONG_KONG
from lionrock.web.proving import Checked, check
from lionrock.web.rendering import page, translator
from lionrock.web.sections import may

PATH = "/admin/audit"
ON_A_PAGE = 100
_MOST_CHOICES = 20
_OVERLAP = timedelta(minutes=2)
"""An event's time is when its transaction began; its id is of when it was written, somewhat later."""

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom the words of a filter mean: `id`, one of several `choices`, or nobody that is known."""

    words: str
    id: UUID | None = None
    choices: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, words: str, called: Names) -> Sought:
        words = words.strip()
        try:
            return cls(words, UUID(words))
        except ValueError:
            fitting = called.like(words) if words else []
        if len(fitting) == 1:
            return cls(words, fitting[0])
        return cls(words, None, tuple(fitting[:_MOST_CHOICES]))

    @property
    def unclear(self) -> bool:
        return bool(self.words) and self.id is None


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address."""

    person: Sought
    subject: Sought
    event: str
    day: str
    before: str

    @property
    def narrowed(self) -> bool:
        return bool(self.person.words or self.subject.words or self.event or self.day)

    def address(self, **other: str) -> str:
        """These filters, with `other` in their place; the address begins at the newest."""
        values = {
            "person": self.person.words, "event": self.event, "subject": self.subject.words,
            "day": self.day, **other,
        }  # fmt: skip
        return f"{PATH}?{urlencode({name: value for name, value in values.items() if value})}"


@routes.get(PATH)
async def listing(
    request: Request,
    actor: Reader,
    person: Annotated[str, Query(max_length=200)] = "",
    event: Annotated[str, Query(max_length=60)] = "",
    subject: Annotated[str, Query(max_length=200)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    audit, called = house(request).audit, await names(request, actor)
    asked = Asked(Sought.of(person, called), Sought.of(subject, called), event, day, before)
    found: list[Entry] = []
    if not (asked.person.unclear or asked.subject.unclear):
        wanted = Filter(
            event or None, asked.subject.id, asked.person.id, before=given_id(before),
            limit=ON_A_PAGE,
        )  # fmt: skip
        found = await _on(audit, actor, wanted, _date(request, day))
    return page(
        request, "admin/audit.html", entries=found, asked=asked, names=called,
        state=await _state(audit, actor), older=len(found) == ON_A_PAGE, path_of=PATH,
        events=[(noun, [*of]) for noun, of in groupby(sorted(Event), lambda e: e.split(":")[0])],
    )  # fmt: skip


@routes.get(f"{PATH}/export.tar")
async def export(request: Request, actor: Reader) -> Response:
    """The whole log, for someone who verifies it elsewhere."""
    return _tar(await house(request).audit.export(actor), "audit-log.tar")


@routes.get(f"{PATH}/subject/{{subject_id}}.tar")
async def subject_export(request: Request, actor: Reader, subject_id: UUID) -> Response:
    """What happened about one subject, with a proof of each event."""
    return _tar(
        await house(request).audit.subject_export(actor, subject_id), f"subject-{subject_id}.tar"
    )


@routes.get(f"{PATH}/{{event_id}}")
async def entry(request: Request, actor: Reader, event_id: UUID) -> Response:
    return await _entry(request, actor, event_id, prove=False)


@routes.post(f"{PATH}/{{event_id}}/prove")
async def prove(request: Request, actor: Reader, event_id: UUID) -> Response:
    """Make a proof, check it as an outsider would, and show what it says."""
    return await _entry(request, actor, event_id, prove=True)


@routes.get(f"{PATH}/{{event_id}}/{{position}}.tlog-proof")
async def proof(request: Request, actor: Reader, event_id: UUID, position: int) -> Response:
    data = await house(request).audit.prove(actor, event_id)
    return Response(data, media_type="text/plain", headers=_as_file(f"{position}.tlog-proof"))


async def _entry(request: Request, actor: Actor, event_id: UUID, *, prove: bool) -> Response:
    audit = house(request).audit
    found, checked, keys = await audit.event(actor, event_id), None, list[str]()
    if prove:
        checked, keys = await _checked(audit, actor, found)
        found = found.model_copy(update={"position": checked.index})
    return page(
        request, "admin/audit-entry.html", entry=found, names=await names(request, actor),
        checked=checked, keys=keys, state=await _state(audit, actor),
    )  # fmt: skip


async def _checked(audit: AuditService, actor: Actor, found: Entry) -> tuple[Checked, list[str]]:
    data = await audit.prove(actor, found.id)
    keys, witnesses = await audit.keys(actor), await audit.witnesses.vkeys(actor)
    return check(data, found, keys, witnesses, datetime.now(UTC)), keys


async def _state(audit: AuditService, actor: Actor) -> object:
    return await audit.log_state(actor) if may(actor, P.AUDIT_LOG_VERIFY) else None


async def _on(audit: AuditService, actor: Actor, wanted: Filter, day: date | None) -> list[Entry]:
    """A page of the events of `day` in Hong Kong, or of all days."""
    if day is None:
        return await audit.events(actor, wanted)
    since = datetime.combine(day, time(), HONG_KONG)
    until = since + timedelta(days=1)
    last = _first_id(until + _OVERLAP)
    before, found = min(wanted.before or last, last), list[Entry]()
    while len(found) < wanted.limit:
        batch = await audit.events(actor, replace(wanted, since=since, before=before))
        found += [e for e in batch if e.at < until]
        if len(batch) < wanted.limit:
            break
        before = batch[-1].id
    return found[: wanted.limit]


def _first_id(moment: datetime) -> UUID:
    """No UUIDv7 (RFC 9562, 5.7) of that millisecond or later is before this."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _date(request: Request, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        told = translator(request).gettext("A day is written as in 2026-03-31.")
        raise InvalidInput(told) from None


def _tar(pieces: AsyncIterator[bytes], name: str) -> Response:
    return StreamingResponse(pieces, media_type="application/x-tar", headers=_as_file(name))


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}

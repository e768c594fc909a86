"""What is done with an alert: taken, given, proposed, decided on, escalated; a clearance that is ended."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.knowing import must_review
from lionrock.screening.alerts.models import NewProposal, Reference
from lionrock.screening.alerts.reasons import Reason
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.screening_alerts import PATH, alerts_of

Note = Annotated[str, Form(max_length=4000)]
_MOST_REFERENCES = 50

routes = APIRouter()


@routes.post(f"{PATH}/{{alert_id}}/take")
async def take(request: Request, actor: Reader, alert_id: UUID) -> Response:
    await alerts_of(request).assignment.take(actor, alert_id)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/give")
async def give(
    request: Request, actor: Reader, alert_id: UUID, member: Annotated[UUID, Form()]
) -> Response:
    await alerts_of(request).assignment.assign(actor, alert_id, member)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/give-back")
async def give_back(request: Request, actor: Reader, alert_id: UUID) -> Response:
    """To the queue: who gave it back may not be able to open it any more."""
    await alerts_of(request).assignment.give_back(actor, alert_id)
    return done(request, PATH)


@routes.post(f"{PATH}/{{alert_id}}/propose")
async def propose(
    request: Request,
    actor: Reader,
    alert_id: UUID,
    reason: Annotated[Reason, Form()],
    note: Note = "",
    seen: Note = "",
) -> Response:
    """`seen`: what it rests on elsewhere, one thing a line. The reason says what it is one for."""
    lines = [line.strip()[:500] for line in seen.splitlines() if line.strip()]
    proposal = NewProposal(
        disposition=reason.disposition, reason=reason, note=note.strip(),
        references=[Reference(kind="other", words=line) for line in lines[:_MOST_REFERENCES]],
    )  # fmt: skip
    await alerts_of(request).dispositions.propose(actor, alert_id, proposal)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/take-back")
async def take_back(request: Request, actor: Reader, alert_id: UUID) -> Response:
    await alerts_of(request).dispositions.withdraw(actor, alert_id)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/approve")
async def approve(
    request: Request,
    actor: Reader,
    alert_id: UUID,
    content: Annotated[str, Form(pattern="^[0-9a-f]{64}$")],
    note: Note = "",
) -> Response:
    """`content`: the hash of what was on the page."""
    must_review(actor)
    await alerts_of(request).dispositions.approve(actor, alert_id, content, note.strip())
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/send-back")
async def send_back(request: Request, actor: Reader, alert_id: UUID, note: Note = "") -> Response:
    must_review(actor)
    await alerts_of(request).dispositions.send_back(actor, alert_id, note)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/escalate")
async def escalate(request: Request, actor: Reader, alert_id: UUID, note: Note = "") -> Response:
    await alerts_of(request).escalation.escalate(actor, alert_id, note)
    return _on(request, alert_id)


@routes.post(f"{PATH}/{{alert_id}}/clearances/{{clearance_id}}/revoke")
async def revoke(
    request: Request, actor: Reader, alert_id: UUID, clearance_id: UUID, note: Note = ""
) -> Response:
    """The clearance is looked for by its own id, within those of the alert."""
    require(actor, P.SCREENING_ALERT_ASSIGN)
    alerts = alerts_of(request)
    await alerts.clearances.of_alert(actor, alert_id)
    await alerts.clearances.revoke(actor, clearance_id, note)
    return _on(request, alert_id)


def _on(request: Request, alert_id: UUID) -> Response:
    return done(request, f"{PATH}/{alert_id}")

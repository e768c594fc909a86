"""`/v1/screening/payments`: a payment message in, release or hold with its reasons out."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_files import body_of
from lionrock.api.routes.screening_names import ListOut, in_use, lists_of
from lionrock.api.routes.screening_payment_checks import Checked, check_message
from lionrock.api.routes.screening_queries import country_of
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.payments.answers import PaymentAnswer, Reason
from lionrock.screening.registry.entries import of_index_id

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "ISO 20022 XML (pacs.008, pacs.009, pain.001) or SWIFT FIN (MT103, MT202).",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/xml", "text/plain", "application/octet-stream")
        },
    }
}


class ReasonOut(BaseModel):
    """`what` stands at the places `where` of the message, as `written`. Of a name: who it is like, on
    which list, and where the hit is kept."""

    rule: Literal["name", "country", "too much to screen"]
    where: list[str]
    what: str
    written: str
    score: float | None
    listed_name: str
    evidence: list[str]
    caption: str
    entry: str
    list: ListOut | None
    screening_id: UUID | None


class PaymentOut(BaseModel):
    """`number`: the payment's place in its message, from 1."""

    decision: Literal["release", "hold"]
    number: int
    reference: str
    uetr: str
    reasons: list[ReasonOut]


class MessageOut(BaseModel):
    """`hold` if any of its payments is held."""

    decision: Literal["release", "hold"]
    payments: list[PaymentOut]
    lists: list[ListOut]


def add(routes: APIRouter) -> None:
    @routes.post("/screening/payments", openapi_extra=_BODY)
    async def screen(
        request: Request, actor: ActorDep,
        held_country: Annotated[list[str], Query(max_length=300)] = [],  # noqa: B006
    ) -> MessageOut:  # fmt: skip
        """Every payment of a message: release, or hold with its reasons.

        `held_country`: hold what touches these countries, too. A message that cannot be read is a
        422 and was not screened: hold it.
        """
        require(actor, P.SCREENING_NAME_SCREEN)
        held = {country_of(c) for c in held_country}
        found = house(request)
        state = await in_use(found.database, actor)
        async with body_of(request, found.settings.max_upload_bytes) as file:
            checked = await check_message(
                found.database, found.screening.registry, actor, state, file, held
            )
        if not checked.answers:
            raise InvalidInput("The message holds no payment: nothing was screened.")
        return _message(checked, lists_of(state))


def _message(checked: Checked, lists: dict[UUID, ListOut]) -> MessageOut:
    payments = [_payment(a, checked, lists) for a in checked.answers]
    held = any(p.decision == "hold" for p in payments)
    return MessageOut(
        decision="hold" if held else "release", payments=payments, lists=[*lists.values()]
    )


def _payment(answer: PaymentAnswer, checked: Checked, lists: dict[UUID, ListOut]) -> PaymentOut:
    return PaymentOut(
        decision=answer.decision, number=answer.number, reference=answer.reference,
        uetr=answer.uetr, reasons=[_reason(r, checked, lists) for r in answer.reasons],
    )  # fmt: skip


def _reason(reason: Reason, checked: Checked, lists: dict[UUID, ListOut]) -> ReasonOut:
    stored = checked.entries.get(reason.entity_id)
    entity = stored.entity if stored else None
    return ReasonOut(
        rule=reason.rule, where=[*reason.where], what=reason.what, written=reason.written,
        score=reason.score, listed_name=reason.listed, evidence=[*reason.evidence],
        caption=entity.caption if entity else "", entry=entity.id if entity else "",
        list=lists.get(of_index_id(reason.entity_id)[0]) if entity else None,
        screening_id=checked.screenings.get(reason.entity_id),
    )  # fmt: skip

"""Drafts for the JFIU: begun from an escalated alert, edited, taken out, and what became of them."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.report_models import (
    Account,
    Draft,
    Indicator,
    Outcome,
    ReportingEntity,
)
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_alerts import PATH, alerts_of
from lionrock.web.screening_people import colleagues
from lionrock.web.sections import SCREENING

REPORTS: Final = f"{SCREENING}/reports"
ACCOUNT: Final = ("number", "institution", "kind", "opened", "closed", "balance")
"""The parts of an account, as they stand in a line, with semicolons between them."""

routes = APIRouter()


@routes.post(f"{PATH}/{{alert_id}}/report")
async def prepare(request: Request, actor: Reader, alert_id: UUID) -> Response:
    made = await alerts_of(request).reports.prepare(actor, alert_id)
    return done(request, f"{REPORTS}/{made}")


@routes.get(f"{REPORTS}/{{report_id}}")
async def one(request: Request, actor: Reader, report_id: UUID) -> Response:
    report = await alerts_of(request).reports.get(actor, report_id)
    accounts = "\n".join(
        "; ".join(getattr(a, part) for part in ACCOUNT).rstrip("; ") for a in report.draft.accounts
    )
    return page(
        request, "screening/report.html", report=report, draft=report.draft, accounts=accounts,
        indicators=tuple(Indicator), entity_fields=tuple(ReportingEntity.model_fields),
        names=await colleagues(request, actor),
    )  # fmt: skip


@routes.post(f"{REPORTS}/{{report_id}}")
async def edit(
    request: Request, actor: Reader, report_id: UUID, version: Annotated[int, Form(ge=1)]
) -> Response:
    """Put the form's words in the place of that version. Subjects stay as the evidence has them."""
    require(actor, P.SCREENING_REPORT_PREPARE)
    reports = alerts_of(request).reports
    kept = await reports.get(actor, report_id)
    async with request.form() as sent:
        try:
            draft = _draft(kept.draft, sent)
        except (ValidationError, ValueError) as error:
            text = translator(request).gettext(
                "A field of the draft is too long or not filled in right."
            )
            raise InvalidInput(text) from error
    await reports.edit(actor, report_id, draft, version)
    return done(request, f"{REPORTS}/{report_id}")


@routes.get(f"{REPORTS}/{{report_id}}/draft.{{format}}")
async def export(
    request: Request, actor: Reader, report_id: UUID, format: Literal["pdf", "json"]
) -> Response:
    made = await alerts_of(request).reports.export(actor, report_id, format)
    name = f"draft-report-{str(report_id)[:8]}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type=f"application/{format}", headers=headers)


@routes.post(f"{REPORTS}/{{report_id}}/conclude")
async def conclude(
    request: Request,
    actor: Reader,
    report_id: UUID,
    outcome: Annotated[Literal["reported", "not-reported"], Form()],
    words: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    require(actor, P.SCREENING_REPORT_PREPARE)
    if not words.strip():
        raise InvalidInput(
            translator(request).gettext("Give the reference and day, or why there was no ground.")
        )
    await alerts_of(request).reports.conclude(
        actor, report_id, Outcome(outcome=outcome, words=words.strip())
    )
    return done(request, f"{REPORTS}/{report_id}")


def _draft(kept: Draft, sent: FormData) -> Draft:
    def text(name: str) -> str:
        return str(sent.get(name, "")).replace("\r\n", "\n").strip()

    entity = {f: text(f"entity-{f}") for f in ReportingEntity.model_fields}
    return Draft(
        reporting_entity=ReportingEntity(**entity), urgent="urgent" in sent,
        relationship_ends="relationship_ends" in sent, subjects=kept.subjects,
        accounts=[_account(line) for line in text("accounts").splitlines() if line.strip()],
        property=text("property"), narrative=text("narrative"), explanation=text("explanation"),
        indicators=[Indicator(str(i)) for i in sent.getlist("indicators")],
        earlier_reports=[x.strip() for x in text("earlier_reports").splitlines() if x.strip()],
    )  # fmt: skip


def _account(line: str) -> Account:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) > len(ACCOUNT):
        raise ValueError("too many parts")
    return Account(**dict(zip(ACCOUNT, parts, strict=False)))

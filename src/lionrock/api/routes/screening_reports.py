"""Drafts for the JFIU over HTTP. Nothing is filed from here."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.screening.alerts.report_models import Draft, Outcome, Report
from lionrock.screening.alerts.reports import Format

_MEDIA: Final[dict[Format, str]] = {"json": "application/json", "pdf": "application/pdf"}


class Made(BaseModel):
    id: UUID


class ReportIds(BaseModel):
    """The newest first."""

    reports: list[UUID]


class Edit(BaseModel):
    """`version`: the one that was edited."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=1)
    draft: Draft


class Edited(BaseModel):
    version: int


def add(routes: APIRouter) -> None:
    @routes.post("/screening/alerts/{alert_id}/reports", status_code=201)
    async def prepare(request: Request, actor: ActorDep, alert_id: UUID) -> Made:
        """Begin a draft from an escalated alert's evidence. For the reporting officer, signed in."""
        return Made(id=await house(request).screening.alerts.reports.prepare(actor, alert_id))

    @routes.get("/screening/alerts/{alert_id}/reports")
    async def of_alert(request: Request, actor: ActorDep, alert_id: UUID) -> ReportIds:
        found = await house(request).screening.alerts.reports.of_alert(actor, alert_id)
        return ReportIds(reports=found)

    @routes.get("/screening/reports/{report_id}")
    async def get(request: Request, actor: ActorDep, report_id: UUID) -> Report:
        return await house(request).screening.alerts.reports.get(actor, report_id)

    @routes.put("/screening/reports/{report_id}")
    async def edit(request: Request, actor: ActorDep, report_id: UUID, wanted: Edit) -> Edited:
        """Put the draft in the place of `version`; 409 if another was quicker."""
        reports = house(request).screening.alerts.reports
        made = await reports.edit(actor, report_id, wanted.draft, wanted.version)
        return Edited(version=made)

    @routes.post("/screening/reports/{report_id}/conclude", status_code=204)
    async def conclude(request: Request, actor: ActorDep, report_id: UUID, wanted: Outcome) -> None:
        """Note what became of it. It sends nothing."""
        await house(request).screening.alerts.reports.conclude(actor, report_id, wanted)

    @routes.get(
        "/screening/reports/{report_id}/export", response_class=Response,
        responses={200: {"content": {"application/json": {}, "application/pdf": {}}}},
    )  # fmt: skip
    async def export(
        request: Request, actor: ActorDep, report_id: UUID, format: Format = "pdf"
    ) -> Response:
        """The draft as a file, which says that it is one. Each export is an event."""
        made = await house(request).screening.alerts.reports.export(actor, report_id, format)
        name = f'attachment; filename="draft-{report_id}.{format}"'
        return Response(made, media_type=_MEDIA[format], headers={"Content-Disposition": name})

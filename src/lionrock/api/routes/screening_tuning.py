"""A tuning report over HTTP, made while one waits."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.kernel.audit.canonical import parse
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.service import Tuning


class TuningReport(BaseModel):
    """`sha256`: of `report` in RFC 8785's form; `pdf_sha256`: of the PDF, which `pdf` is in base64."""

    event: UUID
    sha256: str
    pdf_sha256: str
    report: Any
    pdf: str


def add(routes: APIRouter) -> None:
    @routes.post("/screening/tuning")
    async def tune(request: Request, actor: ActorDep, wanted: Wanted) -> TuningReport:
        """Measure what the thresholds find and miss. It takes some seconds, and is kept nowhere."""
        rooms = house(request)
        made = await Tuning(rooms.database, rooms.screening.registry).run(actor, wanted)
        return TuningReport(
            event=made.event, sha256=made.sha256, pdf_sha256=made.pdf_sha256,
            report=parse(made.json), pdf=base64.b64encode(made.pdf).decode(),
        )  # fmt: skip

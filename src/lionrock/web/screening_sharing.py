"""A case shared with an observer from its page, and taken back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.screening_alerts import PATH, alerts_of

routes = APIRouter()


@routes.post(f"{PATH}/{{alert_id}}/shares")
async def share(
    request: Request,
    actor: Reader,
    alert_id: UUID,
    member: Annotated[UUID, Form()],
    why: Annotated[str, Form(min_length=1, max_length=200)],
    days: Annotated[int, Form(ge=1, le=365)] = 30,
) -> Response:
    await alerts_of(request).sharing.share(actor, alert_id, member, why.strip(), days=days)
    return done(request, f"{PATH}/{alert_id}")


@routes.post(f"{PATH}/{{alert_id}}/shares/{{share_id}}/end")
async def end(request: Request, actor: Reader, alert_id: UUID, share_id: UUID) -> Response:
    await alerts_of(request).sharing.end(actor, alert_id, share_id)
    return done(request, f"{PATH}/{alert_id}")

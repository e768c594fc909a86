"""The search for a person's data, the review of each place it was found in, and the package."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.doors import house
from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.grounds import LEAVING_OUT
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, wants_fragment
from lionrock.web.requests import PATH

_WAIT_SECONDS = 3.0
"""A search that takes longer goes on while the page looks whether it has ended."""

routes = APIRouter()


@routes.post(f"{PATH}/{{request_id}}/search")
async def search(request: Request, actor: Reader, request_id: UUID) -> Response:
    looking = asyncio.create_task(house(request).privacy.findings.search(actor, request_id))
    kept: set[asyncio.Task[int]] = request.app.state.searches
    kept.add(looking)
    looking.add_done_callback(kept.discard)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(looking), _WAIT_SECONDS)
    return done(request, f"{PATH}/{request_id}")


@routes.get(f"{PATH}/{{request_id}}/places")
async def places(request: Request, actor: Reader, request_id: UUID) -> Response:
    """Every place the person was found in. That they are looked at is on record."""
    return await _places(request, actor, request_id)


@routes.post(f"{PATH}/{{request_id}}/places/{{finding_id}}")
async def review(
    request: Request,
    actor: Reader,
    request_id: UUID,
    finding_id: UUID,
    decision: Annotated[Literal["include", "exclude", "redact"], Form()],
    exemption: Annotated[str, Form(max_length=40)] = "",
    others: Annotated[str, Form(max_length=4000)] = "",
    keep: Annotated[str, Form(max_length=4000)] = "",
    whole: Annotated[bool, Form()] = False,
) -> Response:
    said = Review(
        decision=decision, exemption=exemption or None if decision == "exclude" else None,
        others=_lines(others), keep=_lines(keep), whole=whole,
    )  # fmt: skip
    await house(request).privacy.findings.review(actor, request_id, finding_id, said)
    if not wants_fragment(request):
        return RedirectResponse(f"{PATH}/{request_id}/places#p-{finding_id}", 303)
    return await _places(request, actor, request_id, going_on=True)


@routes.post(f"{PATH}/{{request_id}}/package")
async def package(request: Request, actor: Reader, request_id: UUID) -> Response:
    await house(request).privacy.packages.make(actor, request_id)
    return done(request, f"{PATH}/{request_id}")


@routes.get(f"{PATH}/{{request_id}}/package.zip")
async def fetch(request: Request, actor: Reader, request_id: UUID) -> Response:
    data = await house(request).privacy.packages.get(actor, request_id)
    headers = {
        "Content-Disposition": f'attachment; filename="request-{str(request_id)[:8]}.zip"',
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="application/zip", headers=headers)


async def _places(
    request: Request, actor: Actor, request_id: UUID, *, going_on: bool = False
) -> Response:
    """`going_on`: the next place to decide on gets the focus."""
    privacy = house(request).privacy
    asked = await privacy.requests.get(actor, request_id)
    found = await privacy.findings.listing(actor, request_id)
    return page(
        request, "admin/request-places.html", asked=asked, places=found, grounds=LEAVING_OUT,
        waiting=sum(f.decision == "open" for f in found), going_on=going_on,
    )  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()]

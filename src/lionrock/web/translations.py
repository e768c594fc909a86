"""The editor of a translation: source and target side by side, each segment edited, checked, accepted."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.schemas import Acceptance, Segment
from lionrock.doors import house
from lionrock.errors import Conflict, InvalidInput
from lionrock.web.administration import Slice, done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator, wants_fragment

ON_A_PAGE: Final = 50

routes = APIRouter()


@routes.get("/translations/{translation_id}")
async def editor(
    request: Request,
    actor: Reader,
    translation_id: UUID,
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    found = await house(request).of(Translations).segments(
        actor, translation_id, start=start, limit=ON_A_PAGE
    )  # fmt: skip
    shown = Slice(found.segments, start, found.total)
    return page(request, "translations/editor.html", kept=found, shown=shown, here="/desk")


@routes.post("/translations/{translation_id}/segments/{number}")
async def change(request: Request, actor: Reader, translation_id: UUID, number: int) -> Response:
    """Keep new words for a segment; with `step` "accept" accept it. The segment as it is then; one that
    is not accepted says why."""
    kept = house(request).of(Translations)
    async with request.form() as form:
        accepting, given = form.get("step") == "accept", _given(form, request)
    refused: Conflict | None = None
    if not accepting:
        one = await kept.edit(actor, translation_id, number, given.target or "")
    else:
        try:
            one = await kept.accept(actor, translation_id, number, given)
        except Conflict as error:
            refused = error
            one = await kept.edit(actor, translation_id, number, given.target or "")
    return await _shown(request, actor, translation_id, one, refused)


async def _shown(
    request: Request, actor: Reader, translation_id: UUID, one: Segment, refused: Conflict | None
) -> Response:
    if not wants_fragment(request):
        return done(request, f"/translations/{translation_id}?start={_page_of(one.number)}")
    kept = await house(request).of(Translations).segments(
        actor, translation_id, start=one.number - 1, limit=1
    )  # fmt: skip
    return page(request, "translations/changed.html", kept=kept, one=one, refused=refused)


def _given(form: FormData, request: Request) -> Acceptance:
    values = {name: str(form.get(name) or "").replace("\r\n", "\n") for name in ("target", "meant")}
    try:
        return Acceptance.model_validate(values)
    except ValidationError as error:
        told = translator(request).gettext("The text is too long, or holds a control character.")
        raise InvalidInput(told) from error


def _page_of(number: int) -> int:
    return (number - 1) // ON_A_PAGE * ON_A_PAGE

"""Classifiers of sentiment: what each measured, training from a file, use and retirement."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from lionrock.assist.sentiment.classifiers import MOST_BYTES, TOO_LARGE, Classifiers, Name
from lionrock.doors import Bounded, content, house
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.uploads import chosen_file

PATH: Final = "/desk/classifiers"
_NAME: Final = TypeAdapter[str](Name)

routes = APIRouter(route_class=Bounded)


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    found = await _kept(request).every(actor)
    return page(request, "classifiers.html", classifiers=found.classifiers)


@routes.post(PATH)
async def train(request: Request, actor: Reader) -> Response:
    require(actor, P.ASSIST_CLASSIFIER_MANAGE)
    speak = translator(request)
    async with request.form(max_files=1) as form:
        file, _ = chosen_file(request, form)
        try:
            name = _NAME.validate_python(str(form.get("name") or ""))
        except ValidationError as error:
            raise InvalidInput(speak.gettext("Give it a name of at most 80 characters.")) from error
        data = await content(file, MOST_BYTES, TOO_LARGE)
    await _kept(request).train(actor, name, data)
    return done(request, PATH)


@routes.post(f"{PATH}/{{classifier_id}}/use")
async def use(request: Request, actor: Reader, classifier_id: UUID) -> Response:
    await _kept(request).use(actor, classifier_id)
    return done(request, PATH)


@routes.post(f"{PATH}/{{classifier_id}}/retire")
async def retire(request: Request, actor: Reader, classifier_id: UUID) -> Response:
    await _kept(request).retire(actor, classifier_id)
    return done(request, PATH)


def _kept(request: Request) -> Classifiers:
    return house(request).of(Classifiers)

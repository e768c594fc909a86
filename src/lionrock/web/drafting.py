"""Templates of drafts: their list, each with its fields to fill in, adding and retiring one."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.datastructures import FormData

from lionrock.assist.drafting.schemas import DraftRequest
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.drafting.template import MOST_BYTES, TOO_LARGE, Template
from lionrock.assist.drafting.values import given
from lionrock.doors import Bounded, content, house
from lionrock.kernel.capabilities import find
from lionrock.kernel.decisions import require
from lionrock.kernel.fields import fields
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.forms import chosen_ids
from lionrock.web.rendering import page
from lionrock.web.uploads import chosen_file

PATH: Final = "/desk/templates"
Name = Annotated[str, Path(max_length=60)]

routes = APIRouter(route_class=Bounded)


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    found = await _templates(request).every(actor)
    return page(request, "drafting/list.html", templates=found.templates, here=PATH)


@routes.post(PATH)
async def add(request: Request, actor: Reader) -> Response:
    """A template's file, as a new template or a new version of it."""
    require(actor, P.ASSIST_TEMPLATE_MANAGE)
    async with request.form(max_files=1) as form:
        file, _ = chosen_file(request, form)
        data = await content(file, MOST_BYTES, TOO_LARGE)
    added = await _templates(request).add(actor, data)
    return done(request, f"{PATH}/{added.name}")


@routes.get(f"{PATH}/{{name}}")
async def one(request: Request, actor: Reader, name: Name) -> Response:
    """A template's fields to fill in, and its file."""
    found = await _templates(request).detail(actor, name)
    picker = next(field for field in fields(DraftRequest) if field.name == "documents")
    chosen = chosen_ids(request.query_params)
    return page(request, "drafting/one.html", one=found, picker=picker, chosen=chosen, here=PATH)


@routes.post(f"{PATH}/{{name}}")
async def draft(request: Request, actor: Reader, name: Name) -> Response:
    """Start the run that makes the draft, and go there."""
    found, declared = house(request), find("draft")
    require(actor, declared.permission)
    kept = await _templates(request).get(actor, name)
    async with request.form() as form:
        body = DraftRequest(
            template=name, documents=chosen_ids(form), quotes_only="quotes_only" in form,
            values=_lines(kept.template, form),
        )  # fmt: skip
    given(kept.template, body.values)  # what is wrong is said before the run, on the form
    live = await found.runs.begin(found.context(actor), declared, body)
    return done(request, f"/runs/{live.id}")


@routes.post(f"{PATH}/{{name}}/retire")
async def retire(request: Request, actor: Reader, name: Name) -> Response:
    await _templates(request).retire(actor, name)
    return done(request, PATH)


def _lines(template: Template, form: FormData) -> list[str]:
    """What was filled in, as the request has it."""
    values = ((name, str(form.get(f"f-{name}") or "")) for name in template.fields)
    return [f"{name}={text.strip()}" for name, text in values if text.strip()]


def _templates(request: Request) -> TemplateService:
    return house(request).of(TemplateService)

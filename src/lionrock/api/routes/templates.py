"""Templates of drafts over HTTP: list, read, add a file, retire."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Request, UploadFile

from lionrock.api.deps import ActorDep
from lionrock.assist.drafting.kept import Detail, Templates
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.drafting.template import MOST_BYTES, TOO_LARGE
from lionrock.doors import Bounded, content, house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

Name = Annotated[str, Path(max_length=60)]


routes = APIRouter(tags=["assist"], route_class=Bounded)


@routes.get("/templates")
async def list_templates(request: Request, actor: ActorDep) -> Templates:
    """By name, the newest version of each; those that come with the product among them."""
    return await templates(request).every(actor)


@routes.post("/templates", status_code=201)
async def add_template(
    request: Request, actor: ActorDep, file: Annotated[UploadFile, File()]
) -> Detail:
    """Add a template's file; where there is one of its name, as its next version."""
    require(actor, P.ASSIST_TEMPLATE_MANAGE)
    return await templates(request).add(actor, await content(file, MOST_BYTES, TOO_LARGE))


@routes.get("/templates/{name}")
async def read_template(
    request: Request, actor: ActorDep, name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Detail:  # fmt: skip
    """A template with its fields, sections and file: the newest version, or that one."""
    return await templates(request).detail(actor, name, version)


@routes.post("/templates/{name}/retire", status_code=204)
async def retire_template(request: Request, actor: ActorDep, name: Name) -> None:
    """Offer it no more. Its versions stay, and so do drafts made with it."""
    await templates(request).retire(actor, name)


def templates(request: Request) -> TemplateService:
    return house(request).of(TemplateService)

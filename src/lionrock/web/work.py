"""The page of each capability, made from its declaration, and the record of past runs."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.documents.listing import Wanted
from lionrock.documents.schemas import State
from lionrock.doors import Bounded, house, saved_result
from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import (
    Capability,
    Progress,
    Result,
    RunContext,
    Update,
    capabilities,
    find,
)
from lionrock.kernel.fields import fields
from lionrock.web import forms
from lionrock.web.auth import Reader
from lionrock.web.rendering import exists, page, translator, update_template, wants_fragment
from lionrock.web.sections import FIRST, landing, may

RECENT = 5
MOST_PAST = 100

routes = APIRouter(route_class=Bounded)


@routes.get("/")
async def first(request: Request, actor: Reader) -> Response:
    """Asking, or where the reader's own work is if they may not ask."""
    if not may(actor, find(FIRST).permission) and (elsewhere := landing(actor)):
        return RedirectResponse(elsewhere, 303)
    return await _empty(request, actor, find(FIRST))


@routes.get("/c/{name}")
async def capability(request: Request, actor: Reader, name: str) -> Response:
    return await _empty(request, actor, find(name))


@routes.post("/c/{name}")
async def begin(request: Request, actor: Reader, name: str) -> Response:
    """Start a run; the fragment that comes back follows it."""
    declared, found = find(name), house(request)
    async with request.form() as form:
        body = forms.filled(declared.request, form, translator(request))
    live = await found.runs.begin(found.context(actor), declared, body)
    address = f"/runs/{live.id}"
    if not wants_fragment(request):
        return RedirectResponse(address, 303)
    kept = {"id": live.id, "state": "running", "request": body.model_dump(mode="json")}
    response = page(request, "run.html", run=await _shown(request, actor, declared, kept))
    response.headers["HX-Push-Url"] = address
    return response


@routes.get("/runs")
async def history(request: Request, actor: Reader) -> Response:
    return page(request, "history.html", runs=await past(request, actor, MOST_PAST))


@routes.get("/runs/{run_id}")
async def run(request: Request, actor: Reader, run_id: UUID) -> Response:
    kept = await house(request).runs.load(actor, run_id)
    declared = find(str(kept["capability"]))
    if wants_fragment(request):
        return page(request, "run.html", run=await _shown(request, actor, declared, kept))
    return _page(request, declared, run=await _shown(request, actor, declared, kept))


@routes.get("/runs/{run_id}/export")
async def export(request: Request, actor: Reader, run_id: UUID, format: str) -> Response:
    """The result as a file."""
    return await saved_result(house(request), actor, run_id, format)


async def _empty(request: Request, actor: Actor, declared: Capability) -> Response:
    readable = Wanted(states=(State.READY, State.INDEXED))
    there = await house(request).documents.listing(actor, readable, limit=1)
    recent: dict[str, dict[str, Any]] = {}
    for run in await past(request, actor, MOST_PAST):
        if run["name"] == declared.name:
            recent.setdefault(run["title"], run)
    return _page(
        request, declared, documents=there.total, recent=[*recent.values()][:RECENT],
        chosen=forms.chosen_ids(request.query_params),
    )  # fmt: skip


def _page(
    request: Request, declared: Capability, *, run: Mapping[str, Any] | None = None,
    documents: int = 0, recent: Sequence[Mapping[str, Any]] = (), chosen: Sequence[UUID] = (),
) -> Response:  # fmt: skip
    return page(
        request, "capability.html", capability=declared, fields=fields(declared.request),
        run=run, documents=documents, recent=recent, chosen=chosen, first=FIRST, here=f"/c/{declared.name}",
        start=exists(f"{declared.room}/{declared.name}-start.html"),
    )  # fmt: skip


async def _shown(
    request: Request, actor: Actor, declared: Capability, kept: Mapping[str, Any]
) -> dict[str, Any]:
    """What `run.html` shows of a run: as it goes on, or as it ended."""
    result = declared.result.model_validate(kept["result"]) if kept.get("result") else None
    names = await _names(request, actor, forms.documents(declared, kept["request"]))
    return {
        "id": kept["id"],
        "state": kept["state"],
        "title": forms.title(declared, kept["request"], names, translator(request)),
        "formats": declared.result.formats,
        "body": exists(f"{declared.room}/{declared.name}.html") or "updates.html",
        "events": _events(declared),
        "result": result,
        "result_template": update_template(result) if result else "",
        "error": LionrockError(kept["error"]) if kept.get("error") else None,
    }


def _events(declared: Capability) -> list[str]:
    """The events between a capability's start and its result, in the order it names them."""
    hints = typing.get_type_hints(declared.body, localns={"RunContext": RunContext})
    yielded = typing.get_args(hints["return"])[0]
    return [
        kind.event
        for kind in typing.get_args(yielded) or (yielded,)
        if issubclass(kind, Update) and not issubclass(kind, Progress | Result)
    ]


async def past(request: Request, actor: Actor, limit: int) -> list[dict[str, Any]]:
    """The reader's own runs, newest first, each with what it was about."""
    known = {declared.id: declared for declared in capabilities()}
    kept = [
        (known[run["capability"]], run)
        for run in await house(request).runs.list(actor, limit=limit) if run["capability"] in known
    ]  # fmt: skip
    asked = {id for declared, run in kept for id in forms.documents(declared, run["request"])}
    names, speak = await _names(request, actor, asked), translator(request)
    return [
        {**run, "name": declared.name, "title": forms.title(declared, run["request"], names, speak)}
        for declared, run in kept
    ]


async def _names(request: Request, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the documents of runs are called; those that are gone are not there."""
    wanted = list(ids)
    return (
        {d.id: d.name for d in await house(request).documents.some(actor, wanted)} if wanted else {}
    )

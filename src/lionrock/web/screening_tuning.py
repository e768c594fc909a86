"""Testing the thresholds: what is to be measured, how far it is, and the report with its plots.

A run goes on in the server; its report is held there for a while, for the one who ran it alone
(`screening/tuning/runs`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.held_runs import KEPT
from lionrock.screening.registry.states import ListState, applied
from lionrock.screening.tuning.facts import FLOOR, Facts, Wanted
from lionrock.screening.tuning.runs import TuningRuns
from lionrock.screening.tuning.simulation import least
from lionrock.web import screening_tuning_plots as plots
from lionrock.web.administration import done, given_id
from lionrock.web.auth import Reader
from lionrock.web.faults import Filled
from lionrock.web.rendering import page, translator
from lionrock.web.screening_words import scored
from lionrock.web.sections import SCREENING

PATH: Final = f"{SCREENING}/tuning"
NUMBERS: Final = ("entries", "customers", "pairs", "seed")
"""Fields of the form that hold a number, as `Wanted` and the catalogues call them."""

routes = APIRouter()


@routes.get(PATH)
async def form(request: Request, actor: Reader) -> Response:
    """What is to be measured; runs under way and reports still held."""
    require(actor, P.SCREENING_TUNING_RUN)
    lists, first = await _lists(request, actor), Wanted()
    filled = Filled({name: str(getattr(first, name)) for name in NUMBERS})
    return _form(request, actor, lists, filled, {one.ref.id for one in lists})


@routes.post(PATH)
async def begin(request: Request, actor: Reader) -> Response:
    """Begin; or the form again, with what is wrong beside the field."""
    require(actor, P.SCREENING_TUNING_RUN)
    async with request.form() as sent:
        filled, ticked = Filled.of(sent), {given_id(str(id)) for id in sent.getlist("lists")}
    lists = await _lists(request, actor)
    chosen = {one.ref.id for one in lists} & ticked
    wanted = _wanted(request, filled, sorted(chosen) if len(chosen) < len(lists) else None)
    if wanted is None:
        return _form(request, actor, lists, filled, chosen, status=422)
    run = _runs(request).begin(actor, wanted, house(request).runs.watch)
    return done(request, f"{PATH}/{run.id}")


@routes.get(f"{PATH}/{{run_id}}")
async def one(request: Request, actor: Reader, run_id: UUID) -> Response:
    """How far the run is; then its report."""
    run = _runs(request).get(actor, run_id)
    if run.found is None:
        return page(request, "screening/tuning-run.html", run=run)
    return page(
        request, "screening/tuning-report.html", run=run, report=run.found, facts=run.found.facts,
        minutes=int(KEPT.total_seconds() // 60), **_shown(request, run.found.facts),
    )  # fmt: skip


@routes.get(f"{PATH}/{{run_id}}/report.{{format}}")
async def report(
    request: Request, actor: Reader, run_id: UUID, format: Literal["pdf", "json"]
) -> Response:
    """The bytes whose SHA-256 stand in the log."""
    made = _runs(request).get(actor, run_id).found
    if made is None:
        raise NotFound(ABSENT)
    name = f"tuning-report-{made.sha256[:8]}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    content = made.pdf if format == "pdf" else made.json
    return Response(content, media_type=f"application/{format}", headers=headers)


@routes.post(f"{PATH}/{{run_id}}/stop")
async def stop(request: Request, actor: Reader, run_id: UUID) -> Response:
    _runs(request).stop(actor, run_id)
    return done(request, PATH)


def _runs(request: Request) -> TuningRuns:
    return house(request).screening.tunings


async def _lists(request: Request, actor: Actor) -> tuple[ListState, ...]:
    """The lists in use."""
    async with house(request).database.tenant_session(actor) as db:
        return (await applied(db, actor.tenant_id)).lists


def _form(
    request: Request, actor: Actor, lists: tuple[ListState, ...], filled: Filled, chosen: Collection[UUID],
    *, status: int = 200,
) -> Response:  # fmt: skip
    default = house(request).screening.registry.screener.engine.threshold
    return page(
        request, "screening/tuning.html", status=status, lists=lists, filled=filled, chosen=chosen,
        runs=_runs(request).mine(actor), limits={name: _limits(name) for name in NUMBERS},
        line=lambda one: plots.threshold(one.threshold_for("", default)),
    )  # fmt: skip


def _wanted(request: Request, filled: Filled, lists: list[UUID] | None) -> Wanted | None:
    """The form as a request; None if it has faults. `lists`: None for all."""
    speak = translator(request)
    numbers = {name: filled.whole(name, speak, *_limits(name)) for name in NUMBERS}
    for name in (n for n, value in numbers.items() if value is None):
        filled.wrong(name, speak.gettext("Fill this in."))
    if lists == []:
        filled.wrong("lists", speak.gettext("Choose one list at least."))
    return None if filled.faults else Wanted.model_validate({**numbers, "lists": lists})


def _limits(name: str) -> tuple[int, int]:
    """Least and most of a field of `Wanted`."""
    schema = Wanted.model_json_schema()["properties"][name]
    return schema["minimum"], schema.get("maximum", schema.get("exclusiveMaximum", 1) - 1)


def _shown(request: Request, facts: Facts) -> dict[str, Any]:
    """What the report's page shows besides the facts themselves."""
    speak = translator(request)
    tried, found = (sum(getattr(c, n) for c in facts.classes) for n in ("tried", "found"))
    return {
        "tried": tried, "found": found, "least": least(found, tried),
        "missed": sorted(facts.misses, key=lambda m: m.threshold - m.compared),
        "lost": sum(m.compared >= m.threshold for m in facts.misses),
        "curves": plots.curves(facts, speak), "distributions": plots.distributions(facts, speak),
        "used": plots.in_use(facts), "threshold": plots.threshold, "scored": scored,
        "share": lambda value: plots.share(value, speak), "tenth": lambda value: plots.tenth(value, speak),
        "floor": plots.threshold(FLOOR),
    }  # fmt: skip

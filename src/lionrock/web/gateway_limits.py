"""Limits and budgets of the gateway: what is in force, setting it, ending it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.gateway.ledger.budgets import Account, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.web import gateway_forms as forms
from lionrock.web.administration import ask, done
from lionrock.web.auth import Reader
from lionrock.web.faults import Filled
from lionrock.web.gateway_subjects import TENANT, read, subjects, written
from lionrock.web.rendering import page, translator

PATH = "/admin/limits"
_LIMIT, _BUDGET = "admin/limit.html", "admin/budget.html"
Whose = Annotated[str, Query(max_length=60)]

routes = APIRouter()


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    database, speak = house(request).database, translator(request)
    return page(
        request, "admin/limits.html", limits=await LimitService(database).listing(actor),
        budgets=await BudgetService(database).listing(actor), numbers=list(forms.NUMBERS),
        called=await subjects(request, actor), written=written,
        money=lambda micro, currency: forms.money(micro, currency, speak),
        times=lambda windows: forms.times(windows, speak),
    )  # fmt: skip


@routes.get(f"{PATH}/limit")
async def limit(request: Request, actor: Reader, whose: Whose = "") -> Response:
    """The form: of someone's limits as they are, or of any."""
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    chosen = read(whose) if whose else TENANT
    kept = await _limits(request, actor, chosen)
    filled = Filled({**forms.limit_values(kept or Limits()), "whose": written(chosen)})
    return await _form(request, _LIMIT, actor, filled, fixed=bool(whose), numbers=forms.NUMBERS)


@routes.post(f"{PATH}/limit")
async def set_limit(request: Request, actor: Reader) -> Response:
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    whose, wanted = read(sent.text("whose")), forms.limits_of(sent, translator(request))
    if sent.faults:
        return await _form(
            request, _LIMIT, actor, sent, fixed=sent.ticked("fixed"), status=422,
            numbers=forms.NUMBERS,
        )  # fmt: skip
    await LimitService(house(request).database).set(actor, whose, wanted)
    return done(request, PATH)


async def _limits(request: Request, actor: Actor, whose: Subject) -> Limits | None:
    listed = await LimitService(house(request).database).listing(actor)
    return next((held.limits for held in listed if held.subject == whose), None)


@routes.get(f"{PATH}/limit/end")
async def ask_limit_end(request: Request, actor: Reader, whose: Whose) -> Response:
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    subject, speak = read(whose), translator(request)
    if await _limits(request, actor, subject) is None:
        raise NotFound(ABSENT)
    name = (await subjects(request, actor))(subject)
    return ask(
        request, speak.gettext("Remove the limits of %(name)s?", name=name),
        action=f"{PATH}/limit/end?whose={written(subject)}", button=speak.gettext("Remove limits"),
        back=PATH, facts=[speak.gettext("From the next call on, only limits of others hold.")],
    )  # fmt: skip


@routes.post(f"{PATH}/limit/end")
async def end_limit(request: Request, actor: Reader, whose: Whose) -> Response:
    await LimitService(house(request).database).remove(actor, read(whose))
    return done(request, PATH)


@routes.get(f"{PATH}/budget")
async def budget(
    request: Request, actor: Reader, whose: Whose = "", period: Period = Period.MONTH
) -> Response:
    """The form: of a budget as it is, or of any."""
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    chosen = read(whose) if whose else TENANT
    listed = await BudgetService(house(request).database).listing(actor)
    kept = [a for a in listed if (a.subject, a.budget.period) == (chosen, period)] if whose else []
    values = {"period": period.value, "currency": "HKD", "whose": written(chosen)}
    values |= forms.budget_values(kept[0].budget) if kept else {}
    return await _form(
        request, _BUDGET, actor, Filled(values), fixed=bool(kept), periods=list(Period)
    )


@routes.post(f"{PATH}/budget")
async def set_budget(request: Request, actor: Reader) -> Response:
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    whose, wanted = read(sent.text("whose")), forms.budget_of(sent, translator(request))
    if sent.faults:
        return await _form(
            request, _BUDGET, actor, sent, fixed=sent.ticked("fixed"), status=422,
            periods=list(Period),
        )  # fmt: skip
    await BudgetService(house(request).database).set(actor, whose, wanted)
    return done(request, PATH)


@routes.get(f"{PATH}/budget/{{budget_id}}/end")
async def ask_budget_end(request: Request, actor: Reader, budget_id: UUID) -> Response:
    require(actor, P.GATEWAY_LIMIT_MANAGE)
    one, speak = await _account(request, actor, budget_id), translator(request)
    name = (await subjects(request, actor))(one.subject)
    spent = forms.money(one.spent, one.budget.currency, speak)
    return ask(
        request, speak.gettext("Remove the budget of %(name)s?", name=name),
        action=f"{PATH}/budget/{budget_id}/end", button=speak.gettext("Remove budget"), back=PATH,
        facts=[
            speak.gettext("From the next call on, it holds nothing back."),
            speak.gettext("%(amount)s is spent of it. A new one begins at zero.", amount=spent),
        ],
    )  # fmt: skip


@routes.post(f"{PATH}/budget/{{budget_id}}/end")
async def end_budget(request: Request, actor: Reader, budget_id: UUID) -> Response:
    await BudgetService(house(request).database).remove(actor, budget_id)
    return done(request, PATH)


async def _account(request: Request, actor: Actor, budget_id: UUID) -> Account:
    for one in await BudgetService(house(request).database).listing(actor):
        if one.id == budget_id:
            return one
    raise NotFound(ABSENT)


async def _form(
    request: Request, template: str, actor: Actor, filled: Filled, *, fixed: bool, status: int = 200,
    **more: Any,
) -> Response:  # fmt: skip
    """Of a limit or of a budget, and whose. `fixed`: whose is not to be chosen."""
    known = await subjects(request, actor)
    whose = read(filled.text("whose"))
    known.require(whose)
    return page(
        request, template, status=status, filled=filled, fixed=fixed, name=known(whose),
        choices=known.choices(), **more,
    )  # fmt: skip

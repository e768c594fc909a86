"""The policy of screening: thresholds by list, the clock, clearances, who is given alerts; and changing it.

A form is looked at before it counts: what it changes and what follows is shown, and saved from there.
What was changed meanwhile by someone else is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import decide, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.policy import Kept
from lionrock.screening.registry.lists import ScreeningList
from lionrock.web import screening_policy_effects as effects
from lionrock.web import screening_policy_forms as forms
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.changes import Change
from lionrock.web.faults import Filled
from lionrock.web.i18n import HONG_KONG
from lionrock.web.rendering import page, translator
from lionrock.web.screening_alerts import alerts_of
from lionrock.web.screening_lists import registry_of
from lionrock.web.screening_people import Colleagues, colleagues
from lionrock.web.sections import SCREENING, may

PATH: Final = f"{SCREENING}/policy"
TUNING: Final = f"{SCREENING}/tuning"

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Rules:
    """How alerts are worked on, with who set it; `names` says who may be given alerts."""

    kept: Kept
    names: Colleagues
    coming: list[date]
    """Holidays from today on."""


@routes.get(PATH)
async def shown(request: Request, actor: Reader) -> Response:
    """Values in force. Of alerts, to those alone who may look at alerts."""
    registry = registry_of(request)
    lists = await registry.lists.listing(actor)
    return page(
        request, "screening/policy.html", lists=lists, default=registry.screener.engine.threshold,
        rules=await _rules(request, actor), number=forms.number, tuning=TUNING,
        days=lambda count: effects.days(count, translator(request)),
        called={one.id: one.name for one in lists},
    )  # fmt: skip


@routes.get(f"{PATH}/alerts")
async def policy_form(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_ALERT_ASSIGN)
    policy = await alerts_of(request).policies.get(actor)
    filled = Filled(forms.policy_values(policy) | {"seen": forms.seen(policy)})
    return await _policy_form(request, actor, filled)


@routes.post(f"{PATH}/alerts")
async def change_policy(request: Request, actor: Reader) -> Response:
    """Shows what would change; with `step` "save" it changes, with "edit" the form comes back."""
    require(actor, P.SCREENING_ALERT_ASSIGN)
    async with request.form() as form:
        sent = Filled.of(form)
    speak, policies = translator(request), alerts_of(request).policies
    kept, lists = await policies.get(actor), await _lists(request, actor)
    wanted = forms.policy_of(sent, kept, lists, speak)
    if sent.faults or sent.text("step") == "edit":
        return await _policy_form(request, actor, sent)
    if sent.text("step") == "save" and sent.text("seen") == forms.seen(kept):
        await policies.change(actor, wanted)
        return done(request, PATH)
    changes = list(effects.of_policy(kept, wanted, {one.id: one.name for one in lists}, speak))
    title = speak.gettext("Clock, clearances and assignment")
    return _review(request, title, f"{PATH}/alerts", sent, changes, kept)


@routes.get(f"{PATH}/lists/{{list_id}}")
async def list_form(request: Request, actor: Reader, list_id: UUID) -> Response:
    require(actor, P.SCREENING_LIST_MANAGE)
    found = await registry_of(request).lists.get(actor, list_id)
    settings = forms.Settings.of(found)
    filled = Filled(forms.list_values(settings) | {"seen": forms.seen(settings)})
    return _list_form(request, found, filled)


@routes.post(f"{PATH}/lists/{{list_id}}")
async def change_list(request: Request, actor: Reader, list_id: UUID) -> Response:
    """As `change_policy`, for a list's thresholds, name and use."""
    require(actor, P.SCREENING_LIST_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    registry, speak = registry_of(request), translator(request)
    found = await registry.lists.get(actor, list_id)
    kept, wanted = forms.Settings.of(found), forms.list_of(sent, speak)
    others = {one.name for one in await registry.lists.listing(actor) if one.id != list_id}
    if wanted.name in others:
        sent.wrong("name", speak.gettext("There is a list of that name already."))
    if sent.faults or sent.text("step") == "edit":
        return _list_form(request, found, sent)
    if sent.text("step") == "save" and sent.text("seen") == forms.seen(kept):
        await registry.lists.change(
            actor, list_id, name=wanted.name, active=wanted.active, threshold=wanted.threshold,
            type_thresholds=wanted.type_thresholds,
        )  # fmt: skip
        return done(request, PATH)
    changes = list(effects.of_list(kept, wanted, registry.screener.engine.threshold, speak))
    return _review(request, found.name, f"{PATH}/lists/{list_id}", sent, changes, kept)


def _review(
    request: Request, title: str, action: str, sent: Filled, changes: Sequence[Change],
    kept: BaseModel,
) -> Response:  # fmt: skip
    """What changes, from what is in force now. `moved`: that is not what the form was made from."""
    now = forms.seen(kept)
    moved = sent.text("seen") != now
    values = {k: v for k, v in sent.values.items() if k not in ("step", "seen")} | {"seen": now}
    return page(
        request, "screening/policy-review.html", status=409 if moved else 200, title=title,
        action=action, changes=changes, values=values, moved=moved, back=PATH, tuning=TUNING,
    )  # fmt: skip


async def _policy_form(request: Request, actor: Actor, filled: Filled) -> Response:
    return page(
        request, "screening/policy-alerts.html", status=422 if filled.faults else 200,
        filled=filled, values=filled.values, faults=filled.faults,
        lists=await _lists(request, actor), list_field=forms.list_field, back=PATH,
        most_days=forms.MOST_DAYS, most_clearance=forms.MOST_CLEARANCE,
    )  # fmt: skip


def _list_form(request: Request, found: ScreeningList, filled: Filled) -> Response:
    default = registry_of(request).screener.engine.threshold
    return page(
        request, "screening/policy-list.html", status=422 if filled.faults else 200, list=found,
        values=filled.values, faults=filled.faults, rows=forms.rows(filled), back=PATH,
        default=forms.number(default), action=f"{PATH}/lists/{found.id}", tuning=TUNING,
    )  # fmt: skip


async def _rules(request: Request, actor: Actor) -> Rules | None:
    if not decide(actor, P.SCREENING_ALERT_READ):  # an observer's one case is not enough
        return None
    kept = await alerts_of(request).policies.kept(actor)
    today = datetime.now(UTC).astimezone(HONG_KONG).date()
    coming = sorted(day for day in kept.policy.holidays if day >= today)
    return Rules(kept, await colleagues(request, actor), coming)


async def _lists(request: Request, actor: Actor) -> Sequence[ScreeningList]:
    """Lists by name, for whom they are to read."""
    if not may(actor, P.SCREENING_LIST_READ):
        return []
    return await registry_of(request).lists.listing(actor)

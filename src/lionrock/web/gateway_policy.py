"""The policy for calls to models: guards before engines outside, and what is kept; shown and changed.

A form is looked at before it counts: what changes and what follows is shown, and saved from there. What
was changed meanwhile by someone else is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, TypeVar

from fastapi import APIRouter, Request, Response

from lionrock.doors import house
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.service import Decided, PolicyService, Standing
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import done, names
from lionrock.web.auth import Reader
from lionrock.web.changes import Change
from lionrock.web.faults import Filled
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator

PATH: Final = "/admin/gateway"
_FIELD: Final = "guard-"
_Word = TypeVar("_Word", bound=StrEnum)

routes = APIRouter()


@routes.get(PATH)
async def shown(request: Request, actor: Reader) -> Response:
    return page(
        request, "admin/gateway.html", standing=await _policies(request).get(actor),
        called=await names(request, actor), change=f"{PATH}/change",
    )  # fmt: skip


@routes.get(f"{PATH}/change")
async def form(request: Request, actor: Reader) -> Response:
    require(actor, P.GATEWAY_POLICY_MANAGE)
    return _form(request, Filled(_values(await _policies(request).get(actor))))


@routes.post(f"{PATH}/change")
async def change(request: Request, actor: Reader) -> Response:
    """Shows what would change; with `step` "save" it changes, with "edit" the form comes back."""
    require(actor, P.GATEWAY_POLICY_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    policies, speak = _policies(request), translator(request)
    now, wanted = await policies.get(actor), _wanted(sent, speak)
    if sent.faults or sent.text("step") == "edit":
        return _form(request, sent)
    moved = sent.text("version") != str(now.version)
    if sent.text("step") == "save" and not moved:
        await policies.change(actor, wanted, now.version)
        return done(request, PATH)
    kept = {k: v for k, v in sent.values.items() if k not in ("step", "version")}
    return page(
        request, "admin/gateway-review.html", status=409 if moved else 200, moved=moved, back=PATH,
        changes=list(_changes(now.policy, wanted, speak)), action=f"{PATH}/change",
        values=kept | {"version": str(now.version)},
    )  # fmt: skip


def _policies(request: Request) -> PolicyService:
    found = house(request)
    return PolicyService(found.database, found.gateway.forget)


def _form(request: Request, filled: Filled) -> Response:
    return page(
        request, "admin/gateway-change.html", status=422 if filled.faults else 200, filled=filled,
        kinds=list(Kind), actions=list(Action), retentions=list(Retention), field=_FIELD, back=PATH,
    )  # fmt: skip


def _values(standing: Standing) -> dict[str, str]:
    guards = {_FIELD + kind: action.value for kind, action in standing.policy.guards.items()}
    kept = {"retention": standing.policy.retention.value, "version": str(standing.version)}
    return guards | kept


def _wanted(sent: Filled, speak: Translator) -> Decided:
    """What the form asks for; where there are faults, something that is not to be used."""
    guards = {k: _word(sent, _FIELD + k, Action, Action.MASK, speak) for k in Kind}
    return Decided(
        guards=guards,
        retention=_word(sent, "retention", Retention, Retention.NONE, speak),
    )


def _word(
    sent: Filled, name: str, words: type[_Word], otherwise: _Word, speak: Translator
) -> _Word:
    given = sent.text(name)
    for word in words:
        if word.value == given:
            return word
    sent.wrong(name, speak.gettext("Choose one."))
    return otherwise


def _changes(before: Decided, after: Decided, speak: Translator) -> Iterator[Change]:
    for kind in Kind:
        was, now = before.guards[kind], after.guards[kind]
        if was != now:
            yield Change(
                speak.name("guard", kind), speak.name("guard-action", was),
                speak.name("guard-action", now), speak.name("guard-effect", now),
            )  # fmt: skip
    if before.retention != after.retention:
        yield Change(
            speak.gettext("What is kept of a call"), speak.name("kept", before.retention),
            speak.name("kept", after.retention), speak.name("kept-effect", after.retention),
        )  # fmt: skip

"""Limits, budgets and usage of the gateway: the API and the pages."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.gateway.policies.service import Decided, PolicyService, Standing
from lionrock.kernel.permissions import Permission as P
from tests.gateway.exchanges.making import put
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_NOBODYS: Final = "00000000-0000-4000-8000-000000000000"
_LIMITS: Final = {"requests_per_minute": 60}
_BUDGET: Final = {"period": "month", "cap": 250_000_000, "currency": "HKD"}


async def fresh_subject(of: Institution) -> Subject:
    return Subject(kind=SubjectKind.MEMBER, id=await of.fresh_member())


async def limited(of: Institution) -> Subject:
    """A member with limits."""
    whose = await fresh_subject(of)
    await LimitService(of.house.database).set(of.actor, whose, Limits(**_LIMITS))
    return whose


async def budgeted(of: Institution) -> UUID:
    wanted = Budget(period=Period.MONTH, cap=1)
    return await BudgetService(of.house.database).set(of.actor, await fresh_subject(of), wanted)


def told(whose: Subject) -> dict[str, str]:
    return {"kind": whose.kind.value, "id": str(whose.id)}


async def new_limits(of: Institution) -> Sent:
    return Sent(json={"subject": told(await fresh_subject(of)), "limits": _LIMITS})


async def new_budget(of: Institution) -> Sent:
    return Sent(json={"subject": told(await fresh_subject(of)), "budget": _BUDGET})


async def kept_limits(of: Institution) -> Sent:
    return Sent(query=told(await limited(of)))


def budget(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"budget_id": str(await budgeted(of))}, form=form)

    return make


def asked(form: dict[str, Any] | None = None, *, kept: bool = False) -> Make:
    """A page of someone's, by its address."""

    async def make(of: Institution) -> Sent:
        whose = await limited(of) if kept else await fresh_subject(of)
        return Sent(query={"whose": f"member:{whose.id}"}, form=form)

    return make


def filled(**fields: str) -> Make:
    """A form of someone's."""

    async def make(of: Institution) -> Sent:
        return Sent(form={"whose": f"member:{(await fresh_subject(of)).id}", **fields})

    return make


async def exchange(of: Institution) -> Sent:
    """One of theirs."""
    house = of.house
    made = await put(house.database, house.vault, of.actor, of.canary, f"It is {of.canary}.")
    return Sent({"exchange_id": str(made)})


async def exchanges(of: Institution) -> Sent:
    made = (await exchange(of)).path["exchange_id"]
    return Sent(query={"member": str(of.actor.id), "before": made})


async def _policy(of: Institution) -> tuple[Standing, Decided]:
    """The policy in force, and another one."""
    standing = await PolicyService(of.house.database, of.house.gateway.forget).get(of.actor)
    guards = dict(standing.policy.guards)
    guards[Kind.NAME] = Action.OFF if guards[Kind.NAME] is not Action.OFF else Action.MASK
    return standing, standing.policy.model_copy(update={"guards": guards})


async def changed_policy(of: Institution) -> Sent:
    standing, wanted = await _policy(of)
    return Sent(json={"version": standing.version, "policy": wanted.model_dump(mode="json")})


async def policy_form(of: Institution) -> Sent:
    standing, wanted = await _policy(of)
    form = {f"guard-{kind}": action.value for kind, action in wanted.guards.items()}
    form |= {"retention": wanted.retention.value, "version": str(standing.version)}
    return Sent(form=form | {"step": "save"})


_WHO_USED: Final = "who may call models sees their own use, who may see usage everyone's"
_MANAGE, _READ = P.GATEWAY_LIMIT_MANAGE, P.GATEWAY_LIMIT_READ
_PAGE: Final = "/admin/limits"
_ADDRESS: Final = ((Slot("query", ("whose",)), f"member:{_NOBODYS}"),)
_FIELD: Final = ((Slot("body", ("whose",)), f"member:{_NOBODYS}"),)

RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/gateway/budgets/{budget_id}": Recipe(budget(), _MANAGE),
    "DELETE /v1/gateway/limits": Recipe(kept_limits, _MANAGE),
    "GET /v1/gateway/budgets": Recipe(request(), _READ),
    "GET /v1/gateway/exchanges": Recipe(
        exchanges, by_role="who may call models sees their own, an auditor and a privacy officer all",
        varies="what is older than an id is told by the id's time",
    ),
    "GET /v1/gateway/exchanges/{exchange_id}": Recipe(exchange, P.GATEWAY_EXCHANGE_READ, own=True),
    "GET /v1/gateway/limits": Recipe(request(), _READ),
    "GET /v1/gateway/policy": Recipe(request(), P.GATEWAY_POLICY_READ),
    "GET /v1/gateway/usage": Recipe(request(), by_role=_WHO_USED),
    "PUT /v1/gateway/budgets": Recipe(new_budget, _MANAGE),
    "PUT /v1/gateway/limits": Recipe(new_limits, _MANAGE),
    "PUT /v1/gateway/policy": Recipe(changed_policy, P.GATEWAY_POLICY_MANAGE),
    "GET /admin/gateway": Recipe(request(), P.GATEWAY_POLICY_READ),
    "GET /admin/gateway/change": Recipe(request(), P.GATEWAY_POLICY_MANAGE),
    "POST /admin/gateway/change": Recipe(policy_form, P.GATEWAY_POLICY_MANAGE),
    f"GET {_PAGE}": Recipe(request(), _READ),
    f"GET {_PAGE}/budget": Recipe(asked(), _MANAGE, more=_ADDRESS),
    f"GET {_PAGE}/budget/{{budget_id}}/end": Recipe(budget(), _MANAGE),
    f"GET {_PAGE}/limit": Recipe(asked(), _MANAGE, more=_ADDRESS),
    f"GET {_PAGE}/limit/end": Recipe(asked(kept=True), _MANAGE, more=_ADDRESS),
    "GET /admin/usage": Recipe(request(), by_role=_WHO_USED),
    f"POST {_PAGE}/budget": Recipe(
        filled(period="month", cap="250.00", currency="HKD"), _MANAGE, more=_FIELD
    ),
    f"POST {_PAGE}/budget/{{budget_id}}/end": Recipe(budget({}), _MANAGE),
    f"POST {_PAGE}/limit": Recipe(filled(requests_per_minute="60"), _MANAGE, more=_FIELD),
    f"POST {_PAGE}/limit/end": Recipe(asked({}, kept=True), _MANAGE, more=_ADDRESS),
}  # fmt: skip

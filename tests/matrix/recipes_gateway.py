"""Limits, budgets and usage of the gateway: the API and the pages."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.permissions import Permission as P
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


_WHO_USED: Final = "who may call models sees their own use, who may see usage everyone's"
_MANAGE, _READ = P.GATEWAY_LIMIT_MANAGE, P.GATEWAY_LIMIT_READ
_PAGE: Final = "/admin/limits"
_ADDRESS: Final = ((Slot("query", ("whose",)), f"member:{_NOBODYS}"),)
_FIELD: Final = ((Slot("body", ("whose",)), f"member:{_NOBODYS}"),)

RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/gateway/budgets/{budget_id}": Recipe(budget(), _MANAGE),
    "DELETE /v1/gateway/limits": Recipe(kept_limits, _MANAGE),
    "GET /v1/gateway/budgets": Recipe(request(), _READ),
    "GET /v1/gateway/limits": Recipe(request(), _READ),
    "GET /v1/gateway/usage": Recipe(request(), by_role=_WHO_USED),
    "PUT /v1/gateway/budgets": Recipe(new_budget, _MANAGE),
    "PUT /v1/gateway/limits": Recipe(new_limits, _MANAGE),
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

"""The pages of customers and of the policy of screening."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from lionrock.kernel.permissions import Permission as P
from lionrock.web import screening_policy_forms as forms
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.recipes_screening import fresh_customer, fresh_list, listed, reviewer
from tests.matrix.world import Institution

_READ, _MANAGE = P.SCREENING_CUSTOMER_READ, P.SCREENING_CUSTOMER_MANAGE
_TABLE: Final = "reference,name\n{id},Lee Siu Ming\n"


def customer(form: dict[str, Any] | None = None, *, ended: bool = False) -> Make:
    async def make(of: Institution) -> Sent:
        customers, who = of.house.screening.registry.customers, await reviewer(of)
        reference = await fresh_customer(of)
        if ended:
            await customers.end(who, reference)
        found = await customers.find(who, reference)
        return Sent({"customer_id": str(found.id)}, form=form)

    return make


async def added(of: Institution) -> Sent:
    return Sent(form={"reference": uuid4().hex, "names": "Lee Siu Ming"})


async def customers_file(of: Institution) -> Sent:
    return Sent(file=("customers.csv", _TABLE.format(id=uuid4().hex).encode()))


async def a_list(of: Institution) -> Sent:
    return Sent({"list_id": str(await listed(of))})


async def other_threshold(of: Institution) -> Sent:
    made, name = await fresh_list(of), uuid4().hex
    found = await of.house.screening.registry.lists.get(of.actor, made)
    seen = forms.seen(forms.Settings.of(found))
    form = {"step": "save", "seen": seen, "name": name, "active": "1", "threshold": "0.7"}
    return Sent({"list_id": str(made)}, form=form)


async def other_policy(of: Institution) -> Sent:
    policy = await of.house.screening.alerts.policies.get(await reviewer(of))
    days = str(1 + policy.clearance_days % 1000)
    values = forms.policy_values(policy) | {"clearance_days": days}
    return Sent(form=values | {"step": "save", "seen": forms.seen(policy)})


_ONE: Final = "/screening/customers/{customer_id}"
_AFTER: Final = request(query={"after": str(UUID(int=2))})
_LIST: Final = "/screening/policy/lists/{list_id}"

RECIPES: Final[dict[str, Recipe]] = {
    "GET /screening/customers": Recipe(_AFTER, _READ),
    "GET /screening/customers/import": Recipe(request(), _MANAGE),
    "GET /screening/customers/new": Recipe(request(), _MANAGE),
    "GET /screening/policy": Recipe(request(), P.SCREENING_LIST_READ),
    "GET /screening/policy/alerts": Recipe(request(), P.SCREENING_ALERT_ASSIGN),
    f"GET {_ONE}": Recipe(customer(), _READ),
    f"GET {_ONE}/edit": Recipe(customer(), _MANAGE),
    f"GET {_ONE}/end": Recipe(customer(), _MANAGE),
    f"GET {_ONE}/standing": Recipe(customer(), _READ),
    f"GET {_LIST}": Recipe(a_list, P.SCREENING_LIST_MANAGE),
    "POST /screening/customers": Recipe(added, _MANAGE),
    "POST /screening/customers/file": Recipe(customers_file, _MANAGE),
    "POST /screening/customers/find": Recipe(
        request(form={"words": "Lee Siu Ming"}), _READ,
        quiet="it is a search, and no name stands in an address",
    ),
    "POST /screening/customers/preview": Recipe(
        customers_file, _MANAGE, quiet="it shows what a file holds, and keeps nothing"
    ),
    "POST /screening/policy/alerts": Recipe(other_policy, P.SCREENING_ALERT_ASSIGN),
    f"POST {_ONE}/back": Recipe(customer({}, ended=True), _MANAGE),
    f"POST {_ONE}/edit": Recipe(customer({"version": "1", "names": "Lee Siu Fai"}), _MANAGE),
    f"POST {_ONE}/end": Recipe(customer({}), _MANAGE),
    f"POST {_LIST}": Recipe(other_threshold, P.SCREENING_LIST_MANAGE),
}  # fmt: skip

"""Customers of the continuous screening: looked up, one of them shown, ended.

Their reference and names are sealed, so neither stands in an address: a customer's page has their id
here, and what is looked for is sent in a form. A reference is found by its keyed hash; for a name
customers are opened and read, some at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import decide, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.knowing import reviews
from lionrock.screening.registry.customer_search import MOST, Found, named
from lionrock.screening.registry.customers import Customer, Customers
from lionrock.screening.registry.entries import FIRST
from lionrock.screening.registry.standing import Standing, standing
from lionrock.web.administration import ask, done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_alerts import alerts_of, clock, lists_by_id
from lionrock.web.screening_facts import rows_of
from lionrock.web.screening_lists import registry_of
from lionrock.web.screening_people import colleagues
from lionrock.web.screening_policy_forms import number
from lionrock.web.screening_words import scored
from lionrock.web.sections import SCREENING

PATH: Final = f"{SCREENING}/customers"
ON_A_PAGE: Final = 50

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, and how far."""

    words: str
    found: Found
    before: int
    """Customers that were looked through on the way here."""

    @property
    def looked(self) -> int:
        return self.before + self.found.looked


@routes.get(PATH)
async def listing(
    request: Request, actor: Reader, after: Annotated[UUID, Query()] = FIRST
) -> Response:
    """In the order of their ids here, which says nothing of them."""
    found = await customers_of(request).page(actor, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request, "screening/customers.html", customers=shown, search=None, begun=after != FIRST,
        next=shown[-1].id if len(found) > ON_A_PAGE else None, most=MOST,
    )  # fmt: skip


@routes.post(f"{PATH}/find")
async def find(
    request: Request,
    actor: Reader,
    words: Annotated[str, Form(max_length=500)] = "",
    after: Annotated[str, Form(max_length=40)] = "",
    before: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """The customer of a reference; else those of a name, among the next thousand."""
    require(actor, P.SCREENING_CUSTOMER_READ)
    customers, wanted = customers_of(request), " ".join(words.split())
    if not wanted:
        return done(request, PATH)
    if not after:
        try:
            found = await customers.find(actor, words.strip())
            return done(request, f"{PATH}/{found.id}")
        except NotFound:
            pass
    looked = await named(customers, actor, wanted, after=_place(after), most=MOST)
    return page(
        request, "screening/customers.html", customers=looked.customers, begun=False, next=None,
        search=Search(wanted, looked, before), most=MOST,
    )  # fmt: skip


@routes.get(f"{PATH}/{{customer_id}}")
async def one(request: Request, actor: Reader, customer_id: UUID) -> Response:
    """A customer; of alerts on them those that the reader may open, and no word of others."""
    found = await customers_of(request).get(actor, customer_id)
    speak, knows = translator(request), bool(decide(actor, P.SCREENING_ALERT_READ))
    facts = [(name, lines) for name, lines in rows_of(found.entity, speak) if name != "id"]
    return page(
        request, "screening/customer.html", customer=found, facts=facts, number=number,
        standing=await _standing(request, actor, found), knows=knows, sees_all=reviews(actor),
        alerts=await alerts_of(request).queue.of_customer(actor, found.id) if knows else [],
        names=await colleagues(request, actor) if knows else None, scored=scored,
        lists=await lists_by_id(request, actor), clock=lambda alert: clock(alert, speak),
    )  # fmt: skip


@routes.get(f"{PATH}/{{customer_id}}/standing")
async def how_far(request: Request, actor: Reader, customer_id: UUID) -> Response:
    """How far they have been screened, asked again and again until nothing waits."""
    found = await customers_of(request).get(actor, customer_id)
    now = await _standing(request, actor, found)
    answer = page(
        request, "screening/customer-standing.html", customer=found, standing=now, number=number
    )  # fmt: skip
    if now.settled:
        answer.headers["HX-Refresh"] = "true"
    return answer


@routes.get(f"{PATH}/{{customer_id}}/end")
async def ask_end(request: Request, actor: Reader, customer_id: UUID) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    found, speak = await customers_of(request).get(actor, customer_id), translator(request)
    return ask(
        request, speak.gettext("Screen %(name)s no more?", name=found.entity.caption),
        action=f"{PATH}/{customer_id}/end", button=speak.gettext("Screen no more"),
        back=f"{PATH}/{customer_id}",
        facts=[speak.gettext("No list is screened against them any more; what hit them goes.")],
        note=speak.gettext(
            "What is kept of them stays, and they can be had back. To erase them is a"
            " matter of privacy requests."
        ),
    )  # fmt: skip


@routes.post(f"{PATH}/{{customer_id}}/end")
async def end(request: Request, actor: Reader, customer_id: UUID) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    customers = customers_of(request)
    found = await customers.get(actor, customer_id)
    await customers.end(actor, found.entity.id)
    return done(request, f"{PATH}/{customer_id}")


@routes.post(f"{PATH}/{{customer_id}}/back")
async def have_back(request: Request, actor: Reader, customer_id: UUID) -> Response:
    """A customer again, as they were kept."""
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    customers = customers_of(request)
    found = await customers.get(actor, customer_id)
    await customers.put(actor, found.entity, type=found.type, version=found.version)
    return done(request, f"{PATH}/{customer_id}")


def customers_of(request: Request) -> Customers:
    return house(request).screening.registry.customers


async def _standing(request: Request, actor: Actor, customer: Customer) -> Standing:
    default = registry_of(request).screener.engine.threshold
    return await standing(house(request).database, actor, customer, default=default)


def _place(after: str) -> UUID:
    """Where to look further; a place that is none is the beginning."""
    try:
        return UUID(after)
    except ValueError:
        return FIRST

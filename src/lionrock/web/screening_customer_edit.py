"""Adding a customer by hand, and changing one. Either has them screened against every list."""

from __future__ import annotations

from contextlib import suppress
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import IdentifierKind, Schema
from lionrock.screening.registry.customers import Customer
from lionrock.web import screening_customer_forms as forms
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.faults import Filled
from lionrock.web.rendering import page, translator
from lionrock.web.screening_customers import PATH, customers_of

_EMPTY: Final = {"schema": Schema.LEGAL_ENTITY.value}

routes = APIRouter()


@routes.get(f"{PATH}/new")
async def new(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    return _form(request, Filled(dict(_EMPTY)), None)


@routes.post(PATH)
async def add(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    speak = translator(request)
    entity, type = forms.entity_of(sent, None, speak), forms.type_of(sent, speak)
    known = await _known(request, actor, entity.id) if entity.id else None
    if known is not None:
        fault = speak.gettext("There is a customer of this reference already.")
        sent.wrong("reference", fault)
    if sent.faults:
        return _form(request, sent, None, known=known)
    made = await customers_of(request).put(actor, entity, type=type, version=0)
    return done(request, f"{PATH}/{made}")


@routes.get(f"{PATH}/{{customer_id}}/edit")
async def edit(request: Request, actor: Reader, customer_id: UUID) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    found = await customers_of(request).get(actor, customer_id)
    values = forms.values_of(found.entity, found.type, translator(request))
    return _form(request, Filled(values | {"version": str(found.version)}), found)


@routes.post(f"{PATH}/{{customer_id}}/edit")
async def change(request: Request, actor: Reader, customer_id: UUID) -> Response:
    """Put the form's words in the place of the version it was made from; of another it comes back."""
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    async with request.form() as form:
        sent = Filled.of(form)
    customers, speak = customers_of(request), translator(request)
    found = await customers.get(actor, customer_id)
    entity, type = forms.entity_of(sent, found.entity, speak), forms.type_of(sent, speak)
    if sent.faults:
        return _form(request, sent, found)
    if sent.text("version") == str(found.version):
        with suppress(Conflict):
            await customers.put(actor, entity, type=type, version=found.version)
            return done(request, f"{PATH}/{customer_id}")
    found = await customers.get(actor, customer_id)
    sent.values["version"] = str(found.version)
    return _form(request, sent, found, moved=True)


async def _known(request: Request, actor: Actor, reference: str) -> Customer | None:
    try:
        return await customers_of(request).find(actor, reference)
    except NotFound:
        return None


def _form(
    request: Request, filled: Filled, customer: Customer | None, *,
    known: Customer | None = None, moved: bool = False,
) -> Response:  # fmt: skip
    status = 409 if moved else 422 if filled.faults else 200
    return page(
        request, "screening/customer-form.html", status=status, values=filled.values,
        faults=filled.faults, customer=customer, known=known, moved=moved,
        kinds=tuple(Schema), numbers=tuple(IdentifierKind), rows=forms.rows(filled), home=PATH,
    )  # fmt: skip

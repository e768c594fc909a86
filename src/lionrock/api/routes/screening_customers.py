"""`/v1/screening/customers`: who is screened for as long as they are customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile
from pydantic import BaseModel, Field

from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_files import content_of, format_of
from lionrock.api.routes.screening_names import told
from lionrock.api.routes.screening_queries import Given, GivenEntity, either
from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.registry.customers import Customer
from lionrock.screening.registry.entries import FIRST

_Type = Annotated[str, Field(pattern="^[a-z0-9-]{0,40}$")]


class NewCustomer(Given):
    """Who, in plain fields. `type`: the institution's own word, by which lists have thresholds."""

    type: _Type = ""


class NewCustomerEntity(GivenEntity):
    """Who, in FollowTheMoney's shape; the reference in the path comes before its `id`."""

    type: _Type = ""


class CustomerOut(BaseModel):
    """`pending`: still to be screened since the last change."""

    id: UUID
    reference: str
    caption: str
    type: str
    version: int
    pending: bool
    active: bool
    created_at: datetime
    changed_at: datetime
    entity: dict[str, Any]


class Customers(BaseModel):
    """`next`: what to give as `after` for the next page."""

    customers: list[CustomerOut]
    next: UUID | None


class Fault(BaseModel):
    row: int
    fault: str


class TakenOut(BaseModel):
    """What a file brought. `faults`: rows that were refused, the first thousand."""

    sha256: str
    added: int
    changed: int
    unchanged: int
    refused: int
    faults: list[Fault]


class Made(BaseModel):
    id: UUID


def add(routes: APIRouter) -> None:
    @routes.post("/screening/customers/files")
    async def take(
        request: Request, actor: ActorDep, file: Annotated[UploadFile, File()]
    ) -> TakenOut:
        """Add and change customers from CSV, XLSX or JSON lines. A faulty row is left out and told."""
        require(actor, P.SCREENING_CUSTOMER_MANAGE)
        found = house(request)
        content = content_of(file, found.settings.max_upload_bytes)
        done = await found.screening.registry.customers.take(actor, content, format_of(file))
        counts = {
            k: getattr(done, k) for k in ("sha256", "added", "changed", "unchanged", "refused")
        }
        return TakenOut(**counts, faults=[Fault(row=n, fault=f) for n, f in done.faults])

    @routes.get("/screening/customers")
    async def page(
        request: Request, actor: ActorDep, after: UUID = FIRST,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Customers:  # fmt: skip
        """In the order of their ids here; those who are customers no more, too."""
        found = await house(request).screening.registry.customers.page(
            actor, after=after, limit=limit
        )
        last = found[-1].id if len(found) == limit else None
        return Customers(customers=[_customer(c) for c in found], next=last)

    @routes.put("/screening/customers/{reference:path}")
    async def put(
        request: Request, actor: ActorDep, reference: str,
        wanted: either(NewCustomer, NewCustomerEntity),  # type: ignore[valid-type]
    ) -> Made:  # fmt: skip
        """Add the customer of this reference, or change them, or have them back."""
        require(actor, P.SCREENING_CUSTOMER_MANAGE)
        entity = _of(wanted, reference)
        customers = house(request).screening.registry.customers
        return Made(id=await customers.put(actor, entity, type=wanted.type))

    @routes.get("/screening/customers/{reference:path}")
    async def get(request: Request, actor: ActorDep, reference: str) -> CustomerOut:
        return _customer(await house(request).screening.registry.customers.find(actor, reference))

    @routes.delete("/screening/customers/{reference:path}", status_code=204)
    async def end(request: Request, actor: ActorDep, reference: str) -> None:
        """They are a customer no more: screened no more, and their hits go."""
        await house(request).screening.registry.customers.end(actor, reference)


def _of(wanted: NewCustomer | NewCustomerEntity, reference: str) -> Entity:
    return replace(wanted.entity(reference), id=reference)


def _customer(customer: Customer) -> CustomerOut:
    names = ("id", "type", "version", "pending", "active", "created_at", "changed_at")
    return CustomerOut(
        **{k: getattr(customer, k) for k in names}, reference=customer.entity.id,
        caption=customer.entity.caption, entity=told(customer.entity),
    )  # fmt: skip

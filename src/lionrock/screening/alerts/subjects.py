"""Who an alert on a customer is about: the customer, as the registry has them in the open transaction."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from lionrock.errors import NotFound
from lionrock.kernel.decisions import ABSENT
from lionrock.screening.alerts.intake import CustomerOf
from lionrock.screening.entities import Entity
from lionrock.screening.registry.customers import TABLE, Customers


def customers_of(customers: Customers) -> CustomerOf:
    """What `Alerts.open` reads customers with."""

    async def read(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> Entity:
        row = await db.fetchrow(
            f"SELECT * FROM {TABLE} WHERE tenant_id = $1 AND id = $2", tenant, customer
        )
        if row is None:
            raise NotFound(ABSENT)
        return customers.opened(row).entity

    return read

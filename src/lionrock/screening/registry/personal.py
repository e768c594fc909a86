"""Customers as personal data: found by what is known of them, copied out, erased with their hits.

Like runs they have no key of their own (there are millions): erased, the rows go, and a tombstone
stays by which a database put back from a backup can be told to remove them again. What was screened
in the past (`screenings`, files) is not searched: it is kept for the law on money laundering, and
goes by its retention.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entity_json import told
from lionrock.screening.registry.customers import Customer, Customers
from lionrock.screening.registry.indexes import Indexes
from lionrock.screening.registry.keeping import HitTable

if TYPE_CHECKING:
    import asyncpg

_PAGE: Final = 200
_EXCERPT: Final = 300
_SELECT: Final = "SELECT * FROM screening_customers WHERE tenant_id = $1"


def scope(customer: UUID) -> Scope:
    return Scope("customer", customer.hex)


class CustomerData:
    """Customers for privacy work: a `PersonalDataSource` and an `Eraser`."""

    name = "customer"
    kind = "customer"

    def __init__(
        self, database: Database, vault: Vault, customers: Customers, indexes: Indexes, engine: str
    ) -> None:
        self._database, self._customers, self._indexes = database, customers, indexes
        self._hits = HitTable(vault, engine)

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Customers of whom anything kept names the person. Growth: linear in customers."""
        last = UUID(int=0)
        while True:
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(
                    f"{_SELECT} AND id > $2 ORDER BY id LIMIT $3", actor.tenant_id, last, _PAGE
                )
            for row in rows:
                text = "\n".join(_texts(told(self._customers.opened(row).entity)))
                matches = matcher.matches(text)
                if matches:
                    yield Found(row["id"], matches[0].form, excerpt=text[:_EXCERPT])
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """What is kept of the customer, others blacked out. Of hits nothing: whether a person is on a
        list, or suspected, must not be told to them (Cap. 405 s. 25A(5), Cap. 455 s. 25A(5))."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        customer: Customer = self._customers.opened(row)
        kept = json.dumps(told(customer.entity), ensure_ascii=False, indent=2)
        lines = [
            f"type: {customer.type}", f"since: {customer.created_at.isoformat()}", kept,
        ]  # fmt: skip
        text = wanted[0].redactor.redacted("\n".join(lines)) + "\n"
        return [Part(f"customer-{target.hex}.txt", "text/plain", text.encode(), text)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            "SELECT c.id, c.created_at, c.active, (SELECT count(*) FROM screening_hits h"
            " WHERE (h.tenant_id, h.customer_id) = (c.tenant_id, c.id)) AS hits"
            " FROM screening_customers c WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "since": row["created_at"].isoformat(),
            "active": row["active"], "hits": row["hits"],
        }  # fmt: skip
        return Described(facts, (target,), (scope(target),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_customer(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """The index of customers: it is built anew of those that are left."""
        await self._indexes.purge(actor.tenant_id, "customers")


async def erase_customer(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> None:
    """The customer, and with them their hits."""
    await db.execute(
        "DELETE FROM screening_customers WHERE tenant_id = $1 AND id = $2", tenant, customer
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    values = value.values() if isinstance(value, dict) else value
    return [t for v in values for t in _texts(v)] if isinstance(value, dict | list) else []

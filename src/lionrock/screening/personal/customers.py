"""Customers as personal data: found by what is known of them, copied out, erased with all that is theirs.

They have no key of their own (there are millions): erased, their rows go, and a tombstone stays by
which a database put back from a backup has them removed again. Their cases have a key, and it goes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.scanning import rows_of, texts
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.steps import KEY_KIND
from lionrock.screening.entity_json import told
from lionrock.screening.personal.case_rows import ids_of_subject
from lionrock.screening.personal.cases import CaseData, erase_case
from lionrock.screening.personal.file_rows import forget_customer
from lionrock.screening.personal.relationship import relationship
from lionrock.screening.registry.coding import Hashes, unpacked
from lionrock.screening.registry.customers import TABLE
from lionrock.screening.registry.indexes import Indexes

if TYPE_CHECKING:
    import asyncpg

_EXCERPT: Final = 300
_SELECT: Final = f"SELECT * FROM {TABLE} WHERE tenant_id = $1"
_FACTS: Final = """
SELECT c.created_at, c.active, (SELECT count(*) FROM screening_hits h
    WHERE (h.tenant_id, h.customer_id) = (c.tenant_id, c.id)) AS hits
FROM screening_customers c WHERE tenant_id = $1 AND id = $2
"""


class CustomerData:
    name = "customer"
    kind = "customer"

    def __init__(
        self, database: Database, vault: Vault, hashes: Hashes, indexes: Indexes, cases: CaseData
    ) -> None:
        self._database, self._vault, self._hashes = database, vault, hashes
        self._indexes, self._cases = indexes, cases

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Customers of whom anything kept names the person."""
        async for row in rows_of(self._database, actor, _SELECT):
            text = "\n".join(texts(self._told(row)))
            matches = matcher.matches(text)
            if matches:
                yield Found(row["id"], matches[0].form, excerpt=text[:_EXCERPT])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """What is kept of the customer, others blacked out. Of hits nothing: whether a person is on a
        list, or suspected, must not be told to them."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        kept = json.dumps(self._told(row), ensure_ascii=False, indent=2)
        lines = (f"type: {row['type']}", f"since: {row['created_at'].isoformat()}", kept)
        text = wanted[0].redactor.redacted("\n".join(lines)) + "\n"
        return [Part(f"customer-{target.hex}.txt", "text/plain", text.encode(), text)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(_FACTS, actor.tenant_id, target)
        if row is None:
            return None
        cases = [
            found
            for id in await ids_of_subject(db, actor.tenant_id, target)
            if (found := await self._cases.describe(db, actor, id)) is not None
        ]
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "since": row["created_at"].isoformat(),
            "active": row["active"], "hits": row["hits"], "cases": [dict(c.facts) for c in cases],
        }  # fmt: skip
        kept = await relationship(db, actor.tenant_id, target)
        every = {k: None for k in (*kept, *(k for c in cases for k in c.kept))}
        return Described(
            facts, (target, *(i for c in cases for i in c.ids)),
            tuple(dict.fromkeys([scope(target), *self._scopes(target, cases)])), tuple(every),
        )  # fmt: skip

    def _scopes(self, target: UUID, cases: Sequence[Described]) -> list[Scope]:
        own = [s for c in cases for s in c.scopes]
        return [*own, Scope(KEY_KIND, target.hex)] if cases else []

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        """The customer, their hits, their cases, and their rows in files that were screened."""
        return await erase_customer(db, self._vault, self._hashes, actor.tenant_id, target)

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """The index of customers: it is built anew of those that are left."""
        await self._indexes.purge(actor.tenant_id, "customers")

    def _told(self, row: asyncpg.Record) -> object:
        key = self._vault.key(row["tenant_id"])
        return told(unpacked(key.open(TABLE, row["id"], "body", row["body"])))


def scope(customer: UUID) -> Scope:
    return Scope("customer", customer.hex)


async def erase_customer(
    db: asyncpg.Connection, vault: Vault, hashes: Hashes, tenant: UUID, customer: UUID
) -> Mapping[str, int]:
    """In the open transaction; nothing the second time. Counts of what went beside."""
    row = await db.fetchrow(f"{_SELECT} AND id = $2 FOR UPDATE", tenant, customer)
    if row is None:
        return {}
    entity = unpacked(vault.key(tenant).open(TABLE, customer, "body", row["body"]))
    rows = await forget_customer(db, vault, hashes, tenant, entity, row["reference_hash"])
    cases = await ids_of_subject(db, tenant, customer)
    for case in cases:
        await erase_case(db, tenant, case)
    await db.execute(
        "DELETE FROM retention_starts WHERE tenant_id = $1 AND kind = 'customer' AND target_id = $2",
        *(tenant, customer),
    )
    await db.execute(f"DELETE FROM {TABLE} WHERE tenant_id = $1 AND id = $2", tenant, customer)
    beside = {"cases": len(cases), "rows_of_screened_files": rows}
    return {what: count for what, count in beside.items() if count}

"""Customers that are screened for as long as they are customers: added, changed, ended; sealed.

A customer is known by the institution's own reference, of which the database has a keyed hash. Each
change counts up the tenant's `change`, whose row lock puts changes in one order, and leaves the
customer `pending` until `continuous` has screened it against every list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final
from uuid import UUID, uuid4

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity
from lionrock.screening.registry.coding import Hashes, packed, unpacked
from lionrock.screening.registry.entries import FIRST
from lionrock.screening.registry.lists import TYPE
from lionrock.screening.registry.rows import Row, read
from lionrock.screening.registry.screener import Asked
from lionrock.screening.registry.tabular import Format, sha256_of

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "screening_customers"
CHUNK: Final = 500

_PUT: Final = """
INSERT INTO screening_customers (tenant_id, id, reference_hash, type, body, digest, change)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, id) DO UPDATE
SET type = excluded.type, body = excluded.body, digest = excluded.digest, change = excluded.change,
    version = screening_customers.version + 1, pending = true, active = true, changed_at = now()
WHERE screening_customers.version = $8
RETURNING id
"""
_BY_ID: Final = "SELECT * FROM screening_customers WHERE tenant_id = $1 AND id = $2"
_BY_REFERENCE: Final = (
    "SELECT * FROM screening_customers WHERE tenant_id = $1 AND reference_hash = $2"
)
_NEXT: Final = """
INSERT INTO screening_counters (tenant_id, customers) VALUES ($1, 1)
ON CONFLICT (tenant_id) DO UPDATE SET customers = screening_counters.customers + 1
RETURNING customers
"""
_MOVED: Final = "The customer was changed meanwhile: look at them again."
_COUNTS: Final = ("added", "changed", "unchanged", "refused")
_MOST_FAULTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    entity: Entity
    """Its `id` is the institution's reference."""
    type: str
    digest: bytes
    version: int
    pending: bool
    """Still to be screened since its last change."""
    active: bool
    created_at: datetime
    changed_at: datetime

    @property
    def asked(self) -> Asked:
        return Asked(self.entity, self.type)


@dataclass(slots=True)
class Taken:
    """What a file of customers brought. `faults`: rows that were refused, and why; the first 1,000."""

    sha256: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def add(self, part: Taken) -> None:
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.faults = (self.faults + part.faults)[:_MOST_FAULTS]


class Customers:
    def __init__(
        self, database: Database, vault: Vault, hashes: Hashes, wake: Callable[[], None] = lambda: None
    ) -> None:  # fmt: skip
        """`wake` is called when a customer is to be screened."""
        self._database, self._vault, self._hashes, self._wake = database, vault, hashes, wake

    async def put(
        self, actor: Actor, entity: Entity, *, type: str = "", version: int | None = None
    ) -> UUID:
        """Add the customer whose reference is `entity.id`, or change them, or have them back.

        `version`: the one that the change was made from, 0 for a new customer; `Conflict` if another stands.
        """
        require(actor, P.SCREENING_CUSTOMER_MANAGE)
        _check(entity, type)
        async with self._database.tenant_session(actor) as db:
            (made,) = await self._put(db, actor.tenant_id, [Asked(entity, type)], version)
            if made.version != made.was:
                details = {"version": made.version}
                await record(db, actor, Event.SCREENING_CUSTOMER_CHANGE, made.id, details)
        self._wake()
        return made.id

    async def end(self, actor: Actor, reference: str) -> None:
        """They are a customer no more: screened no more, and their hits go. `NotFound` if unknown."""
        require(actor, P.SCREENING_CUSTOMER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            change = await db.fetchval(_NEXT, actor.tenant_id)
            id = await db.fetchval(
                "UPDATE screening_customers SET active = false, pending = true, change = $3,"
                " version = version + 1, changed_at = now()"
                " WHERE tenant_id = $1 AND reference_hash = $2 AND active RETURNING id",
                *(actor.tenant_id, self._hashes.reference(actor.tenant_id, reference), change),
            )
            if id is None:
                raise NotFound(ABSENT)
            await record(db, actor, Event.SCREENING_CUSTOMER_END, id)
        self._wake()

    async def take(
        self, actor: Actor, file: BinaryIO, format: Format,
        mapping: Mapping[str, str] | None = None,
    ) -> Taken:  # fmt: skip
        """Add and change customers from a file (see `rows`), some hundreds a transaction.

        `mapping`: which column holds what, if it is not said by their names. A faulty row is left out
        and told, and so is where reading could not go on: what came before it is in. Each transaction
        has an event of this import. Killed in between, or taken again: those that are as they were are
        not touched. `file` can be sought in. Memory: one chunk.
        """
        require(actor, P.SCREENING_CUSTOMER_MANAGE)
        sha256 = await asyncio.to_thread(sha256_of, file)
        taken, of = Taken(sha256.hex()), uuid4()
        reading = read(file, format, referenced=True, mapping=mapping)
        first, ended = True, False
        while not ended:
            found, ended = await asyncio.to_thread(_chunk, reading, first)
            if not found and not first:
                break
            part = Taken(taken.sha256)
            good = _once([Asked(r.entity, r.type) for r in found if r.entity is not None])
            async with self._database.tenant_session(actor) as db:
                for put in await self._put(db, actor.tenant_id, good):
                    _count(part, put)
                part.faults = [(r.number, r.fault) for r in found if r.entity is None]
                part.refused = len(part.faults)
                details = {"sha256": part.sha256, **{k: getattr(part, k) for k in _COUNTS}}
                await record(db, actor, Event.SCREENING_CUSTOMERS_IMPORT, of, details)
            taken.add(part)
            self._wake()
            first = False
        return taken

    async def find(self, actor: Actor, reference: str) -> Customer:
        return await self._one(
            actor, _BY_REFERENCE, self._hashes.reference(actor.tenant_id, reference)
        )

    async def get(self, actor: Actor, customer: UUID) -> Customer:
        """By their id here, which unlike the reference may stand in an address."""
        return await self._one(actor, _BY_ID, customer)

    async def _one(self, actor: Actor, query: str, value: object) -> Customer:
        require(actor, P.SCREENING_CUSTOMER_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(query, actor.tenant_id, value)
        if row is None:
            raise NotFound(ABSENT)
        return self.opened(row)

    async def page(self, actor: Actor, *, after: UUID = FIRST, limit: int = 100) -> list[Customer]:
        """Customers in the order of their ids here."""
        require(actor, P.SCREENING_CUSTOMER_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT * FROM screening_customers WHERE tenant_id = $1 AND id > $2"
                " ORDER BY id LIMIT $3",
                *(actor.tenant_id, after, limit),
            )
        return [self.opened(r) for r in rows]

    async def entity_of(self, db: asyncpg.Connection, tenant: UUID, customer: UUID) -> Entity:
        """A customer as they stand in the open transaction; for other rooms of this house."""
        row = await db.fetchrow(
            "SELECT * FROM screening_customers WHERE tenant_id = $1 AND id = $2", tenant, customer
        )
        if row is None:
            raise NotFound(ABSENT)
        return self.opened(row).entity

    def opened(self, row: asyncpg.Record) -> Customer:
        body = self._vault.key(row["tenant_id"]).open(TABLE, row["id"], "body", row["body"])
        values = {k: row[k] for k in Customer.__slots__ if k != "entity"}
        return Customer(**values, entity=unpacked(body))

    async def _put(
        self, db: asyncpg.Connection, tenant: UUID, asked: Sequence[Asked], version: int | None = None
    ) -> list[_Put]:  # fmt: skip
        """Those that are new or another than they were are written, and are pending.

        `Conflict` where another version stands than `version`, or than was read here.
        """
        change = await db.fetchval(_NEXT, tenant)  # first: from here on others wait
        hashes = [self._hashes.reference(tenant, a.entity.id) for a in asked]
        rows = await db.fetch(
            "SELECT id, reference_hash, digest, version, active FROM screening_customers"
            " WHERE tenant_id = $1 AND reference_hash = ANY($2)",
            *(tenant, hashes),
        )
        known = {r["reference_hash"]: r for r in rows}
        key, done, written = self._vault.make(tenant), [], []
        for one, hashed in zip(asked, hashes, strict=True):
            digest, row = self._hashes.digest(tenant, one.entity, one.type), known.get(hashed)
            was = row["version"] if row is not None else 0
            if version not in (None, was):
                raise Conflict(_MOVED)
            if row is not None and row["active"] and row["digest"] == digest:
                done.append(_Put(row["id"], was, was))
                continue
            id = row["id"] if row is not None else uuid4()
            body = key.seal(TABLE, id, "body", packed(one.entity))
            written.append((tenant, id, hashed, one.type, body, digest, change, was))
            done.append(_Put(id, was, was + 1))
        if len(await db.fetchmany(_PUT, written)) < len(written):
            raise Conflict(_MOVED)
        return done


@dataclass(frozen=True, slots=True)
class _Put:
    id: UUID
    was: int
    version: int


def _check(entity: Entity, type: str) -> None:
    if not entity.id.strip() or len(entity.id) > 200:
        raise InvalidInput("A customer has a reference of 1 to 200 characters.")
    if not entity.names:
        raise InvalidInput("A customer has a name.")
    if not TYPE.fullmatch(type):
        raise InvalidInput("A type of customer is up to 40 of a-z, 0-9 and hyphen.")


def _chunk(reading: Iterator[Row], first: bool) -> tuple[list[Row], bool]:
    """The next rows, and whether there are no more. Where reading cannot go on is the last, faulty, row;
    `InvalidInput` if nothing came before it."""
    found: list[Row] = []
    try:
        for row in islice(reading, CHUNK):
            found.append(row)
    except InvalidInput as error:
        if first and not found:
            raise
        at = found[-1].number + 1 if found else 0
        return [*found, Row(at, fault=f"{error.detail} Nothing after it was read.")], True
    return found, len(found) < CHUNK


def _once(asked: Sequence[Asked]) -> list[Asked]:
    """Of two rows with one reference the later."""
    return list({a.entity.id: a for a in asked}.values())


def _count(taken: Taken, put: _Put) -> None:
    if put.was == 0:
        taken.added += 1
    elif put.was == put.version:
        taken.unchanged += 1
    else:
        taken.changed += 1

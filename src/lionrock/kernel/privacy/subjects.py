"""Data subjects: who they are, sealed with a key of their own, found by a keyed hash.

Erasing a person destroys that key: identifiers, request wording and findings go with it in every
copy. A person who comes back gets a new record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind, canonical
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.privacy.sources import Person
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault

TABLE = "subject_identifiers"


class Subject(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    identifiers: list[Identifier]
    member_id: UUID | None
    created_at: datetime


class Subjects:
    def __init__(self, database: Database, vault: Vault, fields: MemberFields) -> None:
        self._database, self._vault, self._fields = database, vault, fields

    async def add(
        self, actor: Actor, identifiers: Sequence[Identifier], *, member_id: UUID | None = None
    ) -> UUID:
        """A new person. `member_id` if they are, or were, a member here."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        subject = uuid4()
        seals = await Seals(self._vault, actor.tenant_id, scopes.subject(subject)).ready()
        async with self._database.tenant_session(actor) as db:
            if member_id is not None:
                await _member(db, actor.tenant_id, member_id)
            await db.execute(
                "INSERT INTO subjects (tenant_id, id, member_id, created_by) VALUES ($1, $2, $3, $4)",
                *(actor.tenant_id, subject, member_id, actor.id),
            )
            await self._write(db, actor, subject, seals, identifiers)
            details = {"identifiers": len(identifiers)}
            await record(db, actor, Event.PRIVACY_SUBJECT_CREATE, subject, details)
        return subject

    async def change(self, actor: Actor, subject: UUID, identifiers: Sequence[Identifier]) -> None:
        """Put other identifiers in the place of those there are."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        seals = Seals(self._vault, actor.tenant_id, scopes.subject(subject))
        async with self._database.tenant_session(actor) as db:
            await self._row(db, actor.tenant_id, subject)
            await db.execute(
                "DELETE FROM subject_identifiers WHERE tenant_id = $1 AND subject_id = $2",
                *(actor.tenant_id, subject),
            )
            await self._write(db, actor, subject, seals, identifiers)
            details = {"identifiers": len(identifiers)}
            await record(db, actor, Event.PRIVACY_SUBJECT_CHANGE, subject, details)

    async def find(self, actor: Actor, identifier: Identifier) -> list[Subject]:
        """Who has exactly this identifier, in whatever way it is written."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT DISTINCT subject_id FROM subject_identifiers"
                " WHERE tenant_id = $1 AND hash = $2 ORDER BY 1",
                *(actor.tenant_id, self._hash(actor.tenant_id, identifier)),
            )
            return [await self._read(db, actor.tenant_id, r["subject_id"]) for r in rows]

    async def get(self, actor: Actor, subject: UUID) -> Subject:
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            return await self._read(db, actor.tenant_id, subject)

    async def person(self, db: asyncpg.Connection, tenant: UUID, subject: UUID) -> Person:
        found = await self._read(db, tenant, subject)
        return Person(subject, tuple(found.identifiers), found.member_id)

    async def others(
        self, db: asyncpg.Connection, tenant: UUID, besides: Person
    ) -> list[Identifier]:
        """Identifiers of everyone else known here. Growth: linear in subjects and members."""
        rows = await db.fetch(
            "SELECT id, subject_id, kind, value FROM subject_identifiers"
            " WHERE tenant_id = $1 AND subject_id <> $2",
            *(tenant, besides.subject),
        )
        members = await db.fetch(
            "SELECT id, name, email FROM members WHERE tenant_id = $1 AND id IS DISTINCT FROM $2",
            *(tenant, besides.member),
        )
        found = [self._identifier(tenant, r) for r in rows]
        for row in members:
            name, email = (
                self._fields.open(tenant, row["id"], c, row[c]) for c in ("name", "email")
            )
            if name:
                found.append(Identifier(kind=IdentifierKind.NAME, value=name))
            if email:
                found.append(Identifier(kind=IdentifierKind.EMAIL, value=email))
        own = set(besides.identifiers)
        return [i for i in found if i is not None and i not in own]

    async def _read(self, db: asyncpg.Connection, tenant: UUID, subject: UUID) -> Subject:
        row = await self._row(db, tenant, subject)
        rows = await db.fetch(
            "SELECT id, subject_id, kind, value FROM subject_identifiers"
            " WHERE tenant_id = $1 AND subject_id = $2 ORDER BY kind, id",
            *(tenant, subject),
        )
        known = [self._identifier(tenant, r) for r in rows]
        return Subject(**dict(row), identifiers=[i for i in known if i is not None])

    async def _row(self, db: asyncpg.Connection, tenant: UUID, subject: UUID) -> asyncpg.Record:
        row = await db.fetchrow(
            "SELECT id, member_id, created_at FROM subjects WHERE tenant_id = $1 AND id = $2",
            *(tenant, subject),
        )
        if row is None:
            raise NotFound(ABSENT)
        return row

    def _identifier(self, tenant: UUID, row: asyncpg.Record) -> Identifier | None:
        seals = Seals(self._vault, tenant, scopes.subject(row["subject_id"]))
        value = seals.open(TABLE, row["id"], "value", row["value"])
        return Identifier(kind=row["kind"], value=value) if value else None

    async def _write(
        self, db: asyncpg.Connection, actor: Actor, subject: UUID, seals: Seals,
        identifiers: Iterable[Identifier],
    ) -> None:  # fmt: skip
        rows = []
        for identifier in identifiers:
            row = uuid4()
            sealed = seals.seal(TABLE, row, "value", identifier.value)
            hashed = self._hash(actor.tenant_id, identifier)
            rows.append((actor.tenant_id, row, subject, identifier.kind.value, sealed, hashed))
        if not rows:
            raise InvalidInput("Say at least one name or number that the person is known by.")
        await db.executemany(
            "INSERT INTO subject_identifiers (tenant_id, id, subject_id, kind, value, hash)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            rows,
        )

    def _hash(self, tenant: UUID, identifier: Identifier) -> bytes:
        kind, form = identifier.kind.value, canonical(identifier)
        return self._fields.keyed("subject", tenant.bytes, kind.encode(), form.encode())


async def _member(db: asyncpg.Connection, tenant: UUID, member: UUID) -> None:
    if not await db.fetchval(
        "SELECT true FROM members WHERE tenant_id = $1 AND id = $2", tenant, member
    ):
        raise NotFound(ABSENT)

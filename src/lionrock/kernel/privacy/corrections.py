"""Putting data right (Cap. 486, s. 23), or a note beside what cannot be changed (s. 25(2)).

A version of a document never changes: the note stands beside it and is shown wherever it is cited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields, email_address, person_name
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.request_models import ENDS, RequestKind
from lionrock.kernel.privacy.requests import row_of
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault

TABLE: Final = "corrections"
NOTES: Final = "document_notes"


class Correction(BaseModel):
    """What to put right: a member's `name` or `email`, or a note on a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["member", "document"]
    target_id: UUID
    field: Literal["name", "email", "note"]
    page: int | None = Field(default=None, ge=1)
    text: str = Field(min_length=1, max_length=4000)


class Note(BaseModel):
    """A note on a document: what somebody holds to be wrong in it, and since when."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    document_id: UUID
    page: int | None
    note: str
    made_by: UUID
    made_at: datetime


class Made(BaseModel):
    """A correction on record."""

    model_config = ConfigDict(frozen=True)
    kind: str
    target_id: UUID
    field: str
    was: str
    became: str
    made_by: UUID
    made_at: datetime


class Corrections:
    def __init__(self, database: Database, vault: Vault, fields: MemberFields) -> None:
        self._database, self._vault, self._fields = database, vault, fields

    async def make(self, actor: Actor, request: UUID, wanted: Correction) -> UUID:
        """Correct it under a correction request that is open; who and when are kept with it."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        if (wanted.kind == "document") != (wanted.field == "note"):
            raise InvalidInput("A document gets a note; a member's name or email is corrected.")
        async with self._database.tenant_session(actor) as db:
            row = await row_of(db, actor.tenant_id, request, lock=True)
            if row["kind"] != RequestKind.CORRECTION:
                raise Conflict("This is an access request: enter a correction request.")
            if row["state"] in ENDS:
                raise Conflict(f"The request is {row['state']}: it has ended.")
            if wanted.kind == "document":
                made = await self._note(db, actor, request, wanted)
            else:
                made = await self._member(db, actor, request, wanted)
            details = {"kind": wanted.kind, "field": wanted.field, "correction": str(made)}
            await record(db, actor, Event.PRIVACY_CORRECTION_MAKE, wanted.target_id, details)
        return made

    async def _note(
        self, db: asyncpg.Connection, actor: Actor, request: UUID, wanted: Correction
    ) -> UUID:
        if not await db.fetchval(
            "SELECT true FROM documents WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, wanted.target_id),
        ):
            raise NotFound(ABSENT)
        made = uuid4()
        seals = Seals(self._vault, actor.tenant_id, scopes.document(wanted.target_id))
        await db.execute(
            "INSERT INTO document_notes (tenant_id, id, document_id, page, request_id, note, made_by)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            *(actor.tenant_id, made, wanted.target_id, wanted.page, request),
            *(seals.seal(NOTES, made, "note", wanted.text), actor.id),
        )
        return made

    async def _member(
        self, db: asyncpg.Connection, actor: Actor, request: UUID, wanted: Correction
    ) -> UUID:
        tenant, member, column = actor.tenant_id, wanted.target_id, wanted.field
        became = (person_name if column == "name" else email_address)(wanted.text)
        row = await db.fetchrow(
            "SELECT name, email FROM members WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
            *(tenant, member),
        )
        if row is None:
            raise NotFound(ABSENT)
        was = self._fields.open(tenant, member, column, row[column])
        sealed = await self._fields.seal(tenant, member, column, became)
        hashed = self._fields.email_hash(tenant, became) if column == "email" else None
        try:
            await db.execute(
                f"UPDATE members SET {column} = $3, email_hash = coalesce($4, email_hash)"
                " WHERE tenant_id = $1 AND id = $2",
                *(tenant, member, sealed, hashed),
            )
        except asyncpg.UniqueViolationError as error:
            raise Conflict("There is a member with this e-mail address already.") from error
        made = uuid4()
        seals = Seals(self._vault, tenant, scopes.subject(member))
        await db.execute(
            "INSERT INTO corrections (tenant_id, id, request_id, kind, target_id, field, was, became,"
            " made_by) VALUES ($1, $2, $3, 'member', $4, $5, $6, $7, $8)",
            *(tenant, made, request, member, column, seals.seal(TABLE, made, "was", was)),
            *(seals.seal(TABLE, made, "became", became), actor.id),
        )
        return made

    async def made(self, actor: Actor, member: UUID) -> list[Made]:
        """What was corrected of a member, oldest first."""
        require(actor, P.PRIVACY_REQUEST_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT id, kind, target_id, field, was, became, made_by, made_at FROM corrections"
                " WHERE tenant_id = $1 AND target_id = $2 ORDER BY made_at, id",
                *(actor.tenant_id, member),
            )
        seals = Seals(self._vault, actor.tenant_id, scopes.subject(member))
        return [
            Made(**{k: v for k, v in r.items() if k not in ("id", "was", "became")},
                 was=seals.open(TABLE, r["id"], "was", r["was"]),
                 became=seals.open(TABLE, r["id"], "became", r["became"]))
            for r in rows
        ]  # fmt: skip

    async def notes(
        self, db: asyncpg.Connection, actor: Actor, documents: Sequence[UUID]
    ) -> list[Note]:
        """Notes on documents that the caller has found the actor may read, oldest first."""
        return await notes_on(db, self._vault, actor.tenant_id, documents)


async def notes_on(
    db: asyncpg.Connection, vault: Vault, tenant: UUID, documents: Sequence[UUID]
) -> list[Note]:
    rows = await db.fetch(
        "SELECT id, document_id, page, note, made_by, made_at FROM document_notes"
        " WHERE tenant_id = $1 AND document_id = ANY($2) ORDER BY made_at, id",
        *(tenant, list(documents)),
    )
    return [
        Note(**{**r, "note": Seals(vault, tenant, scopes.document(r["document_id"])).open(
            NOTES, r["id"], "note", r["note"])})
        for r in rows
    ]  # fmt: skip

"""Witnesses a tenant trusts (its regulator, its internal audit) and the checkpoints they cosigned."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from lionrock.errors import Conflict, InvalidInput, NotVerified
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import cosignatures, merkle, notes
from lionrock.kernel.audit.checkpoints import Head, head_of
from lionrock.kernel.audit.logs import Log
from lionrock.kernel.audit.notes import Note, Verifier
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Known:
    """A witness, and the largest size and latest time it cosigned (None: nothing yet)."""

    name: str
    vkey: str
    size: int | None
    cosigned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A checkpoint with everything witnesses signed of it."""

    head: Head
    note: Note


class Witnesses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, actor: Actor, vkey: str) -> Known:
        """Trust a witness by its verifier key; `Conflict` if one of that name is there."""
        require(actor, P.AUDIT_WITNESS_MANAGE)
        try:
            verifier = cosignatures.parse_witness(vkey)
        except NotVerified as error:
            raise InvalidInput(error.detail) from error
        async with self._database.tenant_session(actor) as db:
            try:
                await db.execute(
                    "INSERT INTO audit_witnesses (tenant_id, name, vkey) VALUES ($1, $2, $3)",
                    *(actor.tenant_id, verifier.name, verifier.vkey),
                )
            except asyncpg.UniqueViolationError as error:
                raise Conflict(f"There is a witness named {verifier.name} already.") from error
            details = {"key_id": verifier.key_id.hex()}
            await record(db, actor, Event.AUDIT_WITNESS_ADD, uuid4(), details)
        return Known(verifier.name, verifier.vkey, None, None)

    async def known(self, actor: Actor) -> list[Known]:
        require(actor, P.AUDIT_LOG_VERIFY)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT w.name, w.vkey, max(c.size) AS size, max(c.cosigned_at) AS cosigned_at"
                " FROM audit_witnesses w LEFT JOIN audit_cosignatures c"
                " ON (c.tenant_id, c.witness) = (w.tenant_id, w.name)"
                " WHERE w.tenant_id = $1 GROUP BY w.name, w.vkey ORDER BY w.name",
                actor.tenant_id,
            )
        return [Known(**dict(row)) for row in rows]

    async def keep(
        self, actor: Actor, log: Log, verifiers: Sequence[Verifier], data: bytes
    ) -> Cosignature:
        """Take in a checkpoint of this log that witnesses cosigned. `NotVerified` if no known witness
        did, or if it is not of this log's history: then two views of the log exist."""
        require(actor, P.AUDIT_WITNESS_MANAGE)
        known = [cosignatures.parse_witness(key) for key in await self.vkeys(actor)]
        head, note, found = cosignatures.head_cosigned(data, verifiers, known, time.time())
        if head.origin != log.origin:
            raise NotVerified(f"The checkpoint is of {head.origin}, not of {log.origin}.")
        if not found:
            raise NotVerified("No witness that is known here cosigned it: add the witness first.")
        if head.size > log.signed.size or merkle.root(log.store, head.size) != head.root:
            raise NotVerified(
                f"The cosigned checkpoint of {head.size} entries is not of this log's history: two "
                "views of the log exist. Keep the file; it is evidence."
            )
        async with self._database.tenant_session(actor) as db:
            for cosigned in found:
                at = datetime.fromtimestamp(cosigned.time, UTC)
                await db.execute(
                    "INSERT INTO audit_cosignatures VALUES ($1, $2, $3, $4, $5)"
                    " ON CONFLICT DO NOTHING",
                    *(actor.tenant_id, cosigned.witness.name, head.size, at, data.decode()),
                )
            details = {"size": head.size, "witnesses": len(found)}
            await record(db, actor, Event.AUDIT_COSIGNATURE_ADD, uuid4(), details)
        return Cosignature(head, note)

    async def cosigned(self, actor: Actor) -> list[Cosignature]:
        """Cosigned checkpoints, the largest first; what several witnesses signed is put together."""
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT checkpoint FROM audit_cosignatures WHERE tenant_id = $1"
                " ORDER BY size DESC, cosigned_at DESC",
                actor.tenant_id,
            )
        merged: dict[str, Note] = {}
        for row in rows:
            note = notes.parse(row["checkpoint"].encode())
            before = merged.get(note.text)
            merged[note.text] = before.with_signatures(note.signatures) if before else note
        return [Cosignature(head_of(note), note) for note in merged.values()]

    async def vkeys(self, actor: Actor) -> list[str]:
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch("SELECT vkey FROM audit_witnesses ORDER BY name")
        return [row["vkey"] for row in rows]

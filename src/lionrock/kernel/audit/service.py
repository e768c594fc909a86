"""The audit log as the doors use it: its state, reading events, proofs, tiles, exports.

Reading, proving and exporting are events themselves. Nothing here writes to the log but the
sequencer, which this service starts and stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, NotFound, Unavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import archive, entries, merkle, subjects, tiles
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.entries import Entry, Filter
from lionrock.kernel.audit.exports import Export
from lionrock.kernel.audit.faults import Faults
from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.logs import Log
from lionrock.kernel.audit.proofs import Proof
from lionrock.kernel.audit.records import Signed
from lionrock.kernel.audit.sequencer import Sequencer, State
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.audit.tiles import encode_entries
from lionrock.kernel.audit.witnesses import Cosignature, Known, Witnesses
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import decide, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P

_UNBEGUN = Signed(UUID(int=0), Head("", 0, merkle.EMPTY), b"")


class LogState(BaseModel):
    """How a tenant's log stands. `status`: sequencing, starting, standby (another server sequences),
    waiting (`reason` says for what) or broken (nothing may be changed). `waiting` counts events of
    the tenant that are not in the log yet."""

    model_config = ConfigDict(frozen=True)
    status: str
    reason: str
    origin: str
    size: int
    signed_at: datetime | None
    waiting: int


class AuditService:
    def __init__(
        self,
        database: Database,
        home: Path,
        *,
        origin: str = "",
        seconds: float = 2.0,
        faults: Faults | None = None,
        printer: subjects.Printer | None = None,
    ) -> None:
        self._database, self._printer = database, printer
        self.sequencer = Sequencer(
            database, home / "audit", KeyRing(home / "keys"),
            origin=origin, seconds=seconds, faults=faults,
        )  # fmt: skip
        self.witnesses = Witnesses(database)
        self._running: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """From memory. `status` is "broken" when nothing may be changed; `reason` is for the banner."""
        return self.sequencer.state

    def notices(self) -> list[str]:
        """What an operator should know of the log now."""
        return [self.state.reason] if self.state.reason else []

    async def start(self) -> State:
        """Check every log, then sequence in the background."""
        state = await self.sequencer.start()
        self._running = asyncio.create_task(self.sequencer.run())
        return state

    async def close(self) -> None:
        """Sequence what waits and give the lock back."""
        await self.sequencer.close()
        if self._running:
            await self._running

    async def log_state(self, actor: Actor) -> LogState:
        require(actor, P.AUDIT_LOG_VERIFY)
        signed = await self._signed(actor)
        async with self._database.tenant_session(actor) as db:
            waiting = await db.fetchval(
                "SELECT count(*) FROM events WHERE tenant_id = $1 AND position IS NULL",
                actor.tenant_id,
            )
        log = self.sequencer.logs.get(actor.tenant_id)
        return LogState(
            status=self.state.status, reason=self.state.reason, origin=signed.head.origin,
            size=signed.head.size, signed_at=log.signed_at if log else None, waiting=waiting,
        )  # fmt: skip

    async def events(self, actor: Actor, wanted: Filter) -> list[Entry]:
        """A page of events, the newest first."""
        require(actor, P.AUDIT_LOG_READ)
        async with self._database.tenant_session(actor) as db:
            found = await entries.page(db, actor.tenant_id, wanted)
            details = {"events": len(found), "filter": wanted.event or ""}
            subject = wanted.subject or actor.tenant_id
            await record(db, actor, Event.AUDIT_LOG_READ, subject, details)
        return found

    async def event(self, actor: Actor, event_id: UUID) -> Entry:
        """One event, with what opens its commitment."""
        require(actor, P.AUDIT_LOG_READ)
        async with self._database.tenant_session(actor) as db:
            found = await entries.one(db, actor.tenant_id, event_id)
            await record(db, actor, Event.AUDIT_LOG_READ, event_id, {"events": 1})
        return found

    async def prove(self, actor: Actor, event_id: UUID) -> bytes:
        """A `.tlog-proof` that the event is in the log, under a cosigned checkpoint if there is one
        that covers it. `Conflict` if the event cannot be sequenced now."""
        require(actor, P.AUDIT_LOG_VERIFY)
        store = await self._store(actor)
        async with self._database.tenant_session(actor) as db:
            found = await entries.one(db, actor.tenant_id, event_id)
            await record(db, actor, Event.AUDIT_ENTRY_PROVE, event_id)
        signed = await self._signed(actor)
        if found.position is None or found.position >= signed.head.size:
            found, signed = await self._sequenced(actor, event_id)
        assert found.position is not None, "it was sequenced"
        cosigned = await self.witnesses.cosigned(actor)
        return await asyncio.to_thread(_prove, store, signed, cosigned, found.position)

    async def checkpoint(self, actor: Actor) -> bytes:
        """The signed head, as tlog-tiles serves it. `NotFound` before the first."""
        require(actor, P.AUDIT_LOG_VERIFY)
        signed = await self._signed(actor)
        if not signed.checkpoint:
            raise NotFound("The log has no checkpoint yet: nothing has happened in it.")
        return signed.checkpoint

    async def tile(self, actor: Actor, path: str) -> bytes:
        """A tile or bundle by its tlog-tiles path, `tile/…`. Entries are events and their reading is
        one; hashes say nothing."""
        wanted = tiles.parse(path)
        require(actor, P.AUDIT_LOG_READ if wanted and wanted.level is None else P.AUDIT_LOG_VERIFY)
        signed = await self._signed(actor)
        nodes = signed.head.size >> (8 * (wanted.level or 0)) if wanted else 0
        if wanted is None or wanted.index * merkle.WIDTH + wanted.width > nodes:
            raise NotFound("The log has no such tile.")
        store = await self._store(actor)
        if wanted.level is not None:
            return await asyncio.to_thread(store.tile, wanted.level, wanted.index, wanted.width)
        found = await asyncio.to_thread(store.entries, wanted.index, wanted.width)
        async with self._database.tenant_session(actor) as db:
            details = {"bundle": wanted.index, "events": wanted.width}
            await record(db, actor, Event.AUDIT_LOG_READ, actor.tenant_id, details)
        return encode_entries(found)

    async def keys(self, actor: Actor) -> list[str]:
        """Verifier keys of the log, the newest first."""
        require(actor, P.AUDIT_LOG_VERIFY)
        signed = await self._signed(actor)
        return [v.vkey for v in self.sequencer.keys.verifiers(signed.head.origin)]

    async def export(self, actor: Actor, since: datetime | None = None) -> AsyncIterator[bytes]:
        """A tar file of the log, from `since` on; with payloads if the actor may read them."""
        require(actor, P.AUDIT_LOG_EXPORT)
        await self._store(actor)
        async with self._database.tenant_session(actor) as db:
            first = await db.fetchval(
                "SELECT min(position) FROM events WHERE tenant_id = $1 AND at >= $2",
                *(actor.tenant_id, since),
            )
            details = {"since": since.isoformat() if since else ""}
            await record(db, actor, Event.AUDIT_LOG_EXPORT, actor.tenant_id, details)
        # What is exported includes that it was.
        await self.sequencer.round()
        log, signed = self._log(actor), await self._signed(actor)
        assert isinstance(log.store, Folder), "the product's own"
        made = Export(
            self._database, actor, signed, log.store, self.sequencer.keys,
            (signed.head.size if first is None else first) if since else 0,
            bool(decide(actor, P.AUDIT_LOG_READ)), await self.witnesses.cosigned(actor),
            await self.witnesses.vkeys(actor), await self._platform_proof(signed),
        )  # fmt: skip
        return made.stream()

    async def subject_export(self, actor: Actor, subject: UUID) -> AsyncIterator[bytes]:
        """A tar file of `subject.csv`, one line an event about the subject, the same as `subject.pdf`,
        and a proof for each line."""
        require(actor, P.AUDIT_LOG_EXPORT)
        require(actor, P.AUDIT_LOG_READ)
        store = await self._store(actor)
        async with self._database.tenant_session(actor) as db:
            await record(db, actor, Event.AUDIT_SUBJECT_EXPORT, subject)
        await self.sequencer.round()
        found = await entries.everything(self._database, actor, Filter(subject=subject))
        signed, cosigned = await self._signed(actor), await self.witnesses.cosigned(actor)
        proven = [e for e in found if e.position is not None and e.position < signed.head.size]
        keys = "".join(f"{key}\n" for key in await self.keys(actor)).encode()

        async def stream() -> AsyncIterator[bytes]:
            yield archive.member(subjects.CSV, subjects.as_csv(found))
            if self._printer:
                origin = signed.head.origin
                pdf = await asyncio.to_thread(
                    subjects.as_pdf, found, self._printer, subject, origin
                )
                yield archive.member(subjects.PDF, pdf)
            yield archive.member("verifier-keys", keys)
            for entry in proven:
                assert entry.position is not None
                proof = await asyncio.to_thread(_prove, store, signed, cosigned, entry.position)
                yield archive.member(subjects.proof_name(entry), proof)
            yield archive.end()

        return stream()

    async def add_witness(self, actor: Actor, vkey: str) -> Known:
        return await self.witnesses.add(actor, vkey)

    async def keep_cosigned(self, actor: Actor, checkpoint: bytes) -> Cosignature:
        """Take in a checkpoint of the actor's log that a witness cosigned."""
        log = self._log(actor)
        verifiers = self.sequencer.keys.verifiers(log.origin)
        return await self.witnesses.keep(actor, log, verifiers, checkpoint)

    async def _sequenced(self, actor: Actor, event_id: UUID) -> tuple[Entry, Signed]:
        await self.sequencer.round()
        async with self._database.tenant_session(actor) as db:
            found = await entries.one(db, actor.tenant_id, event_id)
        signed = await self._signed(actor)
        if found.position is None or found.position >= signed.head.size:
            raise Conflict(f"The event is not in the log yet. {self.state.reason}".rstrip())
        return found, signed

    async def _signed(self, actor: Actor) -> Signed:
        return await self.sequencer.records.known_tenant(actor.tenant_id) or _UNBEGUN

    async def _store(self, actor: Actor) -> Folder:
        if self.state.status == "broken":
            raise Unavailable(f"The log's files are not served. {self.state.reason}")
        if actor.tenant_id not in self.sequencer.logs:
            await self.sequencer.round()
        store = self._log(actor).store
        assert isinstance(store, Folder), "the product's own"
        return store

    def _log(self, actor: Actor) -> Log:
        log = self.sequencer.logs.get(actor.tenant_id)
        if log is None:
            raise Unavailable(f"The log is not kept by this server now. {self.state.reason}")
        return log

    async def _platform_proof(self, signed: Signed) -> bytes | None:
        platform = self.sequencer.platform
        shown = await self.sequencer.records.known_platform()
        if platform is None or shown is None or shown.head.size <= signed.entered:
            return None
        hashes = await asyncio.to_thread(
            merkle.inclusion_proof, platform.store, signed.entered, shown.head.size
        )
        return Proof(signed.checkpoint, signed.entered, tuple(hashes), shown.checkpoint).encoded()


def _prove(store: Folder, signed: Signed, cosigned: list[Cosignature], position: int) -> bytes:
    """The proof of one position, under the largest cosigned head that covers it, else the signed."""
    head, checkpoint = signed.head, signed.checkpoint
    for one in cosigned:
        if position < one.head.size <= head.size:
            head, checkpoint = one.head, one.note.encoded()
            break
    index, place = divmod(position, merkle.WIDTH)
    entry = store.entries(index, place + 1)[place]
    hashes = merkle.inclusion_proof(store, position, head.size)
    return Proof(entry, position, tuple(hashes), checkpoint).encoded()

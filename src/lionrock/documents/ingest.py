"""The worker that turns a queued file into searchable passages, step by step, each step whole.

queued → parsed → indexed → ready. A step commits together with the state it reaches, and pages as they
are read, so a process killed at any moment leaves the last whole step and the pages before it; whoever
takes the version over goes on from there. Several workers, on one machine or on more, share the queue:
see `presence`. Parsing has three attempts without a new page: a file that brings its worker down each
time ends as failed, with the reason.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol
from uuid import UUID

import asyncpg

from lionrock.documents import keeping, queries, uploads
from lionrock.documents.files import FileId, Files
from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import sandbox
from lionrock.documents.parsing.talk import NO_OCR, Ocr
from lionrock.documents.presence import Presence
from lionrock.documents.read_pages import Lost, ReadPages
from lionrock.documents.records import Records
from lionrock.documents.schemas import State
from lionrock.documents.unpacker import Unpacker
from lionrock.errors import Erased, LionrockError, SealBroken, Unavailable
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.tasks import stop
from lionrock.kernel.telemetry import Telemetry, traced
from lionrock.kernel.vault.service import Vault

log = logging.getLogger(__name__)
LEASE_SECONDS = 120
"""How long a version stays with a worker whose machine vanished; of one that died it is free at once."""
TURN_SECONDS = 60.0
"""A long document makes way after so long, if others wait, and comes back behind them."""
ATTEMPTS = 3
_IDLE_SECONDS = 2.0


class Indexer(Protocol):
    """What search does with a new version; each call may be repeated after a crash."""

    async def index(self, actor: Actor, version_id: UUID) -> None: ...
    async def embed(self, actor: Actor, version_id: UUID, progress: ProgressHook) -> None: ...


class ProgressHook(Protocol):
    async def __call__(self, done: int, total: int) -> None: ...


class MadeWay(Exception):
    """Others wait, and this version has had its turn: what it has so far stays."""


class Ingest:
    def __init__(
        self, database: Database, files: Files, vault: Vault, indexer: Indexer,
        *, seconds: int, memory_bytes: int, ocr: Ocr = NO_OCR, unpacked_bytes: int = 2**30,
    ) -> None:  # fmt: skip
        self._database, self._files, self._vault = database, files, vault
        self._indexer = indexer
        self._unpacker = Unpacker(
            database, files, vault,
            seconds=seconds, memory_bytes=memory_bytes, most_bytes=unpacked_bytes,
        )  # fmt: skip
        self._seconds, self._memory_bytes, self._ocr = seconds, memory_bytes, ocr
        self.presence = Presence(database)
        self.telemetry = Telemetry()
        self._wake = asyncio.Event()
        self._began = 0.0

    def wake(self) -> None:
        """Something was queued: look now, not at the next tick."""
        self._wake.set()

    async def recover(self) -> None:
        """At the start of a server: settle the uploads that a killed one left."""
        busy = LEASE_SECONDS if await self.presence.living() else 0
        await uploads.recover(self._database, self._files, self._vault, spare_seconds=busy)

    async def waiting(self) -> Counter[str]:
        """Versions that are not ready yet, of all tenants together, by the state they are in."""
        found = Counter[str]()
        for tenant_id in await self._database.active_tenants():
            async with self._database.tenant_session(worker(tenant_id)) as db:
                for row in await db.fetch(queries.WAITING, tenant_id):
                    found[row["state"]] += row["count"]
        return found

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            await self.presence.begin()
            while True:
                self._wake.clear()
                if not await self._round():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
        finally:
            await self.presence.end()

    async def _round(self) -> bool:
        """As `_one_of_each_tenant`; a database that is away for a while ends no worker."""
        try:
            return await self._one_of_each_tenant()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            return False

    async def _one_of_each_tenant(self) -> bool:
        """One version of every tenant in turn, so that a large tenant does not hold up a small one."""
        worked = False
        for tenant_id in await self._database.active_tenants():
            actor = worker(tenant_id)
            living = await self.presence.living()
            async with self._database.tenant_session(actor) as db:
                claimed = await db.fetchrow(
                    queries.CLAIM, tenant_id, LEASE_SECONDS, self.presence.id, living
                )
            if claimed:
                worked = True
                await self._advance(actor, claimed)
        return worked

    async def _advance(self, actor: Actor, version: asyncpg.Record) -> None:
        self._began = time.monotonic()
        try:
            async with self._holding(actor, version["id"]):
                if version["attempts"] > ATTEMPTS:
                    raise LionrockError(
                        f"Given up after {ATTEMPTS} attempts; see the server's log."
                    )
                await self._steps(actor, version)
        except Lost:
            log.info("version %s is not this worker's any more", version["id"])
        except MadeWay:
            await self._release(actor, version["id"], 0, turns=1)
        except Unavailable as error:
            # A part is missing for now (the embedder, the disk): the version keeps its place.
            log.warning("version %s waits: %s", version["id"], error.detail)
            await asyncio.sleep(_IDLE_SECONDS)
            await self._release(actor, version["id"], version["attempts"] - 1)
        except LionrockError as error:
            await self._fail(actor, version, error.detail)
        except Exception:
            log.exception("ingest of version %s failed", version["id"])
            await self._release(actor, version["id"], version["attempts"])

    @asynccontextmanager
    async def _holding(self, actor: Actor, version_id: UUID) -> AsyncIterator[None]:
        """Renew the lease all the while, however long a step takes."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE_SECONDS / 6)
                with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    async with self._database.tenant_session(actor) as db:
                        of = (actor.tenant_id, version_id, LEASE_SECONDS, self.presence.id)
                        await db.execute(queries.HOLD, *of)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            await stop(renewing)

    async def _release(
        self, actor: Actor, version_id: UUID, attempts: int, *, turns: int = 0
    ) -> None:
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                queries.RELEASE, actor.tenant_id, version_id, attempts, self.presence.id, turns
            )

    async def _steps(self, actor: Actor, version: asyncpg.Record) -> None:
        state, version_id = version["state"], version["id"]
        if state == State.QUEUED:
            await self._parse(actor, version)
            state = State.PARSED
        if state == State.PARSED:
            with self.telemetry.span("ingest unpack"):
                await self._unpacker.unpack(actor, version, self._progress(actor, version_id))
            with self.telemetry.span("ingest index"):
                await self._indexer.index(actor, version_id)
            await self._reach(actor, version_id, State.INDEXED)
        with self.telemetry.span("ingest embed"):
            await self._indexer.embed(actor, version_id, self._progress(actor, version_id))
        await self._reach(actor, version_id, State.READY)

    @traced("ingest parse")
    async def _parse(self, actor: Actor, version: asyncpg.Record) -> None:
        file = FileId(actor.tenant_id, version["document_id"], version["id"])
        async with self._database.tenant_session(actor) as db:
            sealed = await db.fetchval(queries.NAME, actor.tenant_id, file.document)
            own = await db.fetchval(queries.OWN_NAME, actor.tenant_id, file.version)
        if sealed is None:
            raise Erased("The document was removed while it was read.")
        records = Records(self._vault, actor.tenant_id)
        name = records.called(file.document, sealed, file.version, own)
        pages = ReadPages(
            self._database, actor, file.version, records.key(file.document), self.presence.id,
            LEASE_SECONDS, lambda: self._make_way(actor, file.version),
        )  # fmt: skip
        await pages.load()
        async with self._files.opened(file) as content:
            parsed = await sandbox.parse(
                content, name, seconds=self._seconds, memory_bytes=self._memory_bytes,
                pages=pages, ocr=self._ocr,
            )  # fmt: skip
        if parsed.reading_copy is not None:
            copy = [parsed.reading_copy]
            await asyncio.to_thread(self._files.put, file, "reading copy", copy)
        await self._keep(actor, version, parsed)

    async def _keep(self, actor: Actor, version: asyncpg.Record, parsed: ParsedDocument) -> None:
        await keeping.keep(self._database, self._vault, actor, version, parsed, self.presence.id)

    async def _make_way(self, actor: Actor, version_id: UUID) -> None:
        """Raises `MadeWay` when this version has had its turn and another one waits for a worker."""
        if time.monotonic() - self._began < TURN_SECONDS:
            return
        self._began = time.monotonic()
        living = await self.presence.living()
        for tenant_id in await self._database.active_tenants():
            async with self._database.tenant_session(worker(tenant_id)) as db:
                if await db.fetchval(queries.OTHERS_WAIT, tenant_id, version_id, living):
                    raise MadeWay

    def _progress(self, actor: Actor, version_id: UUID) -> ProgressHook:
        async def renew(done: int, total: int) -> None:
            async with self._database.tenant_session(actor) as db:
                renewed = await db.execute(
                    queries.RENEW, actor.tenant_id, version_id, LEASE_SECONDS, done, total,
                    self.presence.id,
                )  # fmt: skip
            if renewed != "UPDATE 1":
                raise Lost
            await self._make_way(actor, version_id)

        return renew

    async def _reach(self, actor: Actor, version_id: UUID, state: State) -> None:
        async with self._database.tenant_session(actor) as db:
            of = (actor.tenant_id, version_id, state.value, self.presence.id)
            if await db.execute(queries.ADVANCE, *of) != "UPDATE 1":
                raise Lost
            if state is State.READY:
                await record(db, actor, Event.DOCUMENT_VERSION_READY, version_id)

    async def _fail(self, actor: Actor, version: asyncpg.Record, reason: str) -> None:
        tenant, version_id = actor.tenant_id, version["id"]
        try:
            key = Records(self._vault, tenant).key(version["document_id"])
            sealed = key.seal_text("versions", version_id, "error", reason)
        except Erased:
            return  # removed while it was read
        except (SealBroken, Unavailable) as error:
            # Without its key the reason cannot be kept, and must not be kept open.
            log.error("version %s failed, and its key is not here: %s", version_id, error.detail)
            sealed = None
        async with self._database.tenant_session(actor) as db:
            of = (tenant, version_id, sealed, self.presence.id)
            if await db.fetchval(queries.FAIL, *of):
                await record(db, actor, Event.DOCUMENT_VERSION_FAIL, version_id)

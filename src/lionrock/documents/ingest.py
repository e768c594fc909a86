"""The worker that turns a queued file into searchable passages, step by step, each step whole.

queued → parsed → indexed → ready. A step commits together with the state it reaches, so a process
killed at any moment leaves the last whole step; the next start takes it up from there. Parsing has
three attempts: a file that brings its worker down each time ends as failed, with the reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Protocol
from uuid import UUID, uuid4

import asyncpg

from lionrock.documents import queries, uploads
from lionrock.documents.files import FileId, Files
from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import sandbox
from lionrock.documents.passages import Passage, passages
from lionrock.documents.records import Records, row_name, sealed_page
from lionrock.documents.schemas import State
from lionrock.documents.sentences import quotable
from lionrock.errors import Erased, LionrockError, SealBroken, Unavailable
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.telemetry import Telemetry, traced
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

log = logging.getLogger(__name__)
LEASE_SECONDS = 120
ATTEMPTS = 3
_IDLE_SECONDS = 2.0


class Indexer(Protocol):
    """What search does with a new version; each call may be repeated after a crash."""

    async def index(self, actor: Actor, version_id: UUID) -> None: ...
    async def embed(self, actor: Actor, version_id: UUID, progress: ProgressHook) -> None: ...


class ProgressHook(Protocol):
    async def __call__(self, done: int, total: int) -> None: ...


class Ingest:
    def __init__(
        self, database: Database, files: Files, vault: Vault, indexer: Indexer,
        *, seconds: int, memory_bytes: int,
    ) -> None:  # fmt: skip
        self._database, self._files, self._vault = database, files, vault
        self._indexer = indexer
        self._seconds, self._memory_bytes = seconds, memory_bytes
        self._id = uuid4()
        self.telemetry = Telemetry()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was queued: look now, not at the next tick."""
        self._wake.set()

    async def recover(self) -> None:
        """At start: no worker of this installation is alive, so every lease is void."""
        await uploads.recover(self._database, self._files, self._vault)
        for tenant_id in await self._database.tenants():
            async with self._database.tenant_session(worker(tenant_id)) as db:
                await db.execute(queries.RELEASE_ALL, tenant_id)

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
        while True:
            self._wake.clear()
            if not await self._one_of_each_tenant():
                try:
                    await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue

    async def _one_of_each_tenant(self) -> bool:
        """One version of every tenant in turn, so that a large tenant does not hold up a small one."""
        worked = False
        for tenant_id in await self._database.active_tenants():
            actor = worker(tenant_id)
            async with self._database.tenant_session(actor) as db:
                claimed = await db.fetchrow(queries.CLAIM, tenant_id, LEASE_SECONDS, self._id)
            if claimed:
                worked = True
                await self._advance(actor, claimed)
        return worked

    async def _advance(self, actor: Actor, version: asyncpg.Record) -> None:
        try:
            if version["attempts"] > ATTEMPTS:
                raise LionrockError(f"Given up after {ATTEMPTS} attempts; see the server's log.")
            await self._steps(actor, version)
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

    async def _release(self, actor: Actor, version_id: UUID, attempts: int) -> None:
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.RELEASE, actor.tenant_id, version_id, attempts)

    async def _steps(self, actor: Actor, version: asyncpg.Record) -> None:
        state, version_id = version["state"], version["id"]
        if state == State.QUEUED:
            await self._parse(actor, version)
            state = State.PARSED
        if state == State.PARSED:
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
        if sealed is None:
            raise Erased("The document was removed while it was read.")
        name = Records(self._vault, actor.tenant_id).name(file.document, sealed)
        async with self._files.opened(file) as content:
            parsing = sandbox.parse(
                content, name, seconds=self._seconds, memory_bytes=self._memory_bytes
            )
            parsed = await self._with_lease(actor, version["id"], parsing)
        if parsed.reading_copy is not None:
            copy = [parsed.reading_copy]
            await asyncio.to_thread(self._files.put, file, "reading copy", copy)
        await self._keep(actor, version, parsed)

    async def _with_lease(self, actor: Actor, version_id: UUID, work: object) -> ParsedDocument:
        """Await `work`, renewing the lease while it takes its time."""
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        try:
            while True:
                finished, _ = await asyncio.wait({task}, timeout=LEASE_SECONDS / 3)
                if finished:
                    return await task  # type: ignore[no-any-return]
                await self._progress(actor, version_id)(0, 0)
        finally:
            task.cancel()

    async def _keep(self, actor: Actor, version: asyncpg.Record, parsed: ParsedDocument) -> None:
        tenant, version_id = actor.tenant_id, version["id"]
        made = await asyncio.to_thread(passages, parsed)
        languages = Counter[str]()
        for p in made:
            languages[p.language] += len(p.text)
        language = languages.most_common(1)[0][0] if made else ""
        key = Records(self._vault, tenant).key(version["document_id"])
        title = key.seal_text("versions", version_id, "title", parsed.title[:300])
        async with self._database.tenant_session(actor) as db:
            advanced = await db.execute(
                queries.PARSED,
                *(tenant, version_id, title, parsed.media_type, language),
                *(parsed.reading_copy is not None, len(made)),
            )
            if advanced != "UPDATE 1":
                return
            await db.executemany(
                queries.INSERT_PAGE,
                [(tenant, version_id, *sealed_page(key, version_id, p)) for p in parsed.pages],
            )
            await self._keep_passages(db, actor, version, key, made)

    async def _keep_passages(
        self, db: asyncpg.Connection, actor: Actor, version: asyncpg.Record, key: DataKey,
        made: list[Passage],
    ) -> None:  # fmt: skip
        of = (actor.tenant_id, version["id"], version["collection_id"])
        ids = [uuid4() for _ in made]
        await db.executemany(
            queries.INSERT_PASSAGE,
            [
                (of[0], id, *of[1:], p.ordinal, p.kind)
                + (key.seal_text("passages", id, "number", p.number),)
                + (key.seal_text("passages", id, "heading", p.heading), p.language)
                + (key.seal_text("passages", id, "text", p.text),)
                + ([n for s in p.slices for n in (s.page, s.start, s.end)],)
                for id, p in zip(ids, made, strict=True)
            ],
        )
        await db.executemany(
            queries.INSERT_SENTENCE,
            [
                (of[0], id, q.start, q.end, *of[1:], p.language != "en")
                + (key.seal_text("sentences", row_name(id, q.start), "lead", q.lead),)
                for id, p in zip(ids, made, strict=True)
                for q in quotable(p.text, p.heading, row=p.kind == "row")
            ],
        )

    def _progress(self, actor: Actor, version_id: UUID) -> ProgressHook:
        async def renew(done: int, total: int) -> None:
            async with self._database.tenant_session(actor) as db:
                await db.execute(
                    queries.RENEW, actor.tenant_id, version_id, LEASE_SECONDS, done, total
                )

        return renew

    async def _reach(self, actor: Actor, version_id: UUID, state: State) -> None:
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.ADVANCE, actor.tenant_id, version_id, state.value)
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
            await db.execute(queries.FAIL, tenant, version_id, sealed)
            await record(db, actor, Event.DOCUMENT_VERSION_FAIL, version_id)

"""Documents of a tenant: add, list, open, remove; passages and citations for other rooms."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from lionrock.documents import queries
from lionrock.documents.citations import Box, Citation
from lionrock.documents.files import Files
from lionrock.documents.naming import clean_name
from lionrock.documents.parsed import ParsedPage, unpack_runs
from lionrock.documents.schemas import Added, Document, Page, Passage, State
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.identity import FIRST_COLLECTION
from lionrock.kernel.permissions import Permission as P


class DocumentService:
    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    async def add(
        self,
        actor: Actor,
        name: str,
        chunks: AsyncIterator[bytes],
        *,
        collection: str = FIRST_COLLECTION,
    ) -> Added:
        """Keep a file and queue it. The same bytes twice in a collection are one version;
        a version that failed before is queued again."""
        require(actor, P.DOCUMENTS_DOCUMENT_ADD)
        name = clean_name(name)
        stored = await self._files.put(actor.tenant_id, chunks)
        async with self._database.tenant_session(actor) as db:
            collection_id = await self._collection(db, actor, collection)
            await self._hold_file(db, actor, stored.sha256)
            known = await db.fetchrow(
                queries.VERSION_BY_HASH, actor.tenant_id, collection_id, stored.sha256
            )
            if known is None:
                document_id, version_id = uuid4(), uuid4()
                await db.execute(
                    queries.INSERT_DOCUMENT,
                    *(actor.tenant_id, document_id, collection_id, name, actor.id),
                )
                inserted = await db.fetchval(
                    queries.INSERT_VERSION,
                    *(actor.tenant_id, version_id, document_id, collection_id),
                    *(stored.sha256, stored.size),
                )
                if inserted:
                    details = {"sha256": stored.sha256.hex(), "bytes": stored.size}
                    await record(db, actor, Event.DOCUMENT_VERSION_ADD, version_id, details)
                    return Added(
                        document_id=document_id,
                        version_id=version_id,
                        name=name,
                        state=State.QUEUED,
                        duplicate=False,
                    )
                # Someone added the same bytes at the same moment: theirs stands.
                await db.execute(queries.DELETE_DOCUMENT, actor.tenant_id, document_id)
                known = await db.fetchrow(
                    queries.VERSION_BY_HASH, actor.tenant_id, collection_id, stored.sha256
                )
            if known["state"] == State.FAILED:
                await db.execute(queries.REQUEUE, actor.tenant_id, known["id"])
            state = State.QUEUED if known["state"] == State.FAILED else State(known["state"])
            return Added(
                document_id=known["document_id"],
                version_id=known["id"],
                name=known["name"],
                state=state,
                duplicate=True,
            )

    async def _hold_file(self, db: asyncpg.Connection, actor: Actor, sha256: bytes) -> None:
        """Adding and removing the same bytes take turns, so that no row is left without its file."""
        await db.execute(queries.LOCK_FILE, str(actor.tenant_id), sha256)
        if not self._files.path(actor.tenant_id, sha256).exists():
            raise Conflict("The same file was being removed at this moment. Add it again.")

    async def _collection(self, db: asyncpg.Connection, actor: Actor, name: str) -> UUID:
        found: UUID | None = await db.fetchval(queries.COLLECTION, actor.tenant_id, name)
        if found is None:
            raise InvalidInput(f"There is no collection named {name!r}.")
        return found

    async def list(self, actor: Actor) -> list[Document]:
        """Every document, newest first."""
        require(actor, P.DOCUMENTS_DOCUMENT_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.LIST, actor.tenant_id, None)
        return [_document(r) for r in rows]

    async def get(self, actor: Actor, document_id: UUID) -> Document:
        require(actor, P.DOCUMENTS_DOCUMENT_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.LIST, actor.tenant_id, document_id)
        if not rows:
            raise NotFound("There is no such document here.")
        return _document(rows[0])

    async def remove(self, actor: Actor, document_id: UUID) -> None:
        """Remove a document and all that was derived from it."""
        require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)
        async with self._database.tenant_session(actor) as db:
            versions = await db.fetch(queries.VERSIONS_OF, actor.tenant_id, document_id)
            if not versions:
                raise NotFound("There is no such document here.")
            for version in versions:
                await db.execute(queries.LOCK_FILE, str(actor.tenant_id), version["sha256"])
            await db.execute(queries.DELETE_DOCUMENT, actor.tenant_id, document_id)
            await record(db, actor, Event.DOCUMENT_DOCUMENT_REMOVE, document_id)
            hashes = [v["sha256"] for v in versions]
            kept = await db.fetch(queries.STILL_USED, actor.tenant_id, hashes)
            still_used = {r["sha256"] for r in kept}
            for version in versions:
                self._files.remove(self._files.reading_copy(actor.tenant_id, version["id"]))
                if version["sha256"] not in still_used:
                    self._files.remove(self._files.path(actor.tenant_id, version["sha256"]))

    async def page(self, actor: Actor, document_id: UUID, number: int) -> Page:
        require(actor, P.DOCUMENTS_DOCUMENT_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(queries.PAGE, actor.tenant_id, document_id, number)
        if row is None:
            raise NotFound("There is no such page here.")
        return Page(**dict(row))

    async def page_file(self, actor: Actor, document_id: UUID) -> Path:
        """The PDF to draw pages from: the file itself, or its reading copy."""
        require(actor, P.DOCUMENTS_DOCUMENT_READ)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(queries.PAGE_FILE, actor.tenant_id, document_id)
        if row is None:
            raise NotFound("There is no such document here.")
        if row["has_reading_copy"]:
            return self._files.reading_copy(actor.tenant_id, row["id"])
        return self._files.path(actor.tenant_id, row["sha256"])

    async def passages(self, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Passage]:
        """The passages that exist now and are this tenant's: what an index remembers is not enough."""
        require(actor, P.SEARCH_PASSAGE_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.PASSAGES, actor.tenant_id, list(ids))
        return {r["id"]: _passage(r) for r in rows}

    async def cite(self, actor: Actor, passage: Passage, start: int, end: int) -> Citation | None:
        """The citation of passage text [start, end), its words read from the stored page.

        None when the words on the page are not the words of the passage: then there is no quote.
        """
        placed = place(passage, start, end)
        if placed is None:
            return None
        number, a, b = placed
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                queries.PAGE_LAYOUT, actor.tenant_id, passage.version_id, number
            )
        if row is None or row["text"][a:b] != passage.text[start:end]:
            return None
        page = stored_page(row)
        return Citation(
            document_id=passage.document_id,
            version_id=passage.version_id,
            document=passage.document,
            page=number,
            boxes=[
                Box(**{k: round(v, 4) for k, v in box._asdict().items()})
                for box in page.boxes(a, b)
            ],
            quote=page.text[a:b],
        )


def stored_page(row: asyncpg.Record) -> ParsedPage:
    runs = unpack_runs(zlib.decompress(row["layout"]))
    return ParsedPage(row["number"], row["width"], row["height"], row["text"], runs)


def place(passage: Passage, start: int, end: int) -> tuple[int, int, int] | None:
    """Where passage text [start, end) stands, as (page, start, end); None if it crosses slices."""
    at = 0
    for page, a, b in passage.slices:
        if at <= start and end <= at + (b - a):
            return page, a + start - at, a + end - at
        at += b - a + 1
    return None


def _document(row: asyncpg.Record) -> Document:
    values = dict(row)
    values["sha256"] = values["sha256"].hex()
    return Document(**values)


def _passage(row: asyncpg.Record) -> Passage:
    values = dict(row)
    flat = values["slices"]
    values["slices"] = [tuple(flat[i : i + 3]) for i in range(0, len(flat), 3)]
    return Passage(**values)

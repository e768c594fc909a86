"""Documents of a tenant: add, list, open, remove; passages and citations for other rooms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.documents import queries, uploads
from lionrock.documents.citations import Box, Citation
from lionrock.documents.files import FileId, Files, Part
from lionrock.documents.naming import clean_name
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.personal import DocumentData, Forget
from lionrock.documents.records import Records, there
from lionrock.documents.render import page_image
from lionrock.documents.schemas import Added, Document, Page, Passage, State, Texts
from lionrock.documents.uploads import Upload
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.access import readable_collections, require_on
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.identity import FIRST_COLLECTION
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.corrections import notes_on
from lionrock.kernel.privacy.holds import refuse_held
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.tombstones import condemn

if TYPE_CHECKING:
    import asyncpg


class DocumentService:
    def __init__(self, database: Database, files: Files, vault: Vault) -> None:
        self._database = database
        self._files = files
        self._vault = vault

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
        async with (
            uploads.taken(self._files, self._vault, actor.tenant_id, chunks) as upload,
            self._database.tenant_session(actor) as db,
        ):
            collection_id = await self._collection(db, actor, collection)
            known = await self._known(db, actor, collection_id, upload)
            if known:
                return known
            if await self._insert(db, actor, collection_id, name, upload):
                await upload.keep()
                return _added(upload.file, name)
            # Someone added the same bytes at the same moment: theirs stands.
            await db.execute(queries.DELETE_DOCUMENT, actor.tenant_id, upload.file.document)
            known = await self._known(db, actor, collection_id, upload)
        if known is None:
            raise Conflict("The same file was being removed at this moment. Add it again.")
        return known

    async def _insert(
        self, db: asyncpg.Connection, actor: Actor, collection_id: UUID, name: str, upload: Upload
    ) -> bool:
        file = upload.file
        key = Records(self._vault, actor.tenant_id).key(file.document)
        sealed = key.seal_text("documents", file.document, "name", name)
        await db.execute(
            queries.INSERT_DOCUMENT,
            *(actor.tenant_id, file.document, collection_id, sealed, actor.id),
        )
        inserted = await db.fetchval(
            queries.INSERT_VERSION,
            *(actor.tenant_id, file.version, file.document, collection_id),
            *(upload.sha256, upload.size),
        )
        if inserted:
            details = {"sha256": upload.sha256.hex(), "bytes": upload.size}
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, file.version, details)
        return bool(inserted)

    async def _known(
        self, db: asyncpg.Connection, actor: Actor, collection_id: UUID, upload: Upload
    ) -> Added | None:
        """The version that holds these bytes already, queued again if it had failed."""
        known = await db.fetchrow(
            queries.VERSION_BY_HASH, actor.tenant_id, collection_id, upload.sha256
        )
        if known is None:
            return None
        if known["state"] == State.FAILED:
            await db.execute(queries.REQUEUE, actor.tenant_id, known["id"])
        return Added(
            document_id=known["document_id"],
            version_id=known["id"],
            name=Records(self._vault, actor.tenant_id).name(known["document_id"], known["name"]),
            state=State.QUEUED if known["state"] == State.FAILED else State(known["state"]),
            duplicate=True,
        )

    async def _collection(self, db: asyncpg.Connection, actor: Actor, name: str) -> UUID:
        found: UUID | None = await db.fetchval(queries.COLLECTION, actor.tenant_id, name)
        if found is not None:
            with suppress(NotFound):
                await require_on(db, actor, P.DOCUMENTS_DOCUMENT_ADD, found)
                return found
        raise InvalidInput(f"There is no collection named {name!r}.")

    async def list(self, actor: Actor) -> list[Document]:
        """Every document of the collections that the actor may read, newest first."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.LIST, actor.tenant_id, None, allowed)
        records = Records(self._vault, actor.tenant_id)
        return list(there(records.document, rows))

    async def get(self, actor: Actor, document_id: UUID) -> Document:
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.LIST, actor.tenant_id, document_id, allowed)
        if not rows:
            raise NotFound("There is no such document here.")
        return Records(self._vault, actor.tenant_id).document(rows[0])

    async def remove(self, actor: Actor, document_id: UUID) -> None:
        """Remove a document, all that was derived from it, and its key: no backup of the database
        or the files brings it back. Killed after the commit, the next start finishes it."""
        require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)
        scope = scopes.document(document_id)
        async with self._database.tenant_session(actor) as db:
            within = await db.fetchval(queries.COLLECTION_OF, actor.tenant_id, document_id)
            if within not in await readable_collections(db, actor, P.DOCUMENTS_DOCUMENT_REMOVE):
                raise NotFound("There is no such document here.")
            await refuse_held(db, "document", document_id)
            if not await db.fetchval(queries.DELETE_DOCUMENT, actor.tenant_id, document_id):
                raise NotFound("There is no such document here.")
            await condemn(db, actor.tenant_id, scope)
            await record(db, actor, Event.DOCUMENT_DOCUMENT_REMOVE, document_id)
        self._files.remove(actor.tenant_id, document_id)
        await asyncio.shield(asyncio.to_thread(self._vault.destroy, actor.tenant_id, scope))

    def personal_data(self, forget: Forget) -> DocumentData:
        """Documents for privacy work; `forget` takes versions out of the search index."""
        return DocumentData(self._database, self._files, self._vault, forget)

    async def page(self, actor: Actor, document_id: UUID, number: int) -> Page:
        _a_page(number)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            row = await db.fetchrow(queries.PAGE, actor.tenant_id, document_id, number, allowed)
        if row is None:
            raise NotFound("There is no such page here.")
        return Records(self._vault, actor.tenant_id).page(row)

    async def texts(self, actor: Actor, document_id: UUID) -> Texts:
        """The text of every page. `NotFound` as for `get`; `Conflict` for a document without pages."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.TEXTS, actor.tenant_id, document_id, allowed)
        if rows:
            return Records(self._vault, actor.tenant_id).texts(rows)
        await self.get(actor, document_id)
        raise Conflict("The document has no pages yet: it is being read, or could not be.")

    async def layouts(
        self, actor: Actor, document_id: UUID, numbers: Sequence[int]
    ) -> dict[int, ParsedPage]:
        """Those of the pages that are there now and that the actor may read, by their numbers."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(
                queries.LAYOUTS, actor.tenant_id, document_id, list(numbers), allowed
            )
        records = Records(self._vault, actor.tenant_id)
        return {page.number: page for page in there(records.parsed_page, rows)}

    async def page_image(self, actor: Actor, document_id: UUID, number: int) -> bytes:
        """The page as a PNG, drawn from the file itself or its reading copy."""
        _a_page(number)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            row = await db.fetchrow(
                queries.READABLE_PAGE_FILE, actor.tenant_id, document_id, allowed
            )
        if row is None:
            raise NotFound("There is no such document here.")
        name = Records(self._vault, actor.tenant_id).name(document_id, row["name"])
        file = FileId(actor.tenant_id, document_id, row["id"])
        part: Part = "reading copy" if row["has_reading_copy"] else "content"
        async with self._files.opened(file, part) as pdf:
            return await page_image(pdf, number, name=name)

    async def passages(self, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Passage]:
        """The passages that exist now and that the actor may read: what an index remembers is not
        enough."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)
            rows = await db.fetch(queries.PASSAGES, actor.tenant_id, list(ids), allowed)
        records = Records(self._vault, actor.tenant_id)
        return {p.id: p for p in there(records.passage, rows)}

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
            beside = await notes_on(db, self._vault, actor.tenant_id, [passage.document_id])
        if row is None:
            return None
        page = Records(self._vault, actor.tenant_id).parsed_page(row)
        if page.text[a:b] != passage.text[start:end]:
            return None
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
            notes=[n.note for n in beside if n.page in (None, number)],
        )


def place(passage: Passage, start: int, end: int) -> tuple[int, int, int] | None:
    """Where passage text [start, end) stands, as (page, start, end); None if it crosses slices."""
    at = 0
    for page, a, b in passage.slices:
        if at <= start and end <= at + (b - a):
            return page, a + start - at, a + end - at
        at += b - a + 1
    return None


def _added(file: FileId, name: str) -> Added:
    return Added(
        document_id=file.document,
        version_id=file.version,
        name=name,
        state=State.QUEUED,
        duplicate=False,
    )


def _a_page(number: int) -> None:
    if not 1 <= number < 2**31:  # what the column holds
        raise NotFound("There is no such page here.")

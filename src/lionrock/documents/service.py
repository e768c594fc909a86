"""Documents of a tenant: add, list, open, remove; passages and citations for other rooms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

from lionrock.documents import comparisons, listing, members, queries, versions
from lionrock.documents.adding import Adding
from lionrock.documents.citations import Box, Citation
from lionrock.documents.comparing import Comparison
from lionrock.documents.cutting import ranges_on
from lionrock.documents.files import FileId, Files, Part
from lionrock.documents.listing import EVERYTHING, Listed, Wanted
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.personal import DocumentData, Forget
from lionrock.documents.quoting import quoted
from lionrock.documents.records import Records, there
from lionrock.documents.render import page_image
from lionrock.documents.schemas import Added, Document, Member, Page, Passage, Texts
from lionrock.documents.tables import Table, cells_in, tables_on
from lionrock.documents.versions import Version, today
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.identity import FIRST_COLLECTION
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.corrections import notes_on
from lionrock.kernel.privacy.holds import refuse_held
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault


class DocumentService:
    def __init__(self, database: Database, files: Files, vault: Vault) -> None:
        self._database = database
        self._files = files
        self._vault = vault
        self._adding = Adding(database, files, vault)

    async def add(
        self, actor: Actor, name: str, chunks: AsyncIterator[bytes],
        *, collection: str = FIRST_COLLECTION, replaces: UUID | None = None,
        effective: date | None = None,
    ) -> Added:  # fmt: skip
        """Keep a file and queue it. The same bytes twice in a collection are one version;
        a version that failed before is queued again.

        `replaces`: the document that the file is a further version of, in that document's collection.
        `effective`: the day from which it holds; else the day that the file gives, else for a further
        version today.
        """
        return await self._adding.add(
            actor, name, chunks, collection=collection, replaces=replaces, effective=effective
        )

    async def list(self, actor: Actor) -> list[Document]:
        """Every document of the collections that the actor may read, newest first."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.LIST, actor.tenant_id, None, allowed, today())
        records = Records(self._vault, actor.tenant_id)
        return list(there(records.document, rows))

    async def listing(
        self, actor: Actor, wanted: Wanted = EVERYTHING, *, start: int = 0, limit: int = 50
    ) -> Listed:
        """A page of the library, newest first, for lists of many thousands."""
        async with self._database.tenant_session(actor) as db:
            allowed, records = (
                await readable_collections(db, actor),
                Records(self._vault, actor.tenant_id),
            )
            return await listing.listed(db, records, actor.tenant_id, allowed, wanted, start, limit)

    async def some(self, actor: Actor, ids: Sequence[UUID]) -> Sequence[Document]:
        """Those of the documents that are there and that the actor may read."""
        async with self._database.tenant_session(actor) as db:
            allowed, records = (
                await readable_collections(db, actor),
                Records(self._vault, actor.tenant_id),
            )
            return await listing.some(db, records, actor.tenant_id, allowed, ids)

    async def unfinished(self, actor: Actor) -> tuple[int, UUID | None]:
        """How many are being read, and the one that came first of them."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            return await listing.unfinished(db, actor.tenant_id, allowed)

    async def kinds(self, actor: Actor) -> Sequence[str]:
        """Media types of the documents that the actor may read."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            return await listing.kinds(db, actor.tenant_id, allowed)

    async def get(self, actor: Actor, document_id: UUID) -> Document:
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.LIST, actor.tenant_id, document_id, allowed, today())
        if not rows:
            raise NotFound("There is no such document here.")
        return Records(self._vault, actor.tenant_id).document(rows[0])

    async def versions(self, actor: Actor, document_id: UUID) -> Sequence[Version]:
        """All versions of a document, the latest first."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            records = Records(self._vault, actor.tenant_id)
            found = await versions.of_document(db, records, actor.tenant_id, document_id, allowed)
        if not found:
            raise NotFound("There is no such document here.")
        return found

    async def compare(
        self, actor: Actor, document_id: UUID, older: UUID | None = None, newer: UUID | None = None
    ) -> Comparison:
        """Two versions paragraph by paragraph; unnamed, the one shown today with the one before it."""
        before, after = comparisons.chosen(await self.versions(actor, document_id), older, newer)
        async with self._database.tenant_session(actor) as db:
            records = Records(self._vault, actor.tenant_id)
            return await comparisons.comparison(db, records, actor.tenant_id, before, after)

    async def remove(self, actor: Actor, document_id: UUID) -> Sequence[UUID]:
        """Remove a document, all that was derived from it, and its key: no backup of the database
        or the files brings it back. What came in it goes along, but for what another container holds
        too; a member is not removed alone (`Conflict`). Killed after the commit, the next start
        finishes it. Returns the versions that went, for the search index to forget."""
        require(actor, P.DOCUMENTS_DOCUMENT_REMOVE)
        async with self._database.tenant_session(actor) as db:
            within = await db.fetchval(queries.COLLECTION_OF, actor.tenant_id, document_id)
            if within not in await readable_collections(db, actor, P.DOCUMENTS_DOCUMENT_REMOVE):
                raise NotFound("There is no such document here.")
            await refuse_held(db, "document", document_id)
            await members.refuse_inside(db, actor.tenant_id, document_id)
            for inside in (await members.removed_with(db, actor.tenant_id, document_id))[1:]:
                await refuse_held(db, "document", inside)
            removed = await members.remove_rows(db, actor, document_id)
        for document in removed.documents:
            self._files.remove(actor.tenant_id, document)
            scope = scopes.document(document)
            await asyncio.shield(asyncio.to_thread(self._vault.destroy, actor.tenant_id, scope))
        return removed.versions

    async def members(self, actor: Actor, document_id: UUID) -> Sequence[Member]:
        """What the document's file holds, in its order: a ZIP's files, a mail's attachments."""
        document = await self.get(actor, document_id)
        async with self._database.tenant_session(actor) as db:
            records = Records(self._vault, actor.tenant_id)
            of = (actor.tenant_id, document_id, document.version_id, today())
            return await members.of_version(db, records, *of)

    def personal_data(self, forget: Forget) -> DocumentData:
        """Documents for privacy work; `forget` takes versions out of the search index."""
        return DocumentData(self._database, self._files, self._vault, forget)

    async def page(
        self, actor: Actor, document_id: UUID, number: int, version: UUID | None = None
    ) -> Page:
        """A page of one version; of the one shown today, if none is named."""
        _a_page(number)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            row = await db.fetchrow(
                queries.PAGE, *(actor.tenant_id, document_id, number, allowed, version, today())
            )
        if row is None:
            raise NotFound("There is no such page here.")
        return Records(self._vault, actor.tenant_id).page(row)

    async def texts(self, actor: Actor, document_id: UUID, version: UUID | None = None) -> Texts:
        """The text of every page. `NotFound` as for `get`; `Conflict` for a document without pages."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(
                queries.TEXTS, *(actor.tenant_id, document_id, allowed, version, today())
            )
        if rows:
            return Records(self._vault, actor.tenant_id).texts(rows)
        await self.get(actor, document_id)
        raise Conflict("The document has no pages yet: it is being read, or could not be.")

    async def passages_of(
        self, actor: Actor, document_id: UUID, version: UUID | None = None
    ) -> Sequence[Passage]:
        """The passages of one version in order; of the one in force today, if none is named.
        `NotFound` and `Conflict` as for `texts`."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            of = (actor.tenant_id, version, document_id, today(), allowed)
            rows = await db.fetch(queries.READABLE_PASSAGES_OF, *of)
        if rows:
            return list(there(Records(self._vault, actor.tenant_id).passage, rows))
        document = await self.get(actor, document_id)
        raise Conflict(f"{document.name} has no text yet: it is being read, or holds none.")

    async def original(self, actor: Actor, document_id: UUID, version: UUID) -> bytes:
        """The file as it came, for making another of it. It is never shown: see `page_image`."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            of = (actor.tenant_id, document_id, version, today(), allowed)
            row = await db.fetchrow(queries.READABLE_PAGE_FILE, *of)
        if row is None:
            raise NotFound("There is no such document here.")
        file = FileId(actor.tenant_id, document_id, row["id"])
        return await asyncio.to_thread(lambda: b"".join(self._files.segments(file)))

    async def layouts(
        self, actor: Actor, document_id: UUID, numbers: Sequence[int], version: UUID | None = None
    ) -> dict[int, ParsedPage]:
        """Those of the pages that are there now and that the actor may read, by their numbers."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(
                queries.LAYOUTS,
                *(actor.tenant_id, document_id, list(numbers), allowed, version, today()),
            )
        records = Records(self._vault, actor.tenant_id)
        return {page.number: page for page in there(records.parsed_page, rows)}

    async def tables(
        self, actor: Actor, document_id: UUID, numbers: Sequence[int], version: UUID | None = None
    ) -> Sequence[Table]:
        """The tables of those of the pages that are there and that the actor may read, in order."""
        layouts = await self.layouts(actor, document_id, numbers, version)
        if not layouts:
            if all(version not in (None, v.id) for v in await self.versions(actor, document_id)):
                raise NotFound("There is no such version of this document.")
            return []
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                queries.TABLE_ROWS,
                *(actor.tenant_id, version, document_id, today(), list(layouts)),
            )

        def found() -> Sequence[Table]:
            pages = layouts.items()
            return [t for n, page in pages for t in tables_on(page, [*ranges_on(rows, n)])]

        return await asyncio.to_thread(found)

    async def page_image(
        self, actor: Actor, document_id: UUID, number: int, version: UUID | None = None
    ) -> bytes:
        """The page as a PNG, drawn from the file itself or its reading copy."""
        _a_page(number)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            row = await db.fetchrow(
                queries.READABLE_PAGE_FILE,
                *(actor.tenant_id, document_id, version, today(), allowed),
            )
            of = (actor.tenant_id, row["id"] if row else None, number)
            turn = await db.fetchval(queries.PAGE_TURN, *of)
        if row is None:
            raise NotFound("There is no such document here.")
        records = Records(self._vault, actor.tenant_id)
        name = records.called(document_id, row["name"], row["id"], row["own_name"])
        file = FileId(actor.tenant_id, document_id, row["id"])
        part: Part = "reading copy" if row["has_reading_copy"] else "content"
        async with self._files.opened(file, part) as pdf:
            return await page_image(pdf, number, name=name, turn=turn or 0)

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
            of = (actor.tenant_id, passage.version_id, None, None, [number])
            rows = await db.fetch(queries.TABLE_ROWS, *of) if passage.kind == "row" else []
        if row is None:
            return None
        page = Records(self._vault, actor.tenant_id).parsed_page(row)
        if page.text[a:b] != passage.text[start:end]:
            return None
        tables = await asyncio.to_thread(tables_on, page, [*ranges_on(rows, number)])
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
            cells=cells_in(tables, a, b),
            notes=[n.note for n in beside if n.page in (None, number)],
            held=passage.held,
        )

    async def quote(
        self, actor: Actor, document_id: UUID, places: Sequence[tuple[int, int, int]]
    ) -> dict[tuple[int, int, int], Citation]:
        """Citations of places of the version in force, by them: (page, start, end) of its page's text.
        Without those of pages that are gone."""
        document = await self.get(actor, document_id)
        numbers = sorted({number for number, _, _ in places})
        layouts = await self.layouts(actor, document_id, numbers, document.version_id)
        async with self._database.tenant_session(actor) as db:
            notes = await notes_on(db, self._vault, actor.tenant_id, [document_id])
        known = (p for p in places if p[0] in layouts)
        return {(n, a, b): quoted(document, layouts[n], a, b, notes) for n, a, b in known}


def place(passage: Passage, start: int, end: int) -> tuple[int, int, int] | None:
    """Where passage text [start, end) stands, as (page, start, end); None if it crosses slices."""
    at = 0
    for page, a, b in passage.slices:
        if at <= start and end <= at + (b - a):
            return page, a + start - at, a + end - at
        at += b - a + 1
    return None


def _a_page(number: int) -> None:
    if not 1 <= number < 2**31:  # what the column holds
        raise NotFound("There is no such page here.")

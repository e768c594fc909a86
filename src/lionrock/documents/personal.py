"""Documents as personal data: found by their text, copied with others blacked out, erased whole.

The search reads every page of the tenant, whatever the collection's list or purpose: it is for the
person whose data it is, and only those who handle such requests see what it brings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents import members, queries
from lionrock.documents.cutting import Cut, by_paragraph, ranges_on
from lionrock.documents.files import FileId, Files, Part
from lionrock.documents.records import Records, row_name
from lionrock.documents.render import page_image
from lionrock.documents.versions import today
from lionrock.errors import Erased, UnreadableDocument
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy import sources
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.holds import hold_on
from lionrock.kernel.privacy.run_data import erase_answers
from lionrock.kernel.privacy.sources import Described, Found, Kept, Person, Wanted
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

Forget = Callable[[Actor, Sequence[UUID]], Awaitable[None]]
"""Takes versions out of the search index, so that not a term of theirs is left."""
_AT_ONCE = 100
_EXCERPT = 600
_READ: Final = ("indexed", "ready")
Range = tuple[int, int]

_PAGES: Final = """
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout, p.turn FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND (p.version_id, p.number) > ($2, $3)
ORDER BY p.version_id, p.number LIMIT $4
"""
_NAMES: Final = """
SELECT d.id, d.name, v.name AS own_name, v.id AS version_id, v.title, v.state FROM documents d
JOIN versions v ON (v.tenant_id, v.document_id) = (d.tenant_id, d.id)
WHERE d.tenant_id = $1 AND v.id > $2 ORDER BY v.id LIMIT $3
"""
_SLICES: Final = "SELECT slices FROM passages WHERE tenant_id = $1 AND version_id = $2"
_FACTS: Final = """
SELECT v.id, v.sha256, v.bytes,
    (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages,
    (SELECT count(*) FROM passages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS passages,
    (SELECT count(*) FROM sentences s WHERE (s.tenant_id, s.version_id) = (v.tenant_id, v.id)
     AND s.embedding IS NOT NULL) AS vectors
FROM versions v WHERE v.tenant_id = $1 AND v.document_id = ANY($2) ORDER BY v.id
"""


class DocumentData:
    """Documents for privacy work: a `PersonalDataSource` and an `Eraser`."""

    name = "document"
    kind = "document"

    def __init__(self, database: Database, files: Files, vault: Vault, forget: Forget) -> None:
        self._database, self._files, self._vault = database, files, vault
        self._forget = forget

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Paragraphs and names of documents that name the person; and documents that could not be
        read ("not read"), for a person to look at."""
        met: dict[UUID, str] = {}
        async for found in self._everywhere(actor, matcher):
            met.setdefault(found.target, found.form)
            yield found
        async for found in self._around(actor, met):
            yield found

    async def _around(self, actor: Actor, met: Mapping[UUID, str]) -> AsyncIterator[Found]:
        """The archives and mails whose files hold what was found: its bytes are in them too."""
        async with self._database.tenant_session(actor) as db:
            around = await db.fetch(members.CONTAINERS, actor.tenant_id, list(met))
            ids = {row["id"]: met[row["inner_id"]] for row in around}
            names = await db.fetch(members.NAMES, actor.tenant_id, list(ids))
        records = Records(self._vault, actor.tenant_id)
        for row in names:
            with suppress(Erased):
                yield Found(row["id"], ids[row["id"]], excerpt=records.name(row["id"], row["name"]))

    async def _everywhere(self, actor: Actor, matcher: Matcher) -> AsyncIterator[Found]:
        async for found in self._in_names(actor, matcher):
            yield found
        version, number = UUID(int=0), 0
        while True:
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(_PAGES, actor.tenant_id, version, number, _AT_ONCE)
            for row in rows:
                for found in await self._on_page(actor, row, matcher):
                    yield found
            if len(rows) < _AT_ONCE:
                return
            version, number = rows[-1]["version_id"], rows[-1]["number"]

    async def _in_names(self, actor: Actor, matcher: Matcher) -> AsyncIterator[Found]:
        last = UUID(int=0)
        while True:
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(_NAMES, actor.tenant_id, last, _AT_ONCE)
            for row in rows:
                try:
                    called = self._called(actor.tenant_id, row)
                except Erased:
                    continue
                matches = matcher.matches(called)
                if matches:
                    own = row["version_id"] if row["own_name"] is not None else None
                    yield Found(row["id"], matches[0].form, excerpt=called, version=own)
                elif row["state"] not in _READ:
                    yield Found(row["id"], "not read", excerpt=called)
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1]["version_id"]

    def _called(self, tenant: UUID, row: asyncpg.Record) -> str:
        key = Records(self._vault, tenant).key(row["id"])
        name = key.open_text("documents", row["id"], "name", row["name"])
        if row["own_name"] is not None:
            name += "\n" + key.open_text("versions", row["version_id"], "name", row["own_name"])
        kept = row["title"]
        title = key.open_text("versions", row["version_id"], "title", kept) if kept else ""
        return f"{name}\n{title}".strip()

    async def _on_page(self, actor: Actor, row: asyncpg.Record, matcher: Matcher) -> list[Found]:
        records = Records(self._vault, actor.tenant_id)
        try:
            where = row_name(row["version_id"], row["number"])
            text = records.key(row["document_id"]).open_text("pages", where, "text", row["text"])
        except Erased:
            return []
        matches = matcher.matches(text)
        if not matches:
            return []
        page = records.parsed_page(row)
        async with self._database.tenant_session(actor) as db:
            slices = await db.fetch(_SLICES, actor.tenant_id, row["version_id"])
        ranges = sorted(ranges_on(slices, page.number))
        return [
            Found(
                row["document_id"], found[0].form, page.number, *paragraph,
                boxes=[tuple(b) for m in found for b in page.boxes(m.start, m.end)],
                excerpt=text[slice(*paragraph)][:_EXCERPT], version=row["version_id"],
            )
            for paragraph, found in by_paragraph(text, ranges, matches).items()
        ]  # fmt: skip

    async def copy(
        self, actor: Actor, target: UUID, wanted: Sequence[Wanted]
    ) -> list[sources.Part]:
        """Of each page its text and its picture: the paragraphs wanted, all else black."""
        parts: list[sources.Part] = []
        paged = [w for w in wanted if w.page is not None] or list(wanted)
        for version in dict.fromkeys(w.version for w in paged):
            of_it = [w for w in paged if w.version == version]
            parts += await self._copy_of(actor, target, version, of_it)
        return parts

    async def _copy_of(
        self, actor: Actor, target: UUID, version: UUID | None, wanted: Sequence[Wanted]
    ) -> list[sources.Part]:
        async with self._database.tenant_session(actor) as db:
            file = await db.fetchrow(
                queries.PAGE_FILE, *(actor.tenant_id, target, version, today())
            )
            if file is None:
                return []
            pages = {
                number: await db.fetchrow(queries.PAGE_LAYOUT, actor.tenant_id, file["id"], number)
                for number in sorted({w.page for w in wanted if w.page is not None})
            }
        records = Records(self._vault, actor.tenant_id)
        name = records.called(target, file["name"], file["id"], file["own_name"])
        parts: list[sources.Part] = []
        for number, row in pages.items():
            here = [w for w in wanted if w.page == number]
            if row is not None:
                cut = Cut.of(records.parsed_page(row), here)
                parts += await self._page_parts(actor, target, file, name, cut)
        if not parts:
            said = wanted[0].redactor.redacted(name)
            text = f"{said}\n"
            about = {"what": said}
            called = f"document-{target.hex}{f'-{version.hex[:8]}' if version else ''}.txt"
            parts = [sources.Part(called, "text/plain", text.encode(), text, about)]
        return parts

    async def _page_parts(
        self, actor: Actor, target: UUID, file: asyncpg.Record, name: str, cut: Cut
    ) -> list[sources.Part]:
        stem = f"document-{target.hex}-{file['id'].hex[:8]}-page-{cut.page.number:04}"
        about = {"what": cut.redactors[0].redacted(name), "page": str(cut.page.number)}
        text = cut.text()
        parts = [sources.Part(f"{stem}.txt", "text/plain", text.encode(), text, about)]
        id = FileId(actor.tenant_id, target, file["id"])
        kept: Part = "reading copy" if file["has_reading_copy"] else "content"
        try:
            async with self._files.opened(id, kept) as pdf:
                png = await page_image(
                    pdf, cut.page.number, name=name, mask=cut.mask(), turn=cut.page.turn
                )
        except UnreadableDocument:
            return parts
        return [*parts, sources.Part(f"{stem}.png", "image/png", png, "", about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        going = await members.removed_with(db, actor.tenant_id, target)
        rows = await db.fetch(_FACTS, actor.tenant_id, going)
        if not rows:
            return None
        versions: list[Json] = [
            {
                "id": str(r["id"]), "sha256": r["sha256"].hex(), "bytes": r["bytes"],
                "pages": r["pages"], "passages": r["passages"], "vectors": r["vectors"],
            }
            for r in rows
        ]  # fmt: skip
        facts: dict[str, Json] = {"kind": self.kind, "id": str(target), "versions": versions}
        if going[1:]:
            facts["came_in_it"] = [str(id) for id in going[1:]]
        if container := await members.holder(db, actor.tenant_id, target):
            facts["held_in"] = str(container)  # whose file has these bytes still
        ids = (*going, *(r["id"] for r in rows))
        held = [id for id in going[1:] if await hold_on(db, self.kind, id)]
        kept = (Kept("A legal hold keeps a file that came in it."),) if held else ()
        return Described(facts, ids, tuple(scopes.document(id) for id in going), kept)

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        tenant = actor.tenant_id
        await members.hand_over(db, tenant, target)
        going = await members.removed_with(db, tenant, target)
        answers = sum([await erase_answers(db, tenant, id) for id in going])
        await db.execute(
            "DELETE FROM retention_starts WHERE tenant_id = $1 AND target_id = ANY($2)",
            *(tenant, going),
        )
        await db.execute(queries.DELETE_DOCUMENT, tenant, target)
        return {"answers_that_quoted_it": answers}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        inside = facts.get("came_in_it", [])
        assert isinstance(inside, list)
        for id in (target, *(UUID(str(id)) for id in inside)):
            self._files.remove(actor.tenant_id, id)
        versions = facts["versions"]
        assert isinstance(versions, list)
        await self._forget(actor, [UUID(str(v["id"])) for v in versions if isinstance(v, dict)])

"""Documents as personal data: found by their text, copied with others blacked out, erased whole.

The search reads every page of the tenant, whatever the collection's list or purpose: it is for the
person whose data it is, and only those who handle such requests see what it brings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.files import FileId, Files, Part
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.records import Records, row_name
from lionrock.documents.render import page_image
from lionrock.errors import Erased, UnreadableDocument
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy import sources
from lionrock.kernel.privacy.forms import Match, Matcher
from lionrock.kernel.privacy.redaction import MARK, Redactor, blacked
from lionrock.kernel.privacy.run_data import erase_answers
from lionrock.kernel.privacy.sources import Described, Found, Person, Wanted
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
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND (p.version_id, p.number) > ($2, $3)
ORDER BY p.version_id, p.number LIMIT $4
"""
_NAMES: Final = """
SELECT d.id, d.name, v.id AS version_id, v.title, v.state FROM documents d
JOIN versions v ON (v.tenant_id, v.document_id) = (d.tenant_id, d.id)
WHERE d.tenant_id = $1 AND d.id > $2 ORDER BY d.id, v.id LIMIT $3
"""
_SLICES: Final = "SELECT slices FROM passages WHERE tenant_id = $1 AND version_id = $2"
_FACTS: Final = """
SELECT v.id, v.sha256, v.bytes,
    (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages,
    (SELECT count(*) FROM passages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS passages,
    (SELECT count(*) FROM sentences s WHERE (s.tenant_id, s.version_id) = (v.tenant_id, v.id)
     AND s.embedding IS NOT NULL) AS vectors
FROM versions v WHERE v.tenant_id = $1 AND v.document_id = $2 ORDER BY v.id
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
                    yield Found(row["id"], matches[0].form, excerpt=called)
                elif row["state"] not in _READ:
                    yield Found(row["id"], "not read", excerpt=called)
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1]["id"]

    def _called(self, tenant: UUID, row: asyncpg.Record) -> str:
        key = Records(self._vault, tenant).key(row["id"])
        name = key.open_text("documents", row["id"], "name", row["name"])
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
        ranges = sorted(_ranges(slices, page.number))
        return [
            Found(
                row["document_id"], found[0].form, page.number, *paragraph,
                boxes=[tuple(b) for m in found for b in page.boxes(m.start, m.end)],
                excerpt=text[slice(*paragraph)][:_EXCERPT],
            )
            for paragraph, found in _by_paragraph(text, ranges, matches).items()
        ]  # fmt: skip

    async def copy(
        self, actor: Actor, target: UUID, wanted: Sequence[Wanted]
    ) -> list[sources.Part]:
        """Of each page its text and its picture: the paragraphs wanted, all else black."""
        async with self._database.tenant_session(actor) as db:
            file = await db.fetchrow(queries.PAGE_FILE, actor.tenant_id, target)
            if file is None:
                return []
            pages = {
                number: await db.fetchrow(queries.PAGE_LAYOUT, actor.tenant_id, file["id"], number)
                for number in sorted({w.page for w in wanted if w.page is not None})
            }
        records = Records(self._vault, actor.tenant_id)
        name = records.name(target, file["name"])
        parts: list[sources.Part] = []
        for number, row in pages.items():
            here = [w for w in wanted if w.page == number]
            if row is not None:
                cut = _Cut.of(records.parsed_page(row), here)
                parts += await self._page_parts(actor, target, file, name, cut)
        if not parts:
            said = wanted[0].redactor.redacted(name)
            text = f"{said}\n"
            about = {"what": said}
            parts = [
                sources.Part(f"document-{target.hex}.txt", "text/plain", text.encode(), text, about)
            ]
        return parts

    async def _page_parts(
        self, actor: Actor, target: UUID, file: asyncpg.Record, name: str, cut: _Cut
    ) -> list[sources.Part]:
        stem = f"document-{target.hex}-page-{cut.page.number:04}"
        about = {"what": cut.redactors[0].redacted(name), "page": str(cut.page.number)}
        text = cut.text()
        parts = [sources.Part(f"{stem}.txt", "text/plain", text.encode(), text, about)]
        id = FileId(actor.tenant_id, target, file["id"])
        kept: Part = "reading copy" if file["has_reading_copy"] else "content"
        try:
            async with self._files.opened(id, kept) as pdf:
                png = await page_image(pdf, cut.page.number, name=name, mask=cut.mask())
        except UnreadableDocument:
            return parts
        return [*parts, sources.Part(f"{stem}.png", "image/png", png, "", about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        rows = await db.fetch(_FACTS, actor.tenant_id, target)
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
        ids = (target, *(r["id"] for r in rows))
        return Described(facts, ids, (scopes.document(target),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        answers = await erase_answers(db, actor.tenant_id, target)
        await db.execute(
            "DELETE FROM retention_starts WHERE tenant_id = $1 AND target_id = $2",
            *(actor.tenant_id, target),
        )
        await db.execute(queries.DELETE_DOCUMENT, actor.tenant_id, target)
        return {"answers_that_quoted_it": answers}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        self._files.remove(actor.tenant_id, target)
        versions = facts["versions"]
        assert isinstance(versions, list)
        await self._forget(actor, [UUID(str(v["id"])) for v in versions if isinstance(v, dict)])


class _Cut:
    """What of a page is handed over: ranges of its text, and spans in them that are black."""

    def __init__(
        self, page: ParsedPage, shown: list[Range], hidden: list[Range], *, whole: bool,
        redactors: list[Redactor],
    ) -> None:  # fmt: skip
        self.page, self.shown, self.hidden = page, shown, hidden
        self.whole, self.redactors = whole, redactors

    @classmethod
    def of(cls, page: ParsedPage, wanted: Sequence[Wanted]) -> _Cut:
        whole = any(w.whole or w.first is None for w in wanted)
        ranges = [(w.first, w.last) for w in wanted if w.first is not None and w.last is not None]
        shown = [(0, len(page.text))] if whole else _joined(ranges)
        hidden = _joined([s for w in wanted for s in w.redactor.spans(page.text)])
        return cls(page, shown, hidden, whole=whole, redactors=[w.redactor for w in wanted])

    def text(self) -> str:
        parts = []
        for start, end in self.shown:
            inside = [
                (max(a, start) - start, min(b, end) - start)
                for a, b in self.hidden if a < end and b > start
            ]  # fmt: skip
            parts.append(blacked(self.page.text[start:end], inside))
        return f"\n{MARK * 3}\n".join(parts) + "\n"

    def mask(self) -> dict[str, list[list[float]] | None]:
        return {
            "show": None if self.whole else self._boxes(self.shown),
            "hide": self._boxes(self.hidden),
        }

    def _boxes(self, ranges: Sequence[Range]) -> list[list[float]]:
        return [list(box) for a, b in ranges for box in self.page.boxes(a, b)]


def _ranges(passages: Sequence[asyncpg.Record], number: int) -> Iterator[Range]:
    """Paragraphs on page `number`, as ranges of its text."""
    for row in passages:
        flat = row["slices"]
        for i in range(0, len(flat), 3):
            if flat[i] == number:
                yield flat[i + 1], flat[i + 2]


def _by_paragraph(
    text: str, ranges: Sequence[Range], matches: Sequence[Match]
) -> dict[Range, list[Match]]:
    """Matches by the paragraph they stand in; outside of any, by their lines."""
    found: dict[Range, list[Match]] = {}
    for match in matches:
        around = [r for r in ranges if r[0] < match.end and match.start < r[1]]
        if around:
            place = (min(r[0] for r in around), max(r[1] for r in around))
        else:
            end = text.find("\n", match.end)
            place = (text.rfind("\n", 0, match.start) + 1, end if end >= 0 else len(text))
        found.setdefault(place, []).append(match)
    return found


def _joined(ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

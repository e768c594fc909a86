"""A tenant's glossary: what is in it, what changes it, and what it adds to a question."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.documents.language import to_simplified
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.search.glossary import files, queries, tables, tbx
from lionrock.search.glossary.expansion import NOTHING, Expansion, Lexicon
from lionrock.search.glossary.schemas import Entries, Entry, Imported, NewEntry, Preview

if TYPE_CHECKING:
    import asyncpg

MOST_ENTRIES: Final = 100_000
MOST_BYTES: Final = 50 * 2**20
TOO_LARGE: Final = f"The file is larger than {MOST_BYTES >> 20} MB. Import it in parts."
_SHOWN: Final = 20
_KEPT_TENANTS: Final = 64
_TABLE: Final = "glossary_entries"


class GlossaryService:
    """Entries are sealed with the tenant's key. Memory: the entries of the tenants last searched."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault
        self._lexicons: OrderedDict[UUID, tuple[int, Lexicon]] = OrderedDict()

    async def entries(
        self, actor: Actor, *, containing: str = "", start: int = 0, limit: int = 100
    ) -> Entries:
        """Entries by their first term; `containing` looks in terms, note and source, both scripts."""
        require(actor, P.SEARCH_GLOSSARY_READ)
        every = await self._every(actor)
        wanted = to_simplified(containing.strip()).casefold()
        found = [e for e in every if not wanted or wanted in _searched(e)]
        found.sort(key=lambda e: next(iter(e.terms.values()))[0].casefold())
        return Entries(entries=found[start : start + limit], total=len(found))

    async def get(self, actor: Actor, entry_id: UUID) -> Entry:
        require(actor, P.SEARCH_GLOSSARY_READ)
        for entry in await self._every(actor):
            if entry.id == entry_id:
                return entry
        raise NotFound(ABSENT)

    async def add(self, actor: Actor, wanted: NewEntry) -> Entry:
        """`Conflict` where there is an entry with the very same terms."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            added, _ = await self.insert(db, actor, [wanted])
            if not added:
                raise Conflict("There is an entry with these terms already.")
            await record(db, actor, Event.GLOSSARY_ENTRY_ADD, added[0].id, _counts(wanted))
        return added[0]

    async def change(self, actor: Actor, entry_id: UUID, wanted: NewEntry) -> Entry:
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        entry = Entry(id=entry_id, **wanted.model_dump())
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.MOVE, actor.tenant_id)
            if await db.fetchrow(queries.ENTRY, actor.tenant_id, entry_id) is None:
                raise NotFound(ABSENT)
            others = [e for e in await self._opened(db, actor) if e.id != entry_id]
            if any(e.key() == wanted.key() for e in others):
                raise Conflict("There is another entry with these terms already.")
            await db.execute(
                queries.UPDATE, *(actor.tenant_id, entry_id, self._sealed(actor, entry)), actor.id
            )
            await record(db, actor, Event.GLOSSARY_ENTRY_CHANGE, entry_id, _counts(wanted))
        return entry

    async def remove(self, actor: Actor, entry_id: UUID) -> None:
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.MOVE, actor.tenant_id)
            if await db.fetchval(queries.DELETE, actor.tenant_id, entry_id) is None:
                raise NotFound(ABSENT)
            await record(db, actor, Event.GLOSSARY_ENTRY_REMOVE, entry_id)

    async def preview(self, actor: Actor, data: bytes) -> Preview:
        """What a file holds; nothing of it is kept."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        read = await asyncio.to_thread(files.read, data)
        known = {e.key() for e in await self._every(actor)}
        return Preview(
            format=read.format, columns=read.columns, good=len(read.entries),
            new=len({e.key() for e in read.entries} - known), bad=read.bad[:500],
            first=read.entries[:_SHOWN],
        )  # fmt: skip

    async def take_in(self, actor: Actor, data: bytes, *, skip_bad: bool = False) -> Imported:
        """Import a file whole, or, with `skip_bad`, what is good of it. Entries that are there stay
        as they are. `InvalidInput` names the first bad rows."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        read = await asyncio.to_thread(files.read, data)
        if read.bad and not skip_bad:
            told = "; ".join(f"row {b.row}: {b.reason}" for b in read.bad[:5])
            raise InvalidInput(
                f"{len(read.bad)} rows cannot be taken in ({told}). Mend them, or leave them out."
            )
        async with self._database.tenant_session(actor) as db:
            added, known = await self.insert(db, actor, read.entries)
            details = {
                "format": read.format,
                "added": len(added),
                "known": known,
                "bad": len(read.bad),
            }
            await record(db, actor, Event.GLOSSARY_FILE_IMPORT, actor.tenant_id, details)
        return Imported(added=len(added), known=known, bad=read.bad[:500])

    async def export(self, actor: Actor, format: files.Format) -> Iterator[bytes]:
        """Every entry as TBX or CSV."""
        require(actor, P.SEARCH_GLOSSARY_READ)
        every = await self._every(actor)
        return tbx.write(every) if format == "tbx" else tables.write(every)

    async def insert(
        self, db: asyncpg.Connection, actor: Actor, wanted: Sequence[NewEntry]
    ) -> tuple[list[Entry], int]:
        """Within a change that the caller records: those added, and how many were there."""
        await db.execute(queries.MOVE, actor.tenant_id)  # a lock too: one change at a time
        have = await self._opened(db, actor)
        keys, added = {e.key() for e in have}, list[Entry]()
        for one in wanted:
            if one.key() not in keys:
                keys.add(one.key())
                added.append(Entry(id=uuid4(), **one.model_dump()))
        if len(have) + len(added) > MOST_ENTRIES:
            raise InvalidInput(f"A glossary holds at most {MOST_ENTRIES:,} entries.")
        await db.executemany(
            queries.INSERT,
            [(actor.tenant_id, e.id, self._sealed(actor, e), actor.id) for e in added],
        )
        return added, len(wanted) - len(added)

    async def expand(self, db: asyncpg.Connection, actor: Actor, *questions: str) -> Expansion:
        """What the entries add to a question; who may search may have this, without reading them."""
        version: int = await db.fetchval(queries.VERSION, actor.tenant_id) or 0
        if not version:
            return NOTHING
        kept = self._lexicons.get(actor.tenant_id)
        if kept is None or kept[0] != version:
            kept = version, Lexicon(await self._opened(db, actor))
            self._lexicons[actor.tenant_id] = kept
            if len(self._lexicons) > _KEPT_TENANTS:
                self._lexicons.popitem(last=False)
        self._lexicons.move_to_end(actor.tenant_id)
        return kept[1].expand(*questions)

    async def version(self, actor: Actor) -> int:
        """Moves with every change."""
        async with self._database.tenant_session(actor) as db:
            return await db.fetchval(queries.VERSION, actor.tenant_id) or 0

    async def known(self, actor: Actor) -> list[Entry]:
        """Every entry, for work that must keep to them: who does it need not be able to read them."""
        return await self._every(actor)

    async def _every(self, actor: Actor) -> list[Entry]:
        async with self._database.tenant_session(actor) as db:
            return await self._opened(db, actor)

    async def _opened(self, db: asyncpg.Connection, actor: Actor) -> list[Entry]:
        rows = await db.fetch(queries.ENTRIES, actor.tenant_id)
        if not rows:
            return []
        key = self._vault.make(actor.tenant_id)
        return [
            Entry.model_validate_json(key.open_text(_TABLE, row["id"], "body", row["body"]))
            for row in rows
        ]

    def _sealed(self, actor: Actor, entry: Entry) -> bytes:
        key = self._vault.make(actor.tenant_id)
        return key.seal_text(_TABLE, entry.id, "body", entry.model_dump_json())


def _searched(entry: Entry) -> str:
    words = [t for variants in entry.terms.values() for t in variants]
    return to_simplified("\n".join((*words, entry.note, entry.source))).casefold()


def _counts(entry: NewEntry) -> dict[str, object]:
    return {"languages": len(entry.terms), "terms": sum(map(len, entry.terms.values()))}

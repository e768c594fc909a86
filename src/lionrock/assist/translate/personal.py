"""Translations and the memory as personal data: what names a person in them.

Neither has a key of its own: erased, its rows go and a tombstone stays, by which a database put back from
a backup has them removed again at the next start. A translation goes with its run too, and both go with
the document they were made from.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.assist.translate import kept, queries
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory import queries as memory_queries
from lionrock.assist.translate.memory.service import Memory
from lionrock.errors import Erased
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.scanning import around, rows_of
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope

if TYPE_CHECKING:
    import asyncpg

TRANSLATION: Final = "translation"
UNIT: Final = "memory"
_ALL: Final = 2**31 - 1


class MemoryData:
    """Units of the memory: a `PersonalDataSource` and an `Eraser`."""

    name = UNIT
    kind = UNIT

    def __init__(self, database: Database, memory: Memory) -> None:
        self._database, self._memory = database, memory

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Units that name the person."""
        async for row in rows_of(self._database, actor, memory_queries.EVERY):
            try:
                text = self._text(actor.tenant_id, row)
            except Erased:
                continue
            if matches := matcher.matches(text):
                yield Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{memory_queries.EVERY} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        text = self._text(actor.tenant_id, row)
        return [_part(self.kind, target, text, row["accepted_at"].isoformat(), wanted)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        of = (actor.tenant_id, target)
        row = await db.fetchrow(f"{memory_queries.EVERY} AND id = $2", *of)
        return _described(self.kind, target, row["accepted_at"].isoformat(), 1) if row else None

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_unit(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A unit stands in its row alone."""

    def _text(self, tenant: UUID, row: Any) -> str:
        unit = self._memory.opened(tenant, row)
        return f"{unit.source}\n{unit.target}"


class TranslationData:
    """Kept translations: a `PersonalDataSource` and an `Eraser`."""

    name = TRANSLATION
    kind = TRANSLATION

    def __init__(self, database: Database, translations: Translations) -> None:
        self._database, self._translations = database, translations

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Translations that name the person, as they are now, and those that the person made."""
        async for row in rows_of(self._database, actor, queries.EVERY):
            try:
                text = await self._text(actor, row)
            except Erased:
                continue
            if matches := matcher.matches(text):
                yield Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))
            elif person.member is not None and row["member_id"] == person.member:
                yield Found(row["id"], "own translation", excerpt=text[:200])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{queries.EVERY} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        text = await self._text(actor, row)
        return [_part(self.kind, target, text, row["created_at"].isoformat(), wanted)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        of = (actor.tenant_id, target)
        row = await db.fetchrow(f"{queries.EVERY} AND id = $2", *of)
        if row is None:
            return None
        counts = await db.fetchrow(queries.COUNTS, *of)
        return _described(self.kind, target, row["created_at"].isoformat(), 1 + counts["total"])

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_translation(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A translation stands in its rows alone."""

    async def _text(self, actor: Actor, row: Any) -> str:
        of = self._translations.of(actor.tenant_id, row)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.SEGMENTS, actor.tenant_id, of.id, 0, _ALL)
        found = [kept.opened(of, one) for one in rows]
        lines = [f"{s.source}\n{s.target}\n{s.meant}".strip() for s in found]
        return "\n".join([of.about.title, *lines])


async def erase_unit(db: asyncpg.Connection, tenant: UUID, unit: UUID) -> None:
    await db.execute(memory_queries.DELETE, tenant, unit)


async def erase_translation(db: asyncpg.Connection, tenant: UUID, translation: UUID) -> None:
    await db.execute(queries.DELETE, tenant, translation)


def _part(kind: str, target: UUID, text: str, when: str, wanted: Sequence[Wanted]) -> Part:
    text = wanted[0].redactor.redacted(text) + "\n"
    return Part(f"{kind}-{target.hex}.txt", "text/plain", text.encode(), text, {"when": when})


def _described(kind: str, target: UUID, when: str, rows: int) -> Described:
    facts: dict[str, Json] = {"kind": kind, "id": str(target), "made": when, "rows": rows}
    return Described(facts, (target,), (Scope(kind, target.hex),))

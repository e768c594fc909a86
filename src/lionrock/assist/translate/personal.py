"""Translations and the memory as personal data: what names a person in them.

A translation goes with its run too, and both go with the document they were made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.assist.translate import kept, queries
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory import queries as memory_queries
from lionrock.assist.translate.memory.service import Memory
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.row_data import RowData

if TYPE_CHECKING:
    import asyncpg

TRANSLATION: Final = "translation"
UNIT: Final = "memory"
_ALL: Final = 2**31 - 1


class MemoryData(RowData):
    """Units of the memory."""

    kind = UNIT
    every, one = memory_queries.EVERY, f"{memory_queries.EVERY} AND id = $2"
    made = ("made", "accepted_at")

    def __init__(self, database: Database, memory: Memory) -> None:
        super().__init__(database)
        self._memory = memory

    async def text(self, actor: Actor, row: asyncpg.Record) -> str:
        unit = self._memory.opened(actor.tenant_id, row)
        return f"{unit.source}\n{unit.target}"

    async def remove(self, db: asyncpg.Connection, tenant: UUID, target: UUID) -> None:
        await erase_unit(db, tenant, target)


class TranslationData(RowData):
    """Kept translations, as they are now."""

    kind = TRANSLATION
    every, one = queries.EVERY, f"{queries.EVERY} AND id = $2"
    own = "own translation"

    def __init__(self, database: Database, translations: Translations) -> None:
        super().__init__(database)
        self._translations = translations

    async def text(self, actor: Actor, row: asyncpg.Record) -> str:
        of = self._translations.of(actor.tenant_id, row)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.SEGMENTS, actor.tenant_id, of.id, 0, _ALL)
        found = [kept.opened(of, one) for one in rows]
        lines = [f"{s.source}\n{s.target}\n{s.meant}".strip() for s in found]
        return "\n".join([of.about.title, *lines])

    async def below(self, db: asyncpg.Connection, actor: Actor, target: UUID) -> int:
        counts = await db.fetchrow(queries.COUNTS, actor.tenant_id, target)
        return int(counts["total"])

    async def remove(self, db: asyncpg.Connection, tenant: UUID, target: UUID) -> None:
        await erase_translation(db, tenant, target)


async def erase_unit(db: asyncpg.Connection, tenant: UUID, unit: UUID) -> None:
    await db.execute(memory_queries.DELETE, tenant, unit)


async def erase_translation(db: asyncpg.Connection, tenant: UUID, translation: UUID) -> None:
    await db.execute(queries.DELETE, tenant, translation)

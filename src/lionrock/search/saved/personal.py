"""Saved searches as personal data: what a member saved, and what names a person in a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.row_data import RowData
from lionrock.search.saved.service import SavedSearches

if TYPE_CHECKING:
    import asyncpg

KIND: Final = "search"
_SELECT: Final = """
SELECT id, member_id, purpose, body, created_at, seen_at FROM saved_searches WHERE tenant_id = $1
"""
_MATCHES: Final = """
SELECT count(*) FROM saved_search_matches WHERE tenant_id = $1 AND search_id = $2
"""


class SavedSearchData(RowData):
    """Searches whose name or question names the person, and all that the person saved."""

    kind = KIND
    every, one = _SELECT, f"{_SELECT} AND id = $2"
    made = ("saved", "created_at")
    own = "own search"

    def __init__(self, database: Database, saved: SavedSearches) -> None:
        super().__init__(database)
        self._saved = saved

    async def text(self, actor: Actor, row: asyncpg.Record) -> str:
        saved = self._saved.opened(actor.tenant_id, row)
        return f"{saved.name}\n{saved.question}"

    async def below(self, db: asyncpg.Connection, actor: Actor, target: UUID) -> int:
        return int(await db.fetchval(_MATCHES, actor.tenant_id, target))

    async def remove(self, db: asyncpg.Connection, tenant: UUID, target: UUID) -> None:
        await erase_search(db, tenant, target)


async def erase_search(db: asyncpg.Connection, tenant: UUID, search: UUID) -> None:
    """Remove a saved search, with what was new for it."""
    await db.execute("DELETE FROM saved_searches WHERE tenant_id = $1 AND id = $2", tenant, search)

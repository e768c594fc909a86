"""Saved searches as personal data: what a member saved, and what names a person in a question.

A saved search has no key of its own: erased, its row goes and a tombstone stays, by which a database put
back from a backup has it removed again at the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.errors import Erased
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.scanning import around, rows_of
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.search.saved.service import SavedSearches

if TYPE_CHECKING:
    import asyncpg

KIND: Final = "search"
_SELECT: Final = """
SELECT id, member_id, purpose, body, created_at, seen_at FROM saved_searches WHERE tenant_id = $1
"""


class SavedSearchData:
    """A `PersonalDataSource` and an `Eraser`."""

    name = KIND
    kind = KIND

    def __init__(self, database: Database, saved: SavedSearches) -> None:
        self._database, self._saved = database, saved

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Searches whose name or question names the person, and all that the person saved."""
        async for row in rows_of(self._database, actor, _SELECT):
            try:
                text = self._text(actor.tenant_id, row)
            except Erased:
                continue
            if matches := matcher.matches(text):
                yield Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))
            elif person.member is not None and row["member_id"] == person.member:
                yield Found(row["id"], "own search", excerpt=text[:200])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        text = wanted[0].redactor.redacted(self._text(actor.tenant_id, row)) + "\n"
        about = {"when": row["created_at"].isoformat()}
        return [Part(f"search-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            "SELECT created_at, (SELECT count(*) FROM saved_search_matches m"
            " WHERE (m.tenant_id, m.search_id) = (s.tenant_id, s.id)) AS matches"
            " FROM saved_searches s WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "saved": row["created_at"].isoformat(),
            "rows": 1 + row["matches"],
        }  # fmt: skip
        return Described(facts, (target,), (Scope(KIND, target.hex),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_search(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A saved search stands in its rows alone."""

    def _text(self, tenant: UUID, row: asyncpg.Record) -> str:
        saved = self._saved.opened(tenant, row)
        return f"{saved.name}\n{saved.question}"


async def erase_search(db: asyncpg.Connection, tenant: UUID, search: UUID) -> None:
    """Remove a saved search, with what was new for it."""
    await db.execute("DELETE FROM saved_searches WHERE tenant_id = $1 AND id = $2", tenant, search)

"""Personal data in things that stand in rows alone, without a key of their own: found, copied, erased.

Erased, a thing's rows go and a tombstone stays, by which a database put back from a backup has them
removed again at the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

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


class RowData:
    """A `PersonalDataSource` and an `Eraser`. A room says which rows, and opens them."""

    kind: str
    every: ClassVar[str]
    """The query of all of them, $1 the tenant; `one`: of the one that is $2."""
    one: ClassVar[str]
    made: ClassVar[tuple[str, str]] = ("made", "created_at")
    """What an erasure's facts call the time it was made, and its column."""
    own: ClassVar[str] = ""
    """What is found of one that the person made; "" where rows have no maker."""

    def __init__(self, database: Database) -> None:
        self._database, self.name = database, self.kind

    async def text(self, actor: Actor, row: asyncpg.Record) -> str:
        """The words of it. `Erased` where their key is gone."""
        raise NotImplementedError

    async def remove(self, db: asyncpg.Connection, tenant: UUID, target: UUID) -> None:
        raise NotImplementedError

    async def below(self, db: asyncpg.Connection, actor: Actor, target: UUID) -> int:
        """How many rows go with its own."""
        return 0

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Those that name the person, and those that the person made."""
        async for row in rows_of(self._database, actor, self.every):
            try:
                text = await self.text(actor, row)
            except Erased:
                continue
            if matches := matcher.matches(text):
                yield Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))
            elif self.own and person.member is not None and row["member_id"] == person.member:
                yield Found(row["id"], self.own, excerpt=text[:200])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(self.one, actor.tenant_id, target)
        if row is None:
            return []
        text = wanted[0].redactor.redacted(await self.text(actor, row)) + "\n"
        about = {"when": row[self.made[1]].isoformat()}
        return [Part(f"{self.kind}-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(self.one, actor.tenant_id, target)
        if row is None:
            return None
        called, column = self.made
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), called: row[column].isoformat(),
            "rows": 1 + await self.below(db, actor, target),
        }  # fmt: skip
        return Described(facts, (target,), (Scope(self.kind, target.hex),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await self.remove(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """It stands in its rows alone."""

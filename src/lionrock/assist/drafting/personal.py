"""Templates as personal data: versions of a tenant's own that name a person.

A version has no key of its own: erased, its row goes and a tombstone stays, by which a database put back
from a backup has it removed again at the next start. Fields of a draft are kept with its run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.assist.drafting import queries
from lionrock.assist.drafting.service import TemplateService
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

KIND: Final = "template"


class TemplateData:
    """A `PersonalDataSource` and an `Eraser`."""

    name = KIND
    kind = KIND

    def __init__(self, database: Database, templates: TemplateService) -> None:
        self._database, self._templates = database, templates

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Versions that name the person."""
        async for row in rows_of(self._database, actor, queries.EVERY):
            try:
                text = self._text(actor, row)
            except Erased:
                continue
            if matches := matcher.matches(text):
                yield Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{queries.EVERY} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        text = wanted[0].redactor.redacted(self._text(actor, row)) + "\n"
        about = {"when": row["added_at"].isoformat()}
        return [Part(f"{KIND}-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(f"{queries.EVERY} AND id = $2", actor.tenant_id, target)
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": KIND, "id": str(target), "added": row["added_at"].isoformat(), "rows": 1,
        }  # fmt: skip
        return Described(facts, (target,), (Scope(KIND, target.hex),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_template(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A version stands in its row alone."""

    def _text(self, actor: Actor, row: Any) -> str:
        return self._templates.opened(actor.tenant_id, row)


async def erase_template(db: asyncpg.Connection, tenant: UUID, version: UUID) -> None:
    """Remove a version of a template."""
    await db.execute(queries.ERASE, tenant, version)

"""Kept screenings of names as personal data: what was asked about a person, when, by whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.keeping import SCREENING_CLASS, shortest, until
from lionrock.kernel.privacy.scanning import rows_of, texts
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.registry.coding import unpack
from lionrock.screening.registry.service import TABLE

if TYPE_CHECKING:
    import asyncpg

_EXCERPT: Final = 300
_SELECT: Final = (
    f"SELECT id, kind, screened_at, content FROM {TABLE} WHERE tenant_id = $1"
    " AND content IS NOT NULL"
)


class ScreeningData:
    name = "screening"
    kind = "screening"

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Screenings whose query names the person."""
        async for row in rows_of(self._database, actor, _SELECT):
            text = "\n".join(texts(self._query(actor.tenant_id, row)))
            matches = matcher.matches(text)
            if matches:
                yield Found(row["id"], matches[0].form, excerpt=text[:_EXCERPT])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """What was screened, others blacked out; of what was found nothing."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        asked = json.dumps(self._query(actor.tenant_id, row), ensure_ascii=False, indent=2)
        text = wanted[0].redactor.redacted(asked) + "\n"
        about = {"what": row["kind"], "when": row["screened_at"].isoformat()}
        return [Part(f"screening-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            f"SELECT kind, screened_at, hits FROM {TABLE} WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "screened": row["kind"],
            "at": row["screened_at"].isoformat(), "hits": row["hits"],
        }  # fmt: skip
        months = await shortest(db, actor.tenant_id, SCREENING_CLASS)
        why = f"Screenings are kept {months} months (class {SCREENING_CLASS})."
        kept = until(why, row["screened_at"], months)
        return Described(facts, (target,), (Scope(self.kind, target.hex),), kept)

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_screening(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A screening stands in its row alone."""

    def _query(self, tenant: UUID, row: asyncpg.Record) -> Any:
        kept = self._vault.key(tenant).open(TABLE, row["id"], "content", row["content"])
        return unpack(kept)["query"]


async def erase_screening(db: asyncpg.Connection, tenant: UUID, screening: UUID) -> None:
    await db.execute(f"DELETE FROM {TABLE} WHERE tenant_id = $1 AND id = $2", tenant, screening)

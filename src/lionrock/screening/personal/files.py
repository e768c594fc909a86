"""Screened files as personal data: the rows that name a person, and the whole file with its results."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.keeping import SCREENING_CLASS, shortest, until
from lionrock.kernel.privacy.scanning import texts
from lionrock.kernel.privacy.sources import Described, Found, Kept, Part, Person, Wanted
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.personal.file_rows import opened
from lionrock.screening.registry.batch_rows import remove

if TYPE_CHECKING:
    import asyncpg

_EXCERPT: Final = 300
_NEXT: Final = """
SELECT batch_id, number, body FROM screening_batch_chunks
WHERE tenant_id = $1 AND (batch_id, number) > ($2, $3) ORDER BY batch_id, number LIMIT 1
"""
_OF: Final = """
SELECT batch_id, number, body FROM screening_batch_chunks WHERE tenant_id = $1 AND batch_id = $2
AND EXISTS (SELECT FROM unnest($3::int[]) wanted WHERE wanted >= first_row AND wanted < first_row + rows)
ORDER BY number
"""


class FileData:
    """`kind` batch. A place is a row: its number stands where a document's page does."""

    name = "batch"
    kind = "batch"

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Rows that name the person. Growth: linear in rows kept; memory: a chunk."""
        tenant, batch, number = actor.tenant_id, UUID(int=0), -1
        while True:
            async with self._database.tenant_session(actor) as db:
                chunk = await db.fetchrow(_NEXT, tenant, batch, number)
            if chunk is None:
                return
            batch, number = chunk["batch_id"], chunk["number"]
            for row in await asyncio.to_thread(opened, self._vault, tenant, chunk, "body"):
                text = "\n".join(texts(row["entity"]))
                matches = matcher.matches(text)
                if matches:
                    yield Found(batch, matches[0].form, page=row["number"], excerpt=text[:_EXCERPT])

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """The person's rows as they were sent in; of hits nothing."""
        numbers = sorted({w.page for w in wanted if w.page is not None})
        async with self._database.tenant_session(actor) as db:
            chunks = await db.fetch(_OF, actor.tenant_id, target, numbers)
        kept = [
            row
            for chunk in chunks
            for row in opened(self._vault, actor.tenant_id, chunk, "body")
            if row["number"] in numbers and row["entity"]
        ]
        if not kept:
            return []
        lines = [f"row {r['number']}: {json.dumps(r['entity'], ensure_ascii=False)}" for r in kept]
        text = wanted[0].redactor.redacted("\n".join(lines)) + "\n"
        return [Part(f"screened-file-{target.hex}.txt", "text/plain", text.encode(), text)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            "SELECT state, sha256, total, hits, created_at, finished_at FROM screening_batches"
            " WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "sha256": (row["sha256"] or b"").hex(),
            "rows": row["total"], "hits": row["hits"], "since": row["created_at"].isoformat(),
        }  # fmt: skip
        months = await shortest(db, actor.tenant_id, SCREENING_CLASS)
        kept = until(
            f"Screened files are kept {months} months (class {SCREENING_CLASS}).",
            row["finished_at"] or row["created_at"], months,
        )  # fmt: skip
        if row["state"] in ("reading", "running"):
            kept = (Kept("The file is being screened: wait for its end, or stop it."),)
        return Described(facts, (target,), (Scope(self.kind, target.hex),), kept)

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await remove(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A screened file stands in rows alone."""

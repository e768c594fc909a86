"""The indexing of new versions, and the tenants' word indexes. Called by the ingest worker."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.documents.ingest import ProgressHook
from lionrock.documents.records import Records, there
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder
from lionrock.search import dense
from lionrock.search.lexical import Entry, LexicalIndex

if TYPE_CHECKING:
    import asyncpg

_EMBED_AT_ONCE = 64

ENTRIES = """
SELECT p.id, p.collection_id, p.heading, p.text, v.document_id FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND p.version_id = $2 ORDER BY p.ordinal
"""

INDEXED = """
SELECT p.version_id, count(*) AS n FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND v.state IN ('indexed', 'ready') GROUP BY 1
"""


class Indexer:
    def __init__(
        self, database: Database, embedder: Embedder | None, directory: Path, vault: Vault
    ) -> None:
        self._database, self._directory, self._vault = database, directory, vault
        self._embedder = embedder
        self._indexes: dict[UUID, LexicalIndex] = {}
        self._opening = asyncio.Lock()
        self._writing = asyncio.Lock()

    async def words(self, actor: Actor) -> LexicalIndex:
        """The tenant's word index, opened or rebuilt at first use."""
        async with self._opening:
            index = self._indexes.get(actor.tenant_id)
            if index is None:
                folder = self._directory / actor.tenant_id.hex / "lexical"
                index = await asyncio.to_thread(LexicalIndex, folder)
                await self._rebuild_if_behind(worker(actor.tenant_id), index)
                self._indexes[actor.tenant_id] = index
            return index

    async def index(self, actor: Actor, version_id: UUID) -> None:
        index = await self.words(actor)
        async with self._writing:
            await asyncio.to_thread(index.add, version_id, await self._entries(actor, version_id))

    async def embed(self, actor: Actor, version_id: UUID, progress: ProgressHook) -> None:
        """Give every sentence of a version its vector, a batch a transaction."""
        if self._embedder is None:
            return
        while True:
            async with self._database.tenant_session(actor) as db:
                rows = await db.fetch(dense.MISSING, actor.tenant_id, version_id, _EMBED_AT_ONCE)
                count = await db.fetchrow(dense.COUNT, actor.tenant_id, version_id)
            await progress(count["done"], count["total"])
            if not rows:
                return
            vectors = await self._embedder.passages(self._texts(actor, rows))
            async with self._database.tenant_session(actor) as db:
                await db.execute(
                    dense.STORE,
                    *(actor.tenant_id, [r["passage_id"] for r in rows], [r["first"] for r in rows]),
                    [dense.literal(v) for v in vectors],
                )

    def _texts(self, actor: Actor, rows: Sequence[asyncpg.Record]) -> list[str]:
        """What is embedded of each sentence; a passage is opened once for all of its own."""
        records, opened, texts = Records(self._vault, actor.tenant_id), dict[UUID, str](), []
        for row in rows:
            passage = row["passage_id"]
            if passage not in opened:
                opened[passage] = records.passage_text(row, "text", passage)
            texts.append(read_as(records.lead(row), opened[passage][row["first"] : row["last"]]))
        return texts

    async def forget(self, actor: Actor, version_ids: Sequence[UUID]) -> None:
        """Take removed versions out of the word index; searches missed them already."""
        index = await self.words(actor)
        async with self._writing:
            for version_id in version_ids:
                await asyncio.to_thread(index.remove, version_id)

    async def purge(self, actor: Actor, version_ids: Sequence[UUID]) -> None:
        """Erase versions from the word index: it is written anew, since the terms of what is only
        forgotten lie in their segment until that is merged. Growth: linear in what stays."""
        async with self._opening, self._writing:
            index = self._indexes.pop(actor.tenant_id, None)
            if index is not None:
                await asyncio.to_thread(index.close)
            folder = self._directory / actor.tenant_id.hex / "lexical"
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await self.words(actor)

    async def close(self) -> None:
        for index in self._indexes.values():
            await asyncio.to_thread(index.close)

    async def _rebuild_if_behind(self, actor: Actor, index: LexicalIndex) -> None:
        """After a crash or a lost directory, what the database says is indexed is indexed again."""
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(INDEXED, actor.tenant_id)
        if sum(r["n"] for r in rows) == len(index):
            return
        await asyncio.to_thread(index.clear)
        for row in rows:
            entries = await self._entries(actor, row["version_id"])
            await asyncio.to_thread(index.add, row["version_id"], entries)

    async def _entries(self, actor: Actor, version_id: UUID) -> list[Entry]:
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(ENTRIES, actor.tenant_id, version_id)
        records = Records(self._vault, actor.tenant_id)

        def entry(row: asyncpg.Record) -> Entry:
            heading, text = (
                records.passage_text(row, column, row["id"]) for column in ("heading", "text")
            )
            return Entry(row["id"], version_id, row["collection_id"], heading, text)

        return list(there(entry, rows))


def read_as(lead: str, text: str) -> str:
    """What is embedded of a sentence: a short one means little without what stands above it."""
    return f"{lead}: {text}" if lead else text

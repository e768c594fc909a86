"""The indexing of new versions, and the tenants' word indexes. Called by the ingest worker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from lionrock.documents.ingest import ProgressHook
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.models.embeddings import Embedder
from lionrock.search import dense
from lionrock.search.lexical import Entry, LexicalIndex

_EMBED_AT_ONCE = 64

ENTRIES = """
SELECT id, collection_id, heading, text FROM passages
WHERE tenant_id = $1 AND version_id = $2 ORDER BY ordinal
"""

INDEXED = """
SELECT p.version_id, count(*) AS n FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND v.state IN ('indexed', 'ready') GROUP BY 1
"""


class Indexer:
    def __init__(self, database: Database, embedder: Embedder | None, directory: Path) -> None:
        self._database, self._directory = database, directory
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
            vectors = await self._embedder.passages([read_as(r["lead"], r["text"]) for r in rows])
            async with self._database.tenant_session(actor) as db:
                await db.execute(
                    dense.STORE,
                    *(actor.tenant_id, [r["passage_id"] for r in rows], [r["first"] for r in rows]),
                    [dense.literal(v) for v in vectors],
                )

    async def forget(self, actor: Actor, version_ids: Sequence[UUID]) -> None:
        """Take removed versions out of the word index; searches missed them already."""
        index = await self.words(actor)
        async with self._writing:
            for version_id in version_ids:
                await asyncio.to_thread(index.remove, version_id)

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
        return [
            Entry(r["id"], version_id, r["collection_id"], r["heading"], r["text"]) for r in rows
        ]


def read_as(lead: str, text: str) -> str:
    """What is embedded of a sentence: a short one means little without what stands above it."""
    return f"{lead}: {text}" if lead else text

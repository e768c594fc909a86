"""The indexing of new versions: their vectors in the database, and what each process keeps beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.documents.ingest import ProgressHook
from lionrock.documents.records import Records
from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder
from lionrock.search import dense
from lionrock.search.filters import Scope
from lionrock.search.lexical import LexicalIndex
from lionrock.search.library import Library

log = logging.getLogger(__name__)
_EMBED_AT_ONCE: Final = 64
_EVERY: Final = 5.0
"""Seconds between two looks at the database of a process that nobody searches with."""


class Indexer:
    def __init__(
        self, database: Database, embedder: Embedder | None, directory: Path, vault: Vault
    ) -> None:
        self._database, self._directory, self._vault = database, directory, vault
        self._embedder = embedder
        self._open: dict[UUID, Library] = {}
        self._opening = asyncio.Lock()

    async def library(self, tenant: UUID) -> Library:
        """The tenant's indexes in this process, opened at first use, up to date with the database."""
        async with self._opening:
            library = self._open.get(tenant)
            if library is None:
                model = self._embedder.name if self._embedder else None
                library = await Library.open(
                    tenant, self._database, self._vault, self._directory, model
                )
                self._open[tenant] = library
        await library.catch_up()
        return library

    async def words(self, actor: Actor) -> LexicalIndex:
        """The tenant's word index, as new as the last commit."""
        return (await self.library(actor.tenant_id)).words

    async def reach(self, actor: Actor, query: dense.Query, scope: Scope) -> dense.Reach | None:
        """Where the nearest sentences are to be looked for; None: among all of the tenant's."""
        library = self._open.get(actor.tenant_id)
        if library is None or not library.near.segments:
            return None
        nearest = library.near.nearest
        tail = list(library.tail)  # before the files: what moves into one meanwhile is in either
        english, other = await asyncio.gather(
            *(
                asyncio.to_thread(nearest, query.centred, dense.COMPARED, scope, chinese=side)
                for side in (False, True)
            )
        )
        return dense.Reach(english[0] + other[0], english[1] + other[1], tail)

    async def index(self, actor: Actor, version_id: UUID) -> None:
        """Nothing is to be done: each process that searches indexes the version once the database
        says that it may be found."""

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
        """Take removed versions out of the indexes open here; searches missed them already."""
        if actor.tenant_id in self._open:
            await self.library(actor.tenant_id)

    async def purge(self, actor: Actor, version_ids: Sequence[UUID]) -> None:
        """Erase versions from this process's indexes, see `Library.purge`."""
        await (await self.library(actor.tenant_id)).purge(version_ids)

    async def run(self) -> None:
        """Keep what is open up with the database until cancelled, so that a search has little to
        wait for and what was erased on another machine does not stay on this one."""
        for tenant in await self._database.tenants():
            if (self._directory / tenant.hex).is_dir():
                await self._followed(tenant)
        while True:
            await asyncio.sleep(_EVERY)
            for tenant in list(self._open):
                await self._followed(tenant)

    async def _followed(self, tenant: UUID) -> None:
        try:
            await self.library(tenant)
        except (LionrockError, OSError, asyncpg.PostgresError) as error:
            log.warning("the indexes of %s are behind: %s", tenant, type(error).__name__)

    async def close(self) -> None:
        for library in self._open.values():
            await library.close()
        self._open.clear()


def read_as(lead: str, text: str) -> str:
    """What is embedded of a sentence: a short one means little without what stands above it."""
    return f"{lead}: {text}" if lead else text

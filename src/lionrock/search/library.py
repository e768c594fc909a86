"""One tenant's indexes in this process, and how they keep up with the database.

Both are caches. Which versions each holds is compared with which versions the database says may be
found; what is behind is read from it, whoever wrote it there, and what is gone is taken out.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.documents.records import Records, there
from lionrock.errors import LionrockError
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.tasks import stop
from lionrock.kernel.vault.service import Vault
from lionrock.search import reading
from lionrock.search.changes import Changes, Live
from lionrock.search.claims import Claim
from lionrock.search.lexical import Entry, LexicalIndex
from lionrock.search.neighbours import Neighbours, missing

log = logging.getLogger(__name__)
TAIL: Final = 20_000
"""Sentences that are rather compared in the database, all of them, than kept in a file: 30 ms."""
_AT_ONCE: Final = 50_000
"""Sentences read at a time."""
_PASSAGES: Final = 2_000
"""Passages in a commit of the word index, if there are so many waiting."""

ENTRIES: Final = """
SELECT p.id, p.version_id, p.collection_id, p.language, p.heading, p.text, v.document_id
FROM passages p JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND p.version_id = $2 ORDER BY p.ordinal
"""


class Library:
    """Opened by `open`; `words` and `near` are as new as the last `catch_up`."""

    def __init__(
        self, tenant: UUID, database: Database, vault: Vault, claim: Claim, model: str | None
    ) -> None:
        self._actor, self._database, self._vault = worker(tenant), database, vault
        self._claim, self._model = claim, model
        self.words = LexicalIndex(claim.folder / "words")
        self.near = Neighbours(claim.folder / "vectors", model)
        self.tail: list[UUID] = []
        """Versions whose sentences are compared in the database."""
        self._changes, self._behind = Changes(), True
        self._busy, self._adding = asyncio.Lock(), asyncio.Lock()
        self._unsorted = True
        self._upkeep: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, tenant: UUID, database: Database, vault: Vault, directory: Path, model: str | None
    ) -> Library:
        def opened() -> Library:
            return cls(tenant, database, vault, Claim(directory / tenant.hex), model)

        return await asyncio.to_thread(opened)

    async def catch_up(self) -> None:
        """Returns when what is committed now is found by its words, and what is gone is not.

        One small query when nothing happened.
        """
        async with self._busy:
            async with self._database.tenant_session(self._actor) as db:
                # Set before it is done: a call that is cancelled half way leaves it set.
                self._behind |= await self._changes.follow(db, self._actor.tenant_id)
            if self._behind:
                await self._words()
                await self._vectors()
                self._behind = False
        idle = self._upkeep is None or self._upkeep.done()
        if self._model is not None and self.tail and self._unsorted and idle:
            self._upkeep = asyncio.create_task(self._keep_up())

    async def _words(self) -> None:
        live = {v: one.edition for v, one in self._changes.live.items()}
        gone = [v for v in self.words.editions if v not in live]
        if gone:
            await asyncio.to_thread(self.words.remove, *gone)
        ready: list[tuple[UUID, int, list[Entry]]] = []
        for version in missing(live, self.words.editions):
            with suppress(LionrockError):
                ready.append((version, live[version], await self._entries(version)))
            if sum(len(entries) for _, _, entries in ready) >= _PASSAGES:
                await asyncio.to_thread(self.words.add_all, ready)
                ready = []
        if ready:
            await asyncio.to_thread(self.words.add_all, ready)

    async def _entries(self, version: UUID) -> list[Entry]:
        async with self._database.tenant_session(self._actor) as db:
            rows = await db.fetch(ENTRIES, self._actor.tenant_id, version)
        try:
            return await asyncio.to_thread(self._opened, rows)
        except LionrockError as error:
            log.error("version %s cannot be indexed: %s", version, error.detail)
            raise

    def _opened(self, rows: Sequence[asyncpg.Record]) -> list[Entry]:
        records = Records(self._vault, self._actor.tenant_id)

        def entry(row: asyncpg.Record) -> Entry:
            heading, text = (
                records.passage_text(row, column, row["id"]) for column in ("heading", "text")
            )
            return Entry(
                row["id"], row["version_id"], row["collection_id"], heading, text, row["language"]
            )

        return list(there(entry, rows))

    async def _vectors(self) -> None:
        """Take out what is gone, overwriting it; what is new is compared in the database for now."""
        live = {v: one.edition for v, one in self._changes.live.items()}
        held = self.near.editions
        gone = [v for v, edition in held.items() if live.get(v) != edition]
        if gone:
            await asyncio.to_thread(self.near.erase, gone)
        self.tail, self._unsorted = missing(live, held), True

    async def _keep_up(self) -> None:
        """Move the tail into a file once it is long."""
        try:
            self._unsorted = False
            live = dict(self._changes.live)
            waiting = [v for v in self.tail if v in live and live[v].ready]
            async with self._database.tenant_session(self._actor) as db:
                sizes = await reading.sizes(db, self._actor.tenant_id, waiting)
            if sum(sizes.values()) < TAIL:
                return
            for versions in _parts(sizes):
                await self._move(versions, live)
            self._unsorted = False
        except (LionrockError, OSError, asyncpg.PostgresError, ValueError):
            log.exception("the vectors' files could not be brought up to date")

    async def _move(self, versions: Sequence[UUID], live: Mapping[UUID, Live]) -> None:
        """Out of the tail, into a file."""
        async with self._adding:
            async with self._database.tenant_session(self._actor) as db:
                data = await reading.copied(db, self._actor.tenant_id, versions)
            batch = await asyncio.to_thread(reading.batch, data, live)
            if batch is None:
                return
            await asyncio.to_thread(self.near.add, batch)
            async with self._busy:
                await self._vectors()  # what went since it was read goes out again

    async def kept_up(self) -> None:
        """Wait for what `catch_up` left to do beside."""
        while self._upkeep is not None and not self._upkeep.done():
            await asyncio.wait({self._upkeep})

    async def purge(self, versions: Sequence[UUID]) -> None:
        """Erase versions so that not a term nor a bit of them is left in any file.

        The word index is written anew, since the terms of what is only removed lie in their segment
        until that is merged. Growth: linear in what stays.
        """
        async with self._adding, self._busy:
            await asyncio.to_thread(self.near.erase, versions)
            await asyncio.to_thread(self.words.close)
            folder = self._claim.folder / "words"
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            self.words = await asyncio.to_thread(LexicalIndex, folder)
            self._behind = True
        await self.catch_up()

    async def close(self) -> None:
        if self._upkeep is not None:
            await stop(self._upkeep)
        async with self._busy:
            await asyncio.to_thread(self.words.close)
            self._claim.release()


def _parts(sizes: dict[UUID, int]) -> list[list[UUID]]:
    """Versions in groups of `_AT_ONCE` sentences."""
    parts: list[list[UUID]] = [[]]
    room = _AT_ONCE
    for version, size in sizes.items():
        if size > room and parts[-1]:
            parts.append([])
            room = _AT_ONCE
        parts[-1].append(version)
        room -= size
    return parts

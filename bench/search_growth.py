"""Search as a library grows: time, recall, memory and disk at 10k, 100k and 1M passages.

    python bench/search_growth.py [--sizes 10000,100000,1000000] [--quick]

An embedded PostgreSQL of its own, thrown away at the end (10 GB at 1M); rows made by `growing.py`.
1M takes about 40 minutes of one core; --quick stops at 100k. Times are taken from a call of
`SearchService.passages` to its end: what the actor may read, words, meaning, the rows of the hits
opened. Beside wall time stands processor time of this process and of PostgreSQL together, which a
busy machine does not change as much.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import asyncpg

from common import figure, median, percentile
from growing import SENTENCES, Grower, Seeds, long_questions, seeds
from growing_measures import Known, disk, processor, resident
from lionrock.documents.files import Files
from lionrock.documents.language import detect
from lionrock.documents.records import Records
from lionrock.documents.service import DocumentService
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.vault.service import Vault
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.search import dense
from lionrock.search.centring import means_of
from lionrock.search.dense import Query
from lionrock.search.filters import EVERYTHING, Filters, resolve
from lionrock.search.service import SearchService
from lionrock.settings import Settings

PASSWORD = "0" * 64
ROUNDS = 120
EXACT = 16
"""Questions whose nearest are compared with an exact scan."""
DEPTH = 100


class Bench:
    def __init__(self, folder: Path, database: Database, admin: str, actor: Actor) -> None:
        self.folder, self.database, self.admin, self.actor = folder, database, admin, actor
        self.vault = Vault.open(folder / "keys")
        self.documents = DocumentService(
            database, Files(folder / "files", 1_000_000, self.vault), self.vault
        )
        self.figures: dict[str, float] = {}

    def service(self, embedder: Any) -> SearchService:
        return SearchService(
            self.database, self.documents, embedder, self.folder / "indexes", self.vault
        )

    async def timed(self, what: str, ask: Callable[[int], Awaitable[Any]], rounds: int) -> float:
        """p95 in ms; prints p50 and p95 and processor time a call."""
        for n in range(5):
            await ask(n)
        times, before = [], processor(self.folder)
        for n in range(rounds):
            started = time.perf_counter()
            await ask(n)
            times.append(1000 * (time.perf_counter() - started))
        used = 1000 * (processor(self.folder) - before) / rounds
        print(
            f"  {what:<46} p50 {median(times):6.0f}  p95 {percentile(times, 0.95):6.0f}"
            f"  processor {used:5.0f} ms",
            flush=True,
        )
        return percentile(times, 0.95)

    async def once(self, what: str, work: Callable[[], Awaitable[Any]]) -> Any:
        started, before = time.perf_counter(), processor(self.folder)
        result = await work()
        print(
            f"  {what:<46} {time.perf_counter() - started:8.2f} s,"
            f" processor {processor(self.folder) - before:8.2f} s",
            flush=True,
        )
        return result

    async def size(self, search: SearchService, made: Seeds, grower: Grower, name: str) -> None:
        """All that is measured at one size."""
        library = await self.once(
            "word index brought up to date", lambda: search.indexer.library(self.actor.tenant_id)
        )
        await self.once("small vectors brought up to date", library.kept_up)
        own, mapped = resident()
        folder = self.folder / "indexes"
        parts = {p: sum(disk(f) for f in folder.rglob(p)) for p in ("words", "vectors")}
        admin = await asyncpg.connect(self.admin)
        size = await admin.fetchval("SELECT pg_database_size(current_database())") / 1e6
        print(
            f"  {len(library.words)} passages, {len(library.near)} sentences in files, "
            f"{len(library.tail)} versions in the tail; memory {own:.0f} MB own and {mapped:.0f} MB "
            f"of files; disk: words {parts['words']:.0f}, vectors {parts['vectors']:.0f}, "
            f"database {size:.0f} MB"
        )
        await self.kinds(search, made, grower, name)
        await self.recall(search, made, grower, name)
        await self.changes(search, made, grower, name, admin)
        await admin.close()

    async def kinds(self, search: SearchService, made: Seeds, grower: Grower, name: str) -> None:
        asked = made.asked
        ask = search.passages
        filters = {
            "one collection of ten": Filters(collections=(grower.collections[0],)),
            "Chinese passages only": Filters(languages=("zh-Hant",)),
            "of one media type (all versions named)": Filters(media_types=("application/pdf",)),
        }
        self.figures[f"search_p95_ms_{name}"] = await self.timed(
            "words, meaning, rows of the hits",
            lambda n: ask(self.actor, asked[n % len(asked)]), ROUNDS,
        )  # fmt: skip
        for what, within in filters.items():
            await self.timed(what, partial(self._filtered, search, asked, within), 40)
        long = list(long_questions(made, 20))
        await self.timed("more than 64 terms", lambda n: ask(self.actor, long[n % 20]), 40)

        async def two(n: int) -> None:
            await asyncio.gather(*(ask(self.actor, asked[(n + m) % len(asked)]) for m in (0, 80)))

        await self.timed("two at a time, both", two, 40)
        index = await search.indexer.words(self.actor)
        words = [(await search.find(self.actor, q)).english for q in asked[:40]]
        await self.timed(
            "words alone",
            lambda n: asyncio.to_thread(index.search, list(words[n % 40]) or ["fee"], 50), 40,
        )  # fmt: skip

    async def _filtered(
        self, search: SearchService, asked: list[str], within: Filters, n: int
    ) -> object:
        return await search.passages(self.actor, asked[n % len(asked)], filters=within)

    async def recall(self, search: SearchService, made: Seeds, grower: Grower, name: str) -> None:
        """Of the 100 nearest of each language by an exact scan, how many `nearest` brings."""
        assert search.embedder is not None
        means = means_of(search.embedder.name, 384)
        one = Filters(collections=(grower.collections[0],))
        for what, filters in (("", EVERYTHING), ("_one_collection", one)):
            shares, times = [], []
            for n in range(EXACT):
                at = n * len(made.asked) // EXACT
                chinese = detect(made.asked[at]) != "en"
                query = Query.of(made.asked_vectors[at], means, chinese=chinese)
                found = []
                async with self.database.tenant_session(self.actor) as db:
                    scope = await resolve(db, self.actor, filters)
                    reach = await search.indexer.reach(self.actor, query, scope)
                    for way in (reach, None):
                        started = time.perf_counter()
                        near = await dense.nearest(
                            db, self.actor.tenant_id, query, DEPTH, scope,
                            Records(self.vault, self.actor.tenant_id), way,
                        )  # fmt: skip
                        found.append({(s.passage_id, s.start) for s in near})
                        times.append(1000 * (time.perf_counter() - started))
                shares.append(len(found[0] & found[1]) / max(1, len(found[1])))
            mean = sum(shares) / len(shares)
            print(
                f"  recall at {DEPTH}{what.replace('_', ' ')}: mean {mean:.4f}, worst {min(shares):.3f};"
                f" exact scan {median(times[1::2]):.0f} ms, rescoring {median(times[::2]):.0f} ms"
            )
            self.figures[f"search_recall{what}_{name}"] = mean

    async def changes(
        self, search: SearchService, made: Seeds, grower: Grower, name: str, admin: Any
    ) -> None:
        before = grower.passages
        await grower.grow(before + 20)
        await self.once(
            "the next search after a document of 20 passages",
            lambda: search.passages(self.actor, made.asked[0]),
        )
        hit = (await search.passages(self.actor, made.asked[1]))[0].passage
        await self.once(
            "a document of 250 passages is removed",
            lambda: self.documents.remove(self.actor, hit.document_id),
        )
        found = await self.once(
            "the next search", lambda: search.passages(self.actor, made.asked[1], limit=50)
        )
        assert all(h.passage.document_id != hit.document_id for h in found)
        self.figures[f"search_deleted_found_{name}"] = 0
        grower.passages -= 250
        started = time.perf_counter()
        await admin.fetchval("SELECT count(*) FROM lionrock.passages")
        print(
            f"  (count(*) of the passages, as before at each start: {time.perf_counter() - started:.2f} s)"
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--quick", action="store_true", help="not above 100,000 passages")
    arguments = parser.parse_args()
    sizes = [int(s) for s in arguments.sizes.split(",")]
    sizes = [s for s in sizes if not arguments.quick or s <= 100_000]
    settings = Settings()
    embedder = LocalEmbedder(store(settings).path(Catalogue.load().get("multilingual-e5-small")))
    made = await seeds(embedder)
    print(f"{len(made.texts[0])} English and {len(made.texts[1])} Chinese sentences to grow from")
    folder = Path(mkdtemp(prefix="lionrock-growth-", dir=os.environ.get("TMPDIR", "/tmp")))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres", PASSWORD)
    try:
        admin = server.start()
        await prepare(admin, PASSWORD, PASSWORD)
        database = await Database.open(
            f"postgresql://{RUNTIME}:{PASSWORD}@{admin.rpartition('@')[2]}"
        )
        tenant = uuid4()
        await database.register_tenant(tenant)
        member = await identity.furnish(database, tenant)
        roles = frozenset({Role.ADMINISTRATOR})
        actor = Actor(tenant, member, ActorKind.MEMBER, roles, "general", "Bench")
        bench = Bench(folder, database, admin, actor)
        grower = Grower(admin, database, bench.vault, actor, made)
        await grower.prepare()
        for size in sizes:
            await one_size(bench, grower, made, embedder, size)
        await database.close()
        print()
        for name, value in bench.figures.items():
            figure(name, value)
    finally:
        server.stop()
        await embedder.close()
        shutil.rmtree(folder, ignore_errors=True)


async def one_size(
    bench: Bench, grower: Grower, made: Seeds, embedder: LocalEmbedder, size: int
) -> None:
    name = f"{size // 1_000_000}m" if size >= 1_000_000 else f"{size // 1000}k"
    actor = bench.actor
    load = os.getloadavg()[0]
    print(f"\n{size} passages, {SENTENCES * size} sentences; load {load:.1f}", flush=True)
    await bench.once("rows made, sealed and written", lambda: grower.grow(size))
    search = bench.service(Known(embedder.name, made))
    await bench.size(search, made, grower, name)
    await search.close()
    again = bench.service(embedder)
    await bench.once("opened again, first search", lambda: again.passages(actor, "fee"))
    bench.figures[f"search_embedding_p95_ms_{name}"] = await bench.timed(
        "with the question's embedding",
        lambda n: again.passages(actor, made.asked[n % len(made.asked)]), 60,
    )  # fmt: skip
    await again.close()


if __name__ == "__main__":
    asyncio.run(main())

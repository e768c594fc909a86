"""A library of any size that behaves like text, for `search_growth.py`.

Vectors: real ones (the samples, and Taiwan's bilingual laws where the data sets are), each mixed with
one of its nearest and with any other, and moved along the directions in which real ones differ. The
shares are those at which 3,000 made so lie to the questions, and to each other, as the 3,000 real
ones do (similarity of the nearest, the tenth and the hundredth; of nearest neighbours; effective
dimensions). Text: windows of five words, or seven characters, out of real sentences.

Rows are sealed with each document's key as the product seals them, and written by binary COPY with
foreign keys and triggers off; versions are inserted as the product inserts them.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import numpy as np

from common import ROOT, questions
from language_means import sentences
from lionrock.documents.records import Records, row_name
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import LocalEmbedder

KEPT = ROOT / ".cache" / "bench" / "growth.npz"
PAIRS = 2600
PASSAGES = 250
"""Of a document."""
SENTENCES = 2
"""Of a passage."""
COLLECTIONS = 10
_COPY = np.dtype(
    [
        ("fields", ">i2"), ("l1", ">i4"), ("tenant_id", "V16"), ("l2", ">i4"), ("passage_id", "V16"),
        ("l3", ">i4"), ("first", ">i4"), ("l4", ">i4"), ("last", ">i4"), ("l5", ">i4"),
        ("version_id", "V16"), ("l6", ">i4"), ("collection_id", "V16"), ("l7", ">i4"),
        ("chinese", "u1"), ("l8", ">i4"), ("lead", "V37"), ("l9", ">i4"), ("dimension", ">i2"),
        ("unused", ">i2"), ("vector", ">f2", (384,)),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Seeds:
    """Texts and vectors of real sentences by side (English, Chinese), and the questions'."""

    texts: tuple[list[str], list[str]]
    vectors: tuple[Any, Any]
    asked: list[str]
    asked_vectors: Any


async def seeds(embedder: LocalEmbedder) -> Seeds:
    """Embedded once (some minutes), then kept in .cache/bench."""
    asked = [q["question"] for q in questions("dev.jsonl")]
    if KEPT.exists():
        kept = np.load(KEPT)
        texts = (kept["en_texts"].tolist(), kept["zh_texts"].tolist())
        if len(kept["asked"]) == len(asked):
            return Seeds(texts, (kept["en"], kept["zh"]), asked, kept["asked"])
    texts = await _texts()
    en, zh = [await embedder.passages(side) for side in texts]
    asked_vectors = await embedder.queries(asked)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    np.savez(KEPT, en=en, zh=zh, asked=asked_vectors, en_texts=texts[0], zh_texts=texts[1])
    return Seeds(texts, (en, zh), asked, asked_vectors)


async def _texts() -> tuple[list[str], list[str]]:
    said = await sentences()
    texts = (list(said["en"]), list(said["zh"]))
    law = ROOT.parent / "shared" / "data" / "tw_law" / "tw_fin_law_bilingual.jsonl.gz"
    if not law.exists():
        print("Without the data sets: vectors grow from the samples alone.")
        return texts
    with gzip.open(law, "rt", encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    random.Random(5).shuffle(pairs)
    texts[0].extend(p["en"][:240] for p in pairs[:PAIRS] if p["en"])
    texts[1].extend(p["zh"][:80] for p in pairs[:PAIRS] if p["zh"])
    return texts


class Maker:
    """Vectors and words of one side."""

    def __init__(self, vectors: Any, texts: list[str], *, chinese: bool) -> None:
        self._seeds = vectors.astype(np.float32)
        near = self._seeds @ self._seeds.T
        np.fill_diagonal(near, -1)
        self._near = np.argpartition(-near, 12, axis=1)[:, :12]
        apart = self._seeds - self._seeds.mean(axis=0)
        _, sizes, self._ways = np.linalg.svd(apart, full_matrices=False)
        self._spread = (sizes / np.sqrt(len(apart))).astype(np.float32)
        self._words = [list(t) if chinese else t.split() for t in texts]
        self._between, self._window = ("", 7) if chinese else (" ", 5)

    def vectors(self, count: int, chance: np.random.Generator) -> Any:
        size = len(self._seeds)
        one = chance.integers(0, size, count)
        like = self._near[one, chance.integers(0, 12, count)]
        t, u, noise = (
            chance.uniform(low, high, (count, 1)).astype(np.float32)
            for low, high in ((0.0, 0.5), (0.0, 0.1), (0.3, 0.7))
        )
        mixed = self._seeds[one] * (1 - t - u) + self._seeds[like] * t
        mixed += self._seeds[chance.integers(0, size, count)] * u
        moved = chance.standard_normal((count, len(self._spread)), dtype=np.float32)
        mixed += (moved * self._spread * noise) @ self._ways
        return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)

    def sentence(self, chance: random.Random) -> str:
        parts = []
        for _ in range(4):
            words = chance.choice(self._words)
            at = chance.randrange(max(1, len(words) - self._window))
            parts += words[at : at + self._window]
        return self._between.join(parts) + ("。" if not self._between else ".")


class Grower:
    """Adds whole documents to one tenant's library."""

    def __init__(
        self, admin: str, database: Database, vault: Vault, actor: Actor, made: Seeds
    ) -> None:
        self._admin, self._database, self._vault, self._actor = admin, database, vault, actor
        self._makers = [Maker(made.vectors[n], made.texts[n], chinese=bool(n)) for n in (0, 1)]
        self._random, self._chance = random.Random(7), np.random.default_rng(7)
        self.collections = [uuid4() for _ in range(COLLECTIONS)]
        self.passages = 0

    async def prepare(self) -> None:
        async with self._database.tenant_session(self._actor) as db:
            for n, collection in enumerate(self.collections):
                await db.execute(
                    "INSERT INTO collections (tenant_id, id, name) VALUES ($1, $2, $3)",
                    *(self._actor.tenant_id, collection, f"collection {n}"),
                )

    async def grow(self, passages: int) -> None:
        """Up to `passages` of them in all."""
        db = await asyncpg.connect(self._admin)
        await db.execute("SET search_path = lionrock, public")
        while self.passages < passages:
            await self._document(db, min(PASSAGES, passages - self.passages))
        await db.execute("ANALYZE versions, passages, sentences")
        await db.close()

    async def _document(self, db: asyncpg.Connection, count: int) -> None:
        document, version = uuid4(), uuid4()
        rows, copy = await asyncio.to_thread(self._made, document, version, count)
        # A document is in one language, every fifth in both: see `_made`.
        async with db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            await db.copy_records_to_table(
                "passages", schema_name="lionrock", records=rows, columns=_PASSAGE
            )

            async def source() -> AsyncIterator[bytes]:
                yield copy

            columns = [n for n in _COPY.names or () if n[0] != "l" or n in ("last", "lead")]
            columns = [n for n in columns if n not in ("fields", "dimension", "unused", "vector")]
            await db.copy_to_table(
                "sentences", schema_name="lionrock", source=source(), format="binary",
                columns=[*columns, "embedding"],
            )  # fmt: skip
        tenant = self._actor.tenant_id
        key = Records(self._vault, tenant).key(document)
        name = key.seal_text("documents", document, "name", f"document {self.passages}")
        collection = rows[0][3]
        async with self._database.tenant_session(self._actor) as session:
            await session.execute(
                "INSERT INTO documents (tenant_id, id, collection_id, name, added_by)"
                " VALUES ($1, $2, $3, $4, $5)",
                *(tenant, document, collection, name, self._actor.id),
            )
            await session.execute(
                "INSERT INTO versions (tenant_id, id, document_id, collection_id, sha256, bytes,"
                " state, media_type) VALUES ($1, $2, $3, $4, $5, 1, 'ready', 'application/pdf')",
                *(tenant, version, document, collection, uuid4().bytes * 2),
            )
        self.passages += count

    def _made(self, document: UUID, version: UUID, count: int) -> tuple[list[Any], bytes]:
        tenant, collection = self._actor.tenant_id, self._random.choice(self.collections)
        key = self._vault.make(tenant, scopes.document(document))
        bilingual, other = self._random.random() < 0.2, self._random.random() < 0.5
        sides = [other ^ (bilingual and bool(n % 2)) for n in range(count)]
        rows: list[Any] = []
        copy = np.zeros(count * SENTENCES, _COPY)
        at = 0
        for n, chinese in enumerate(sides):
            passage, said, text = uuid4(), [], ""
            for _ in range(SENTENCES):
                said.append((len(text), self._makers[chinese].sentence(self._random)))
                text += said[-1][1] + " "
            rows.append(
                (tenant, passage, version, collection, n, "paragraph")
                + tuple(key.seal_text("passages", passage, c, "") for c in ("number", "heading"))
                + ("zh-Hant" if chinese else "en",)
                + (key.seal_text("passages", passage, "text", text), [1, 0, len(text)])
            )
            for first, sentence in said:
                row = copy[at]
                row["passage_id"] = np.void(passage.bytes)
                row["first"], row["last"] = first, first + len(sentence)
                row["chinese"] = chinese
                where = row_name(passage, first)
                row["lead"] = np.void(key.seal_text("sentences", where, "lead", ""))
                at += 1
        self._constants(copy, tenant, version, collection)
        chinese_rows = copy["chinese"] == 1
        for side in (False, True):
            here = np.flatnonzero(chinese_rows == side)
            if len(here):
                copy["vector"][here] = self._makers[side].vectors(len(here), self._chance)
        return rows, _framed(copy)

    def _constants(self, copy: Any, tenant: UUID, version: UUID, collection: UUID) -> None:
        copy["fields"], copy["dimension"] = 9, 384
        copy["tenant_id"] = np.void(tenant.bytes)
        copy["version_id"], copy["collection_id"] = (
            np.void(version.bytes),
            np.void(collection.bytes),
        )
        for n, length in enumerate((16, 16, 4, 4, 16, 16, 1, 37, 772), 1):
            copy[f"l{n}"] = length


_PASSAGE = [
    "tenant_id", "id", "version_id", "collection_id", "ordinal", "kind", "number", "heading",
    "language", "text", "slices",
]  # fmt: skip


def _framed(copy: np.ndarray[Any, Any]) -> bytes:
    """PostgreSQL's binary COPY: signature, flags, no extension; rows; the end."""
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + copy.tobytes() + b"\xff\xff"


def long_questions(made: Seeds, count: int) -> Iterator[str]:
    """Of more than 64 terms each: several real sentences."""
    chance = random.Random(11)
    for n in range(count):
        yield " ".join(chance.choice(made.texts[n % 2]) for _ in range(4))

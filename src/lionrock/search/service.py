"""Ranked passages and sentences for a question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Citation
from lionrock.documents.language import detect
from lionrock.documents.records import Records
from lionrock.documents.schemas import Passage
from lionrock.documents.service import DocumentService
from lionrock.errors import Unavailable
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.telemetry import Telemetry, traced
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder
from lionrock.search import dense
from lionrock.search.cantonese import to_written
from lionrock.search.centring import means_of
from lionrock.search.dense import Near, Query
from lionrock.search.indexing import Indexer
from lionrock.search.lexical import LexicalIndex
from lionrock.search.ranking import (
    Scored,
    combine,
    inverse_document_frequencies,
    share_of_words,
)
from lionrock.search.tokens import terms

BY_WORDS = 50
BY_MEANING = 100
READ_WHOLE = 8
"""Of the best passages by words, so many have every sentence weighed."""


class Hit(BaseModel):
    """A passage, with what spoke for it: the question's terms found in it, and its best similarity."""

    model_config = ConfigDict(frozen=True)
    passage: Passage
    score: float
    lexical: float
    meaning: float
    words: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything a search brought up: passages ranked, the sentences weighed, the terms' worth."""

    question: str
    """With Cantonese function words as written Chinese."""
    language: str
    english: dict[str, float]
    """What each term of the question is worth against English text, and against Chinese: the same
    terms unless the question came with its translation."""
    chinese: dict[str, float]
    ranked: list[Scored]
    near: list[Near]

    def weights(self, language: str) -> dict[str, float]:
        return self.english if language == "en" else self.chinese


class SearchService:
    def __init__(
        self,
        database: Database,
        documents: DocumentService,
        embedder: Embedder | None,
        directory: Path,
        vault: Vault,
    ) -> None:
        self._database, self._documents, self._vault = database, documents, vault
        self.embedder = embedder
        self.indexer = Indexer(database, embedder, directory, vault)
        self.telemetry = Telemetry()

    @traced("search")
    async def find(
        self, actor: Actor, question: str, *, translated: str = "", collections: Sequence[UUID] = ()
    ) -> Found:
        """Rank what bears on the question; words alone decide when no embedding model answers.

        `translated` is the question in the other of English and Chinese: its words are looked for
        too, and the two meanings are averaged.
        """
        collections = await self._readable(actor, collections)
        written, language = to_written(question), detect(question)
        if not collections:
            return Found(written, language, {}, {}, [], [])
        readings = [r for r in (written, translated) if r]
        index = await self.indexer.words(actor)
        words = await asyncio.gather(
            *(asyncio.to_thread(_by_words, index, terms(r), collections) for r in readings)
        )
        query = await self._query(readings, chinese=language != "en")
        first = [p for by_words, _ in words for p, _ in by_words[:READ_WHOLE]]
        near = await self._near(actor, query, list(dict.fromkeys(first)), collections)
        shares: dict[UUID, float] = {}
        for by_words, weights in words:
            for passage, share in share_of_words(by_words, weights).items():
                shares[passage] = max(shares.get(passage, 0.0), share)
        own, other = words[0][1], words[-1][1]
        english, chinese = (own, other) if language == "en" else (other, own)
        return Found(written, language, english, chinese, combine(shares, near), near)

    async def passages(
        self, actor: Actor, question: str, *, limit: int = 10, collections: Sequence[UUID] = ()
    ) -> list[Hit]:
        """The `limit` best passages that exist now."""
        found = await self.find(actor, question, collections=collections)
        best = found.ranked[: limit * 2]
        there = await self._documents.passages(actor, [s.passage_id for s in best])
        hits: list[Hit] = []
        for scored in best:
            passage = there.get(scored.passage_id)
            if passage is not None and len(hits) < limit:
                have = set(terms(passage.text)) | set(terms(passage.heading))
                hits.append(
                    Hit(
                        passage=passage,
                        score=round(scored.score, 4),
                        lexical=round(scored.words, 4),
                        meaning=round(scored.meaning, 4),
                        words=[w for w in found.weights(passage.language) if w in have],
                    )
                )
        return hits

    async def load(self, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Passage]:
        """See `DocumentService.passages`."""
        return await self._documents.passages(actor, ids)

    async def cite(self, actor: Actor, passage: Passage, start: int, end: int) -> Citation | None:
        """See `DocumentService.cite`."""
        return await self._documents.cite(actor, passage, start, end)

    async def close(self) -> None:
        await self.indexer.close()

    async def _readable(self, actor: Actor, wanted: Sequence[UUID]) -> list[UUID]:
        """Of `wanted` (none: of all) the collections that the actor may search; maybe none."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)
        return [c for c in allowed if not wanted or c in wanted]

    async def _query(self, readings: Sequence[str], *, chinese: bool) -> Query | None:
        if self.embedder is None:
            return None
        try:
            vectors = await self.embedder.queries(list(readings))
        except Unavailable:
            return None
        means = means_of(self.embedder.name, self.embedder.dimension)
        queries = [Query.of(v, means, chinese=chinese != bool(i)) for i, v in enumerate(vectors)]
        return Query.mean(queries)

    async def _near(
        self, actor: Actor, query: Query | None, first: list[UUID], collections: Sequence[UUID]
    ) -> list[Near]:
        tenant = actor.tenant_id
        records = Records(self._vault, tenant)
        async with self._database.tenant_session(actor) as db:
            if query is None:
                return await dense.of_passages(db, tenant, dense.NO_QUERY, first, records)
            near = await dense.nearest(db, tenant, query, BY_MEANING, collections, records)
            whole = await dense.of_passages(db, tenant, query, first, records)
        seen = {(n.passage_id, n.start) for n in near}
        return near + [n for n in whole if (n.passage_id, n.start) not in seen]


def _by_words(
    index: LexicalIndex, wanted: list[str], collections: Sequence[UUID]
) -> tuple[list[tuple[UUID, float]], dict[str, float]]:
    """The best passages by words, and what each word is worth."""
    weights = inverse_document_frequencies(index.frequencies(wanted), len(index))
    return index.search(wanted, BY_WORDS, collections), weights

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
from lionrock.documents.schemas import Passage
from lionrock.documents.service import DocumentService
from lionrock.errors import Unavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.models.embeddings import Embedder
from lionrock.search import dense
from lionrock.search.cantonese import to_written
from lionrock.search.centring import means_of
from lionrock.search.dense import Near, Query
from lionrock.search.indexing import Indexer
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
    weights: dict[str, float]
    ranked: list[Scored]
    near: list[Near]


class SearchService:
    def __init__(
        self,
        database: Database,
        documents: DocumentService,
        embedder: Embedder | None,
        directory: Path,
    ) -> None:
        self._database, self._documents = database, documents
        self.embedder = embedder
        self.indexer = Indexer(database, embedder, directory)

    async def find(self, actor: Actor, question: str, *, collections: Sequence[UUID] = ()) -> Found:
        """Rank what bears on the question; words alone decide when no embedding model answers."""
        require(actor, P.SEARCH_PASSAGE_READ)
        written, language = to_written(question), detect(question)
        wanted = terms(written)
        index = await self.indexer.words(actor)
        by_words, frequencies, query = await asyncio.gather(
            asyncio.to_thread(index.search, wanted, BY_WORDS, collections),
            asyncio.to_thread(index.frequencies, wanted),
            self._query(written, chinese=language != "en"),
        )
        weights = inverse_document_frequencies(frequencies, len(index))
        first = [passage for passage, _ in by_words[:READ_WHOLE]]
        near = await self._near(actor, query, first, collections)
        ranked = combine(share_of_words(by_words, weights), near)
        return Found(written, language, weights, ranked, near)

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
                        words=[w for w in found.weights if w in have],
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

    async def _query(self, question: str, *, chinese: bool) -> Query | None:
        if self.embedder is None:
            return None
        try:
            vector = (await self.embedder.queries([question]))[0]
        except Unavailable:
            return None
        means = means_of(self.embedder.name, self.embedder.dimension)
        return Query.of(vector, means, chinese=chinese)

    async def _near(
        self, actor: Actor, query: Query | None, first: list[UUID], collections: Sequence[UUID]
    ) -> list[Near]:
        async with self._database.tenant_session(actor) as db:
            if query is None:
                return await dense.of_passages(db, actor.tenant_id, dense.NO_QUERY, first)
            near = await dense.nearest(db, actor.tenant_id, query, BY_MEANING, collections)
            whole = await dense.of_passages(db, actor.tenant_id, query, first)
        seen = {(n.passage_id, n.start) for n in near}
        return near + [n for n in whole if (n.passage_id, n.start) not in seen]

"""Ranked passages and sentences for a question."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Citation
from lionrock.documents.language import detect
from lionrock.documents.records import Records
from lionrock.documents.schemas import Passage
from lionrock.documents.service import DocumentService
from lionrock.errors import Unavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.telemetry import Telemetry, traced
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder
from lionrock.search import dense, provisions
from lionrock.search.cantonese import to_written
from lionrock.search.centring import means_of
from lionrock.search.dense import Near, Query
from lionrock.search.figures import MARK, figure_terms
from lionrock.search.filters import EVERYTHING, Filters, Scope, resolve
from lionrock.search.glossary.candidates import CandidateService
from lionrock.search.glossary.expansion import Used
from lionrock.search.glossary.service import GlossaryService
from lionrock.search.indexing import Indexer
from lionrock.search.provisions import Reached
from lionrock.search.ranking import Scored, cited_first, combine
from lionrock.search.reranking import FIRST, Order, Reranker, reordered
from lionrock.search.tokens import terms
from lionrock.search.wording import look_up

BY_MEANING = 100
READ_WHOLE = 24
"""Of the best passages by words, so many have every sentence weighed."""


class Hit(BaseModel):
    """A passage, with what spoke for it."""

    model_config = ConfigDict(frozen=True)
    passage: Passage
    score: float
    lexical: float
    """Of what the question's words could score, the share that the passage has."""
    meaning: float
    """How near the nearest of its sentences is: cosine."""
    words: list[str]
    """The question's terms that it holds, and those that the glossary added."""
    nearest: tuple[int, int] | None = None
    """That sentence: the passage's text from here to there."""
    glossary: list[Used] = []
    """Entries that led here: the term in the question, and those of its other terms that it holds."""
    cited: str = ""
    """The words of the question that name this very provision."""
    figures: list[str] = []
    """Dates, amounts, shares and durations of the question that it tells too, however it writes them:
    2024-01-01, 8000, 5%, 2-years."""
    reranked: float | None = None
    """What the reranker made of it, on its model's scale; None: it read none, or not this far."""
    not_reranked: bool = False
    """The reranker should have ordered these results and could not."""


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
    used: tuple[Used, ...] = ()
    """What the glossary knew of the question."""
    cited: Mapping[UUID, str] = field(default_factory=dict)
    """Passages that the question names, with the words that do."""
    figures: tuple[str, ...] = ()
    """Dates, amounts, shares and durations of the question."""

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
        reranker: Reranker | None = None,
    ) -> None:
        self._database, self.documents, self._vault = database, documents, vault
        self.embedder, self.reranker = embedder, reranker
        self.indexer = Indexer(database, embedder, directory, vault)
        self.glossary = GlossaryService(database, vault)
        self.candidates = CandidateService(database, vault, self.glossary)
        self.telemetry = Telemetry()

    @traced("search")
    async def find(
        self, actor: Actor, question: str, *, translated: str = "", filters: Filters = EVERYTHING
    ) -> Found:
        """Rank what bears on the question; words alone decide when no embedding model answers.

        `translated` is the question in the other of English and Chinese: its words are looked for
        too, and the two meanings are averaged.
        """
        async with self._database.tenant_session(actor) as db:
            scope = await resolve(db, actor, filters)
        written, language = to_written(question), detect(question)
        if scope.empty:
            return Found(written, language, {}, {}, [], [])
        readings, chinese = [r for r in (written, translated) if r], language != "en"
        async with self._database.tenant_session(actor) as db:
            expansion = await self.glossary.expand(db, actor, question, written)
            reached = await provisions.reach(
                db, actor, self._vault, provisions.named(question), scope.collections,
                filters.as_at, scope.languages,
            )  # fmt: skip
        index = await self.indexer.words(actor)
        words = await asyncio.to_thread(
            look_up, index, readings, scope, chinese=chinese, expansion=expansion
        )
        query = await self._query(readings, chinese=chinese)
        cited = {r.passage_id: r.named.said for r in reversed(reached) if _within(scope, r)}
        first = [*reversed(cited), *(p for best in words.readings for p in best[:READ_WHOLE])]
        near = await self._near(actor, query, list(dict.fromkeys(first)), scope)
        spoken = (False, True) if len(readings) > 1 else (chinese,)
        ranked = cited_first(combine(words.shares, near, spoken), list(reversed(cited)))
        return Found(
            written, language, words.english, words.chinese, ranked, near, expansion.used, cited,
            words.figures,
        )  # fmt: skip

    async def passages(
        self, actor: Actor, question: str, *, limit: int = 10, filters: Filters = EVERYTHING
    ) -> list[Hit]:
        """The `limit` best passages that exist now."""
        return await self.hits(actor, await self.find(actor, question, filters=filters), limit)

    async def hits(
        self, actor: Actor, found: Found, limit: int, *, rerank: bool = True
    ) -> list[Hit]:
        """The `limit` best of what was found that exist now, in the reranker's order if there is one."""
        reranker = self.reranker if rerank else None
        most = limit * 2 if reranker is None else max(limit * 2, len(found.cited) + FIRST)
        best = found.ranked[:most]
        there = await self.documents.passages(actor, [s.passage_id for s in best])
        order = Order(best)
        if reranker is not None:
            order = await reordered(
                reranker, found.question, best, found.cited, there, self.telemetry.measures
            )
        ranked = [s for s in order.ranked if s.passage_id in there]
        return [_explained(found, s, there[s.passage_id], order) for s in ranked[:limit]]

    async def load(self, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Passage]:
        """See `DocumentService.passages`."""
        return await self.documents.passages(actor, ids)

    async def cite(self, actor: Actor, passage: Passage, start: int, end: int) -> Citation | None:
        """See `DocumentService.cite`."""
        return await self.documents.cite(actor, passage, start, end)

    async def close(self) -> None:
        await self.indexer.close()

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
        self, actor: Actor, query: Query | None, first: list[UUID], scope: Scope
    ) -> list[Near]:
        tenant = actor.tenant_id
        records = Records(self._vault, tenant)
        reach = await self.indexer.reach(actor, query, scope) if query else None
        async with self._database.tenant_session(actor) as db:
            if query is None:
                return await dense.of_passages(db, tenant, dense.NO_QUERY, first, records)
            near = await dense.nearest(db, tenant, query, BY_MEANING, scope, records, reach)
            whole = await dense.of_passages(db, tenant, query, first, records)
        seen = {(n.passage_id, n.start) for n in near}
        return near + [n for n in whole if (n.passage_id, n.start) not in seen]


def _within(scope: Scope, reached: Reached) -> bool:
    """Whether a passage that was named passes the filters on documents and days."""
    version = reached.version_id
    return version not in scope.excluded and (scope.versions is None or version in scope.versions)


def _explained(found: Found, scored: Scored, passage: Passage, order: Order) -> Hit:
    have = set(terms(passage.text)) | set(terms(passage.heading))
    nearest = max(
        (n for n in found.near if n.passage_id == passage.id and n.meaning > 0),
        key=lambda n: n.centred, default=None,
    )  # fmt: skip
    told = set(figure_terms(f"{passage.heading}\n{passage.text}")) if found.figures else set()
    led = [
        u.model_copy(update={"also": [t for t in u.also if set(terms(t)) <= have]})
        for u in found.used
    ]
    return Hit(
        passage=passage, score=round(scored.score, 4), lexical=round(scored.words, 4),
        meaning=round(scored.meaning, 4),
        words=[w for w in found.weights(passage.language) if w in have],
        nearest=(nearest.start, nearest.end) if nearest else None,
        glossary=[u for u in led if u.also], cited=found.cited.get(passage.id, ""),
        figures=[name for name in found.figures if MARK + name in told],
        reranked=order.scores.get(passage.id), not_reranked=order.failed,
    )  # fmt: skip

"""Passages ranked as SearchService ranks them, without a database.

The product's own tokens, word index (one tantivy index), reading of a question, glossary expansion,
sentences, encoder, centring and fusion; only PostgreSQL is left out: vectors are compared in memory,
with the inner products that pgvector computes, and nothing is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from uuid import UUID, uuid4

import numpy as np

from lionrock.documents.language import detect
from lionrock.documents.sentences import quotable
from lionrock.search.cantonese import to_written
from lionrock.search.centring import means_of
from lionrock.search.dense import Near, Query
from lionrock.search.filters import Scope
from lionrock.search.glossary.expansion import NOTHING, Expansion
from lionrock.search.indexing import read_as
from lionrock.search.lexical import Entry, LexicalIndex
from lionrock.search.ranking import combine
from lionrock.search.service import READ_WHOLE
from lionrock.search.wording import BY_WORDS, ByWords, look_up
from vectors import Floats, Vectors

NOWHERE = UUID(int=0)
WEIGHED = READ_WHOLE
"""Passages by words whose every sentence is weighed. The product also takes the nearest 100 sentences
of the whole library, for which every vector there is would be needed here."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage, the headings above it, and the document that it is of."""

    text: str
    heading: str = ""
    document: UUID = NOWHERE


class Shelf:
    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts, self.ids = texts, [uuid4() for _ in texts]
        self.place = {id: n for n, id in enumerate(self.ids)}
        self._folder = TemporaryDirectory()
        self._collection = uuid4()
        self.index = LexicalIndex(Path(self._folder.name) / "index")
        by_version: dict[UUID, list[Entry]] = {}
        for id, t in zip(self.ids, texts, strict=True):
            entry = Entry(id, t.document, self._collection, t.heading, t.text, detect(t.text))
            by_version.setdefault(t.document, []).append(entry)
        self.index.add_all([(version, 0, entries) for version, entries in by_version.items()])

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.index.close()
        self._folder.cleanup()

    def words(
        self, question: str, *, expansion: Expansion = NOTHING, documents: Sequence[UUID] = (),
        limit: int = BY_WORDS,
    ) -> ByWords:  # fmt: skip
        scope = Scope((self._collection,), tuple(documents)) if documents else None
        chinese = detect(question) != "en"
        return look_up(
            self.index, [to_written(question)], scope, chinese=chinese, expansion=expansion,
            limit=limit,
        )  # fmt: skip

    def ranked(self, question: str, words: ByWords, near: Sequence[Near] = ()) -> list[int]:
        """Places of passages, best first: by words, or by both kinds of evidence."""
        if not near:
            by_share = sorted(words.shares, key=lambda id: -words.shares[id])
            return [self.place[id] for id in by_share]
        scored = combine(words.shares, near, (detect(question) != "en",))
        return [self.place[s.passage_id] for s in scored]

    def sentences(self, place: int) -> list[str]:
        """What is embedded of a passage."""
        text = self.texts[place]
        found = quotable(text.text, text.heading)
        return [read_as(q.lead, text.text[q.start : q.end]) for q in found]

    async def near(
        self, vectors: Vectors, questions: Sequence[str], candidates: Sequence[Sequence[int]]
    ) -> list[list[Near]]:
        """The sentences of each question's candidates, weighed."""
        wanted = sorted({c for few in candidates for c in few})
        texts = {place: self.sentences(place) for place in wanted}
        flat = [s for place in wanted for s in texts[place]]
        made = dict(zip(flat, await vectors.passages(flat), strict=True))
        asked = await vectors.queries([to_written(q) for q in questions])
        means = means_of(vectors.name, asked.shape[1])
        return [
            self._weighed(Query.of(v, means, chinese=detect(q) != "en"), few, texts, made)
            for q, v, few in zip(questions, asked, candidates, strict=True)
        ]

    def _weighed(
        self, query: Query, few: Sequence[int], texts: dict[int, list[str]], made: dict[str, Floats]
    ) -> list[Near]:
        found = []
        for place in few:
            chinese = detect(self.texts[place].text) != "en"
            for sentence in texts[place]:
                vector = made[sentence]
                if np.any(vector):
                    meaning, centred = float(vector @ query.plain), float(vector @ query.centred)
                    off = query.offsets[chinese]
                    found.append(Near(self.ids[place], 0, 0, "", chinese, meaning, centred - off))
        return found

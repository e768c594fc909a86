"""The evidence ranker: which sentences and table rows answer the question.

Each candidate is described by a few features; a linear score with fitted weights orders them. Fitted
on questions written for the purpose, by `bench/fit_evidence.py`; the weights are data, in
`evidence.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from uuid import UUID

from lionrock.assist.questions import Kind, asked_for, offers
from lionrock.documents.schemas import Passage
from lionrock.kernel.capabilities import RunContext
from lionrock.search.dense import Near
from lionrock.search.filters import Filters
from lionrock.search.ranking import WORDS_WEIGHT
from lionrock.search.service import Found
from lionrock.search.tokens import terms

MOST_CANDIDATES = 60

FEATURES = (
    "centred", "meaning", "coverage", "words", "reach", "passage", "kind", "same_language", "length", "row",
)  # fmt: skip


@dataclass(slots=True)
class Candidate:
    """A sentence of a passage, text [start, end), and its features."""

    passage: Passage
    start: int
    end: int
    features: dict[str, float] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    score: float = 0.0

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def lead(self) -> str:
        """The nearest heading; for a table row, the row that heads its passage too."""
        heading = self.passage.heading.rpartition(" › ")[2]
        if self.passage.kind != "row" or self.start == 0:
            return heading
        first = self.passage.text.partition("\n")[0]
        return f"{heading}: {first}" if heading else first


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and the question they were ranked for."""

    question: str
    language: str
    kind: Kind
    candidates: list[Candidate]


@cache
def coefficients() -> dict[str, dict[str, float]]:
    data: dict[str, dict[str, float]] = json.loads(
        (files("lionrock.assist") / "evidence.json").read_text("utf-8")
    )
    return data


async def rank(
    run: RunContext,
    question: str,
    translated: str = "",
    *,
    as_at: date | None = None,
    documents: Sequence[UUID] = (),
) -> Ranking:
    """Weigh what search brought up, of these documents where some are named; best candidates first."""
    filters = Filters(as_at=as_at, documents=tuple(documents))
    found = await run.search.find(run.actor, question, translated=translated, filters=filters)
    kind = asked_for(question)
    shares = {s.passage_id: s.words for s in found.ranked}
    near = sorted(
        found.near,
        key=lambda n: (
            n.passage_id not in found.cited,
            -(n.centred + WORDS_WEIGHT * shares.get(n.passage_id, 0.0)),
        ),
    )[:MOST_CANDIDATES]
    passages = await run.search.load(run.actor, list({n.passage_id for n in near}))
    best = _best_of_passages(near)
    weights = coefficients()["rank"]
    ranked = []
    for sentence in near:
        passage = passages.get(sentence.passage_id)
        if passage is None:
            continue
        candidate = Candidate(passage, sentence.start, sentence.end)
        candidate.features = {
            "centred": 10 * sentence.centred,
            "meaning": 10 * (sentence.meaning - 0.8),
            "coverage": shares.get(sentence.passage_id, 0.0),
            "passage": 10 * best[sentence.passage_id],
            **_of_words(found, kind, sentence, candidate),
        }
        candidate.score = sum(weights[name] * candidate.features[name] for name in FEATURES)
        ranked.append(candidate)
    ranked.sort(key=lambda c: -c.score)
    return Ranking(question, found.language, kind, ranked)


def _best_of_passages(near: list[Near]) -> Mapping[object, float]:
    best: dict[object, float] = {}
    for sentence in near:
        best[sentence.passage_id] = max(best.get(sentence.passage_id, -9.0), sentence.centred)
    return best


def _of_words(found: Found, kind: Kind, sentence: Near, candidate: Candidate) -> dict[str, float]:
    """What the words tell: shares of the question's terms, weighted by how rare each is."""
    passage, text = candidate.passage, candidate.text
    own = set(terms(text))
    around = (
        own | set(terms(passage.text)) | set(terms(passage.heading)) | set(terms(sentence.lead))
    )
    weights = found.weights(passage.language)
    total = sum(weights.values()) or 1.0
    candidate.words = [t for t in weights if t in own]
    english = passage.language == "en"
    return {
        "words": sum(weights[t] for t in candidate.words) / total,
        "reach": sum(w for t, w in weights.items() if t in around) / total,
        "kind": float(offers(kind, text)),
        "same_language": float((found.language == "en") == english),
        "length": min(1.0, len(text) / (200 if english else 70)),
        "row": float(passage.kind == "row"),
    }

"""Texts judged: by a trained classifier where there is one, else by listed words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lionrock.assist.sentiment import polarity
from lionrock.assist.sentiment.classifier import Classifier
from lionrock.assist.sentiment.features import LONGEST, Floats, features
from lionrock.assist.sentiment.schemas import Judgement, Label, Method, Note
from lionrock.assist.sentiment.signs import SignKind, signs
from lionrock.assist.sentiment.words import units
from lionrock.errors import Unavailable
from lionrock.models.embeddings import Embedder

_LEANS: Final = 0.2
"""A score of listed words beyond it, to either side, is no longer neutral."""
_CLOSE: Final = 0.1
"""So near that bound the words decide nothing."""
_LABELS: Final = tuple(Label)


@dataclass(slots=True)
class Judge:
    """`classifier` None: listed words decide. `method` and `notes` tell what did, once it has."""

    classifier: Classifier | None
    name: str
    embedder: Embedder | None
    quick: bool
    notes: list[Note] = field(default_factory=list)
    method: Method = Method.WORDS

    def __post_init__(self) -> None:
        if self.classifier is None:
            self.notes.append(Note.WORDS_ONLY)
            return
        self.method = Method.QUICK
        if self.quick or not self.classifier.reads_meaning:
            return
        if self.embedder is not None and self.embedder.name == self.classifier.embedder:
            self.method = Method.MEANING
        else:
            self.notes.append(Note.NO_MEANING)

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """In order. A text longer than `LONGEST` is judged by its beginning and its end."""
        if not texts:
            return []
        if self.classifier is None:
            return await asyncio.to_thread(lambda: [by_words(text) for text in texts])
        vectors = await self._vectors(texts)
        return await asyncio.to_thread(_by_classifier, self.classifier, texts, vectors)

    async def _vectors(self, texts: Sequence[str]) -> Floats | None:
        if self.method is not Method.MEANING or self.embedder is None:
            return None
        try:
            return await self.embedder.passages([text[:LONGEST] for text in texts])
        except Unavailable:
            # From here on one head decides for all that follows, and the result says so.
            self.method = Method.QUICK
            self.notes.append(Note.NO_MEANING)
            return None


def by_words(text: str) -> Judgement:
    """The label that listed words lean to; unsure where none stands there or they hardly lean."""
    found = units(text)
    matched = polarity.matches(found)
    reading = polarity.read(found, matched)
    # "Charged twice" is no opinion word; who complains is not pleased all the same.
    reading.bad += sum(s.kind is SignKind.COMPLAINT for s in signs(text, found, matched))
    score = reading.score
    place = 2 if score > _LEANS else 0 if score < -_LEANS else 1
    spoken = bool(reading.bad or reading.good or reading.fair or reading.moves)
    close = abs(abs(score) - _LEANS) < _CLOSE
    return Judgement(label=_LABELS[place], confidence=None, unsure=not spoken or close)


def _by_classifier(
    classifier: Classifier, texts: Sequence[str], vectors: Floats | None
) -> list[Judgement]:
    shares, threshold = classifier.probabilities([features(text) for text in texts], vectors)
    return [decided(row, threshold) for row in shares]


def decided(row: Floats, threshold: float, *, by_model: bool = False) -> Judgement:
    """The likeliest label of three probabilities."""
    negative, neutral, positive = (round(float(share), 4) for share in row)
    shares = (negative, neutral, positive)
    confidence = max(shares)
    return Judgement(
        label=_LABELS[shares.index(confidence)], confidence=confidence,
        unsure=confidence < threshold, shares=shares, by_model=by_model,
    )  # fmt: skip

"""The capability: how a text, a document or each text of a file speaks, and what in it needs a person.

Words and a classifier decide in milliseconds a text. The model is asked for aspects of one text alone, and
where it is wanted for a mark of each that stays unsure.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lionrock.assist import reading
from lionrock.assist.sentiment import aspects, examples, marking, polarity
from lionrock.assist.sentiment.classifiers import Classifiers
from lionrock.assist.sentiment.examples import Row
from lionrock.assist.sentiment.judging import Judge
from lionrock.assist.sentiment.schemas import (
    Aspect,
    Judgement,
    Note,
    SaidSentence,
    SentimentRequest,
    SentimentResult,
    TextRead,
)
from lionrock.assist.sentiment.signs import complains, needs_care, signs, urgency
from lionrock.assist.sentiment.words import units
from lionrock.documents.citations import Citation
from lionrock.documents.sentences import sentences
from lionrock.errors import InvalidInput, Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

MOST_SENTENCES: Final = 300
_AT_ONCE: Final = 100


@dataclass(slots=True)
class _Source:
    """One text with its sentences, those of a document with where they stand."""

    text: str
    name: str = ""
    parts: list[tuple[str, Citation | None]] = field(default_factory=list)
    cut: bool = False


@dataclass(slots=True)
class _Spoken:
    """What the model found that a text speaks of."""

    aspects: list[Aspect] = field(default_factory=list)
    dropped: int = 0
    model: str | None = None
    notes: list[Note] = field(default_factory=list)


@capability(id="assist.sentiment", risk=Risk.LIMITED, permission=Permission.ASSIST_SENTIMENT_RUN)
async def sentiment(
    run: RunContext, request: SentimentRequest
) -> AsyncIterator[Progress | SentimentResult]:
    """Read how texts speak: sentiment, complaint, urgency, customers who may need care."""
    given = (bool(request.text.strip()), request.document is not None, request.file is not None)
    if sum(given) != 1:
        raise InvalidInput("Give one of these: a text, a document, or a file of texts.")
    ready = await run.of(Classifiers).ready(run.actor, request.classifier.strip())
    name, classifier = ready or ("", None)
    judge = Judge(classifier, name, run.search.embedder, request.quick)
    if request.file is not None:
        yield Progress(stage="reading texts")
        column, dates = request.column.strip() or "text", request.dates.strip()
        rows = await asyncio.to_thread(examples.texts, request.file, column, dates)
        read: list[TextRead] = []
        for start in range(0, len(rows), _AT_ONCE):
            yield Progress(stage="reading texts", done=start, total=len(rows))
            read += await read_rows(judge, rows[start : start + _AT_ONCE])
        if request.ask:
            async for progress in marking.asked(run, judge, read):
                yield progress
        yield _result(run, judge, read, many=True)
        return
    yield Progress(stage="reading texts")
    source = await _source(run, request)
    read = await read_rows(judge, [Row(0, source.text)])
    if request.ask:
        async for progress in marking.asked(run, judge, read):
            yield progress
    found = _result(run, judge, read, many=False)
    said: list[SaidSentence] = []
    if len(source.parts) > 1 or source.name:
        judged = await judge.judge([text for text, _ in source.parts])
        said = [
            SaidSentence(**one.model_dump(), text=text, citation=citation)
            for one, (text, citation) in zip(judged, source.parts, strict=True)
        ]
    spoken = _Spoken()
    if not request.no_aspects:
        yield Progress(stage="finding aspects")
        spoken = await _aspects(run, source.text)
    notes = [*judge.notes, *([Note.CUT] if source.cut else ()), *spoken.notes]
    yield found.model_copy(
        update={
            "document": source.name, "sentences": said, "aspects": spoken.aspects,
            "dropped": spoken.dropped, "model": spoken.model or found.model, "notes": notes,
        }
    )  # fmt: skip


async def _source(run: RunContext, request: SentimentRequest) -> _Source:
    if request.document is None:
        text = request.text.strip()
        ranges = sentences(text)[:MOST_SENTENCES]
        return _Source(text, parts=[(text[a:b], None) for a, b in ranges])
    document = await run.documents.get(run.actor, request.document)
    pieces = await reading.read(run, request.document)
    if not pieces:
        raise InvalidInput(f"{document.name} holds no text to read.")
    kept = pieces[:MOST_SENTENCES]
    parts = [(piece.text, await reading.cited(run, piece)) for piece in kept]
    text = "\n".join(piece.text for piece in pieces)
    return _Source(text, document.name, parts, len(pieces) > len(kept))


async def read_rows(judge: Judge, rows: Sequence[Row]) -> list[TextRead]:
    """Rows judged, with the signs that stand in each."""
    judged = await judge.judge([row.text for row in rows])
    return await asyncio.to_thread(
        lambda: [_marked(row, one) for row, one in zip(rows, judged, strict=True)]
    )


def _marked(row: Row, judged: Judgement) -> TextRead:
    """The judgement with the signs that stand in the text."""
    found = units(row.text)
    kept = signs(row.text, found, polarity.matches(found))
    return TextRead(
        **judged.model_dump(), number=row.number, dated=row.dated, text=row.text,
        complaint=complains(kept), urgency=urgency(kept), care=needs_care(kept), signs=kept,
    )  # fmt: skip


def _result(run: RunContext, judge: Judge, read: list[TextRead], *, many: bool) -> SentimentResult:
    return SentimentResult(
        texts=read, many=many, method=judge.method, classifier=judge.name, notes=judge.notes,
        model=run.gateway.model if any(t.by_model for t in read) else None,
    )  # fmt: skip


async def _aspects(run: RunContext, text: str) -> _Spoken:
    """By the model; where it cannot, a note says why."""
    if run.gateway.model is None:
        return _Spoken(notes=[Note.ASPECTS_NEED_MODEL])
    try:
        fitted = await aspects.fitting(run, text)
        answer = await aspects.aspects(run, fitted)
    except Unavailable:
        return _Spoken(notes=[Note.ASPECTS_NEED_MODEL])
    if answer is None:
        return _Spoken(notes=[Note.ASPECTS_FAILED])
    cut = [Note.ASPECTS_LONG] if len(fitted) < len(text) else []
    return _Spoken(*answer, run.gateway.model, cut)

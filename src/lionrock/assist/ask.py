"""Ask: an answer whose every sentence is quoted from a page, or an honest refusal.

Evidence first: ranked quotes. Whether they answer the question is a calibrated decision: on a model's
log-odds of the quotes where that model was measured (`judge`), else on the ranker's evidence alone.
Then the model words the answer from the quotes that do, and each sentence is checked against them;
what fails is replaced by the quote itself. Without a model the quotes are the answer. How often that is
right and wrong: design/2026-11-22-answering.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from lionrock.assist import answerable, translation, wording
from lionrock.assist.cells import stated
from lionrock.assist.evidence import Candidate, Ranking, rank
from lionrock.assist.judge import MOST_JUDGED, calibrated, picked, probabilities, undecided, weighed
from lionrock.assist.phrases import EMPTY, QUOTES_ONLY, REFUSED, REPLACED, SEVERAL
from lionrock.assist.questions import asked_for, given
from lionrock.assist.schemas import Answer, AskRequest, Checked, Evidence, Origin, Quote, Sentence
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language, detect
from lionrock.errors import Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

SHOWN = 8
MOST_QUOTES = 3
CLOSE = 0.75
"""Without a model: a further quote is part of the answer within this of the best one's score."""
HOPELESS = 0.02
"""Below this probability, by the ranker's evidence alone, no model is asked."""


@dataclass(slots=True)
class _Asked:
    """What is known of one question while it is worked on."""

    question: str
    language: Language
    ranking: Ranking
    quotes: list[Quote]
    as_at: date | None = None
    confidence: float = 0.0
    translated: str = ""
    chosen: list[Quote] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    note: str = ""
    fault: str = ""
    """Why the model did not decide, where it should have."""


@capability(id="assist.ask", risk=Risk.LIMITED, permission=Permission.ASSIST_ASK_RUN)
async def ask(
    run: RunContext, request: AskRequest
) -> AsyncIterator[Progress | Evidence | Checked | Answer]:
    """Ask a question; every sentence of the answer is quoted from a page."""
    question = request.question.strip()
    ranking = await rank(run, question, as_at=request.as_at)
    quotes = await _quotes(run, ranking.candidates)
    yield Evidence(quotes=quotes)

    asked = _Asked(question, detect(question), ranking, quotes, request.as_at)
    asked.confidence = answerable.probability(ranking)
    with_model = not request.quotes_only and run.gateway.model is not None
    try:
        async for update in _decide(run, asked, with_model):
            yield update
        if len({given(asked_for(question), q.citation.quote) for q in asked.chosen}) > 1:
            # "Five years" and "three years" each answer something: a person must see both.
            alone = "" if with_model else QUOTES_ONLY[asked.language]
            asked.note = f"{SEVERAL[asked.language]} {alone}".strip()
        elif asked.chosen and with_model:
            yield Progress(stage="wording")
            cited = [q.citation for q in asked.chosen]
            async for sentence in wording.word(run, question, asked.language, cited):
                asked.sentences.append(sentence)
                yield _checked(asked, sentence)
            asked.note = "" if asked.sentences else REPLACED[asked.language]
        else:
            asked.note = QUOTES_ONLY[asked.language]
    except Unavailable as error:
        # What was chosen and said before the engine went stands: sentences count on those quotes.
        if not asked.chosen:
            _decide_alone(asked)
        alone = "" if asked.sentences else QUOTES_ONLY[asked.language]
        asked.fault = error.detail
        asked.note = f"{alone} ({asked.fault})".strip()
    if not asked.chosen:
        yield _refusal(asked)
        return
    if not asked.sentences:
        asked.sentences = [
            Sentence(text=q.citation.quote, origin=Origin.QUOTED, cites=[i])
            for i, q in enumerate(asked.chosen)
        ]
        for sentence in asked.sentences:
            yield _checked(asked, sentence)
    yield _answer(run, asked)


async def _decide(
    run: RunContext, asked: _Asked, with_model: bool
) -> AsyncIterator[Progress | Evidence]:
    """Choose the quotes that answer the question; none means it is not answered."""
    calibration = calibrated(run.gateway.model) if with_model else None
    if calibration is None or not asked.quotes:
        _decide_alone(asked)
        return
    if translation.wanted(asked.ranking):
        yield Progress(stage="translating")
        if await _look_again(run, asked):
            yield Evidence(quotes=asked.quotes, translated=asked.translated)
    if asked.confidence < HOPELESS:
        return
    judged = asked.quotes[:MOST_JUDGED]
    odds: list[float] = []
    total = len(judged) + 1
    yield Progress(stage="weighing", done=0, total=total)
    async for one in weighed(run, asked.question, asked.translated, judged):
        odds.append(one)
        yield Progress(stage="weighing", done=len(odds), total=total)
    if len(odds) < len(judged):
        _decide_alone(asked)
        return
    scores = [quote.score for quote in judged]
    picks = [0.0] * len(judged)
    if undecided(calibration, odds, scores):
        picks = await picked(run, asked.question, asked.translated, judged)
    likely = probabilities(calibration, odds, picks, scores)
    asked.confidence = max(likely)
    order = sorted(range(len(judged)), key=lambda i: -likely[i])
    enough = [i for i in order if likely[i] >= calibration["threshold"]]
    asked.chosen = [judged[i] for i in enough[:MOST_QUOTES]]
    # What is shown beside the answer, or in its place: the likeliest first.
    asked.quotes = [judged[i] for i in order] + asked.quotes[MOST_JUDGED:]


async def _look_again(run: RunContext, asked: _Asked) -> bool:
    """Search with the question's translation too; False where the model wrote none."""
    asked.translated = await translation.translated(run, asked.question, asked.language)
    if asked.translated:
        asked.ranking = await rank(run, asked.question, asked.translated, as_at=asked.as_at)
        asked.quotes = await _quotes(run, asked.ranking.candidates)
        asked.confidence = answerable.probability(asked.ranking)
    return bool(asked.translated)


def _decide_alone(asked: _Asked) -> None:
    """The decision by the ranker's evidence, where no measured model weighs the quotes."""
    if asked.quotes and asked.confidence >= answerable.threshold():
        best = asked.quotes[0].score
        asked.chosen = [q for q in asked.quotes if q.score >= best - CLOSE][:MOST_QUOTES]


async def _quotes(run: RunContext, ranked: Sequence[Candidate]) -> list[Quote]:
    """The best candidates whose words were found on their page; the rest do not exist."""
    found: list[Quote] = []
    seen: set[str] = set()
    for candidate in ranked:
        if candidate.text in seen:
            continue
        seen.add(candidate.text)
        citation = await run.search.cite(
            run.actor, candidate.passage, candidate.start, candidate.end
        )
        if citation is not None:
            found.append(
                Quote(
                    citation=citation,
                    heading=candidate.passage.heading,
                    lead=candidate.lead,
                    score=round(candidate.score, 4),
                    meaning=round(candidate.features["meaning"] / 10 + 0.8, 4),
                    words=candidate.words,
                )
            )
        if len(found) == SHOWN:
            break
    return found


def _checked(asked: _Asked, sentence: Sentence) -> Checked:
    cited = [asked.chosen[i].citation for i in sentence.cites]
    return Checked(sentence=sentence, citations=cited)


def _refusal(asked: _Asked) -> Answer:
    text = (REFUSED if asked.quotes else EMPTY)[asked.language]
    return Answer(
        question=asked.question, language=asked.language, answer=text, refused=True, sentences=[],
        citations=[], nearest=asked.quotes, model=None, note=asked.fault,
        confidence=round(asked.confidence, 3),
    )  # fmt: skip


def _worded_on(asked: _Asked, quote: int) -> list[str]:
    """What the model wrote that rests on this quote."""
    return [s.text for s in asked.sentences if s.origin is Origin.WORDED and quote in s.cites]


def _answer(run: RunContext, asked: _Asked) -> Answer:
    """Only the citations that a sentence rests on are kept, numbered in the order of first use."""
    order = list(dict.fromkeys(i for s in asked.sentences for i in s.cites))
    place = {old: new for new, old in enumerate(order)}
    kept: list[Citation] = [asked.chosen[i].citation for i in order]
    worded = any(s.origin is Origin.WORDED for s in asked.sentences)
    joint = " " if asked.language == "en" else "" if worded else "\n"
    return Answer(
        question=asked.question, language=asked.language, refused=False,
        answer=joint.join(s.text for s in asked.sentences),
        sentences=[s.model_copy(update={"cites": [place[i] for i in s.cites]}) for s in asked.sentences],
        citations=[stated(c, _worded_on(asked, old)) for old, c in zip(order, kept, strict=True)],
        nearest=[q for q in asked.quotes if q.citation not in kept],
        model=run.gateway.model if worded else None, note=asked.note,
        confidence=round(asked.confidence, 3),
    )  # fmt: skip

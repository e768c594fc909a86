"""Ask: an answer whose every sentence is quoted from a page, or an honest refusal.

Evidence first: ranked quotes, within half a second. Whether they answer the question is a calibrated
decision on that evidence. Then the model words the answer from those quotes only, and each sentence
is checked against them; what fails is replaced by the quote itself. Without a model the quotes are
the answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from lionrock.assist import answerable, wording
from lionrock.assist.evidence import Candidate, rank
from lionrock.assist.phrases import EMPTY, QUOTES_ONLY, REFUSED, REPLACED
from lionrock.assist.schemas import Answer, AskRequest, Checked, Evidence, Origin, Quote, Sentence
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language, detect
from lionrock.errors import Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

MOST_QUOTES = 3
SHOWN = 5
CLOSE = 0.75
"""A further quote is part of the answer when its score is within this of the best one's."""


@capability(id="assist.ask", risk=Risk.LIMITED, permission=Permission.ASSIST_ASK_RUN)
async def ask(
    run: RunContext, request: AskRequest
) -> AsyncIterator[Progress | Evidence | Checked | Answer]:
    """Ask a question; every sentence of the answer is quoted from a page."""
    question = request.question.strip()
    language = detect(question)
    ranking = await rank(run, question)
    quotes = await _quotes(run, ranking.candidates)
    confidence = answerable.probability(ranking)
    answered = bool(quotes) and confidence >= answerable.threshold()
    yield Evidence(quotes=quotes, answered=answered, confidence=round(confidence, 3))
    if not answered:
        yield _refusal(question, language, quotes, confidence)
        return

    chosen = [q.citation for q in quotes if q.score >= quotes[0].score - CLOSE][:MOST_QUOTES]
    sentences: list[Sentence] = []
    note = ""
    if request.quotes_only or run.gateway.model is None:
        note = QUOTES_ONLY[language]
    else:
        yield Progress(stage="wording")
        try:
            async for sentence in wording.word(run, question, language, chosen):
                sentences.append(sentence)
                yield Checked(sentence=sentence)
        except Unavailable as error:
            note = f"{QUOTES_ONLY[language]} ({error.detail})"
    worded = bool(sentences)
    if not worded:
        note = note or REPLACED[language]
        sentences = [Sentence(text=chosen[0].quote, origin=Origin.QUOTED, cites=[0])]
        yield Checked(sentence=sentences[0])
    yield _answer(run, question, language, sentences, chosen, quotes, note, confidence)


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
                    score=round(candidate.score, 4),
                    meaning=round(candidate.features["meaning"], 4),
                    words=candidate.words,
                )
            )
        if len(found) == SHOWN:
            break
    return found


def _refusal(question: str, language: Language, quotes: list[Quote], confidence: float) -> Answer:
    text = REFUSED[language] if quotes else EMPTY[language]
    return Answer(
        question=question, language=language, answer=text, refused=True, sentences=[],
        citations=[], nearest=quotes, model=None, note="", confidence=round(confidence, 3),
    )  # fmt: skip


def _answer(
    run: RunContext, question: str, language: Language, sentences: list[Sentence],
    chosen: list[Citation], quotes: list[Quote], note: str, confidence: float,
) -> Answer:  # fmt: skip
    """Only the citations that a sentence rests on are kept, numbered in the order of first use."""
    order = list(dict.fromkeys(i for s in sentences for i in s.cites))
    place = {old: new for new, old in enumerate(order)}
    kept = [
        Sentence(text=s.text, origin=s.origin, cites=[place[i] for i in s.cites]) for s in sentences
    ]
    joint = " " if language == "en" else ""
    worded = any(s.origin is Origin.WORDED for s in sentences)
    return Answer(
        question=question, language=language, answer=joint.join(s.text for s in kept),
        refused=False, sentences=kept, citations=[chosen[i] for i in order],
        nearest=[q for q in quotes if q.citation not in [chosen[i] for i in order]],
        model=run.gateway.model if worded else None, note=note, confidence=round(confidence, 3),
    )  # fmt: skip

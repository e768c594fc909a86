"""A section of a draft: what the chosen documents say on its subject, each sentence checked and cited.

The nearest quotes first; a model words them; a sentence that does not hold is left out, or the quotes it
cites stand in its place. Figures and names must be in the quotes: what the writer of a letter claimed
is no ground.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lionrock.assist import wording
from lionrock.assist.drafting.lines import Said, State
from lionrock.assist.drafting.phrases import phrase
from lionrock.assist.drafting.schemas import Written
from lionrock.assist.evidence import rank
from lionrock.assist.model import prompt, written
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language
from lionrock.errors import Unavailable
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest

MOST_QUOTES = 5
MOST_SENTENCES = 5
MOST_TOKENS = 260
CLOSE = 1.5
"""A further quote is used within this of the best one's score."""

_SYSTEM = (
    "You write one paragraph of an official document from numbered quotes and nothing else. Formal "
    "register, complete sentences, no greeting and no closing. Copy figures, dates and names exactly. "
    "Add nothing that is not in the quotes. End each sentence with the number of its quote, like [1]."
)
_IN: dict[Language, str] = {
    "en": "Write in formal British English.",
    "zh-Hant": "用香港公文常用的繁體中文書面語撰寫。",
    "zh-Hans": "用简体中文公文语体撰写。",
    "yue": "用香港公文常用的繁體中文書面語撰寫。",
}


@dataclass(slots=True)
class Section:
    """What came of one. `failed`: what the model wrote that did not hold."""

    said: list[Written] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    model: str | None = None
    unavailable: str = ""


async def quotes_on(run: RunContext, about: str, documents: Sequence[UUID]) -> list[Citation]:
    """The nearest sentences of these documents, where they stand on their pages; best first."""
    ranking = await rank(run, about, documents=documents)
    found: list[Citation] = []
    for candidate in ranking.candidates:
        if found and candidate.score < ranking.candidates[0].score - CLOSE:
            break
        citation = await run.search.cite(
            run.actor, candidate.passage, candidate.start, candidate.end
        )
        if citation is not None and citation.quote not in {c.quote for c in found}:
            found.append(citation)
        if len(found) == MOST_QUOTES:
            break
    return found


async def write(
    run: RunContext, about: str, language: Language, quotes: Sequence[Citation], section: Section,
    *, with_model: bool,
) -> AsyncIterator[Written]:  # fmt: skip
    """The sentences of a section as they come; `section` gathers them and what failed."""
    if with_model:
        try:
            text, _ = await written(run, request(about, language, quotes))
            for draft in wording.split(text)[:MOST_SENTENCES]:
                for said in await _held(run, draft, language, quotes, section):
                    section.said.append(said)
                    yield said
        except Unavailable as error:
            section.unavailable = error.detail
    if not section.said:
        for citation in quotes:
            section.said.append(quoted(citation, language))
            yield section.said[-1]


async def _held(
    run: RunContext, draft: str, language: Language, quotes: Sequence[Citation], section: Section
) -> list[Written]:
    """The sentence with what it stands on; else the quotes that it cites, once each."""
    sentence = await wording.checked(run, draft, "", language, quotes)
    if sentence is not None:
        section.model = run.gateway.model
        said = Said(text=sentence.text, state=State.WORDED)
        return [Written(said=said, citations=[quotes[i] for i in sentence.cites])]
    section.failed.append(wording.bare(draft))
    there = [citation for said in section.said for citation in said.citations]
    instead = [quotes[i] for i in wording.cited(draft, len(quotes)) if quotes[i] not in there]
    return [quoted(citation, language) for citation in instead]


def quoted(citation: Citation, language: Language) -> Written:
    """A quote, labelled as one."""
    text = phrase(language, "quote").format(
        quote=citation.quote, document=citation.document, page=citation.page
    )
    return Written(said=Said(text=text, state=State.QUOTED), citations=[citation])


def request(about: str, language: Language, quotes: Sequence[Citation]) -> ChatRequest:
    numbered = "\n".join(f"[{number}] {c.quote}" for number, c in enumerate(quotes, 1))
    said = f"Quotes:\n{numbered}\n\nThe paragraph answers this:\n{about}\n\n{_IN[language]}"
    return ChatRequest(
        messages=prompt(_SYSTEM, said), max_tokens=MOST_TOKENS, temperature=0.0, seed=1
    )

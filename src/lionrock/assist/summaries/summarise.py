"""Summarise: sentences that say most of the documents, worded for a reader, each cited and checked.

The ranker chooses, by parts, so that every part of a long document is heard whatever the model can
read; the model words a few chosen sentences into one; what fails a check is replaced by the source
sentence. Without a model the chosen sentences are the summary. How well: docs/desk-summarise.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from lionrock.assist.checks import Check
from lionrock.assist.schemas import Origin
from lionrock.assist.summaries import phrases
from lionrock.assist.summaries.choices import Length, Shape, Wanted
from lionrock.assist.summaries.chronology import Event, events, foremost
from lionrock.assist.summaries.parts import chosen, divided, shares
from lionrock.assist.summaries.read import Material, material, stand
from lionrock.assist.summaries.schemas import Chosen, Line, SummariseRequest, Summary, Written
from lionrock.assist.summaries.wording import (
    Source,
    Worded,
    quoted,
    together,
    translated,
    word,
)
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language, detect
from lionrock.errors import Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

SENTENCES = {Length.SHORT: 3, Length.MEDIUM: 6, Length.LONG: 12}
EVENTS = {Length.SHORT: 8, Length.MEDIUM: 20, Length.LONG: 60}
_AS: dict[Wanted, Language] = {
    Wanted.EN: "en", Wanted.ZH_HANT: "zh-Hant", Wanted.ZH_HANS: "zh-Hans", Wanted.YUE: "yue",
}  # fmt: skip
LONG_EVENT = 240
"""Characters (a Chinese one counts three) above which an event is worded shorter."""


@dataclass(slots=True)
class _Work:
    """What is known of one summary while it is made."""

    request: SummariseRequest
    material: Material
    language: Language
    model: bool
    groups: list[list[Source]] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, said: phrases.Said, **values: int) -> None:
        self.notes.append(said[self.language].format(**values))


@capability(id="assist.summarise", risk=Risk.LIMITED, permission=Permission.ASSIST_SUMMARISE_RUN)
async def summarise(
    run: RunContext, request: SummariseRequest
) -> AsyncIterator[Progress | Chosen | Written | Summary]:
    """Summarise documents; every sentence cites its pages and is checked against them."""
    read: Material | None = None
    async for update in material(run, request.documents, request.reader):
        if isinstance(update, Progress):
            yield update
        else:
            read = update
    assert read is not None
    work = _Work(request, read, _language(request, read), _with_model(run, request))
    if request.shape is Shape.CHRONOLOGY:
        await _take_events(run, work)
    else:
        await _take_parts(run, work)
    yield Chosen(quotes=[group[0].citation for group in work.groups])
    for number, group in enumerate(work.groups):
        if work.model:
            yield Progress(stage="summarising", done=number, total=len(work.groups))
        line = await _line(run, work, number, group)
        work.lines.append(line)
        yield Written(
            shape=request.shape, number=number + 1, line=line,
            citations=[work.citations[i] for i in line.cites],
        )  # fmt: skip
    yield _summary(run, work)


def _language(request: SummariseRequest, read: Material) -> Language:
    """That of the summary; a bilingual one begins with that of its documents."""
    if request.shape is Shape.BILINGUAL:
        return "en" if read.language == "en" else "zh-Hant"
    if request.summary_language is Wanted.DOCUMENT:
        return read.language
    return _AS[request.summary_language]


def _with_model(run: RunContext, request: SummariseRequest) -> bool:
    return not request.quotes_only and run.gateway.model is not None


async def _take_parts(run: RunContext, work: _Work) -> None:
    """As many parts of the documents as the summary has sentences, each with what it will stand on."""
    found = work.material.candidates
    counts = shares([len(c) for c in found], SENTENCES[work.request.length])
    made = [p for c, count in zip(found, counts, strict=True) for p in divided(c, count)]
    most = together(run.gateway.context) if work.model else 1
    groups = chosen(made, work.material.vectors, most)
    order = {c: place for place, c in enumerate(c for every in found for c in every)}
    work.groups = await stand(run, sorted(groups, key=lambda group: order[group[0]]))
    if not work.groups:
        work.say(phrases.NOTHING)


async def _take_events(run: RunContext, work: _Work) -> None:
    every: list[Event] = []
    left_out = 0
    for pieces, found in zip(work.material.pieces, work.material.candidates, strict=True):
        told, yearless = events(pieces, found)
        every, left_out = every + told, left_out + yearless
    every.sort(key=lambda e: e.date)
    shown = foremost(every, EVENTS[work.request.length])
    for event in shown:
        if sources := await stand(run, [[event.candidate]]):
            work.groups += sources
            work.dates.append(event.date)
    if not work.groups:
        work.say(phrases.NO_EVENTS)
    elif len(shown) < len(every):
        work.say(phrases.FEW_EVENTS, count=len(shown), total=len(every))
    if left_out:
        work.say(phrases.NO_YEAR, count=left_out)


async def _line(run: RunContext, work: _Work, number: int, group: list[Source]) -> Line:
    """The group's sentence. Once no engine answers the rest is quoted, and the reader told why."""
    said = quoted(group[0], work.language)
    pair, pair_checks = "", list[Check]()
    try:
        if work.model and (work.dates == [] or _to_word(work, group[0])):
            said = await word(run, group, work.language, work.request.reader)
        if work.model and work.request.shape is Shape.BILINGUAL:
            other: Language = "zh-Hant" if work.language == "en" else "en"
            pair, pair_checks = await translated(run, said.text, other)
    except Unavailable as error:
        work.model = False
        work.notes.append(error.detail)
    return Line(
        text=said.text, origin=said.origin, cites=_cites(work, group, said), checks=said.checks,
        date=work.dates[number] if work.dates else "", pair=pair, pair_checks=pair_checks,
    )  # fmt: skip


def _to_word(work: _Work, source: Source) -> bool:
    """An event is worded where it is long or in another language."""
    weight = sum(3 if ord(c) > 0x2E7F else 1 for c in source.text)
    return weight > LONG_EVENT or _foreign(work, source.text)


def _foreign(work: _Work, text: str) -> bool:
    return (detect(text) == "en") != (work.language == "en")


def _cites(work: _Work, group: list[Source], said: Worded) -> list[int]:
    """Where the sentence's sources are among the citations; new ones are added."""
    places = []
    for citation in (group[i].citation for i in said.on):
        if citation not in work.citations:
            work.citations.append(citation)
        places.append(work.citations.index(citation))
    return places


def _summary(run: RunContext, work: _Work) -> Summary:
    quotes = [line for line in work.lines if line.origin is Origin.QUOTED]
    worded = len(work.lines) - len(quotes)
    replaced = sum(bool(line.checks) for line in quotes)
    if work.lines and not worded and not replaced:
        work.say(phrases.QUOTED_ONLY)
    if replaced:
        work.say(phrases.SOME_QUOTED, count=replaced, total=len(work.lines))
    if foreign := sum(_foreign(work, line.text) for line in quotes):
        work.say(phrases.NOT_TRANSLATED, count=foreign)
    unpaired = sum(not line.pair for line in work.lines)
    if work.request.shape is Shape.BILINGUAL and unpaired:
        work.say(phrases.NO_PAIR, count=unpaired)
    if work.material.kept_out:
        work.say(phrases.KEPT_OUT, count=len(work.material.kept_out))
    paired = any(line.pair for line in work.lines)
    used = [s.candidate for group in work.groups for s in group if s.citation in work.citations]
    return Summary(
        documents=work.material.names, shape=work.request.shape, language=work.language,
        lines=work.lines, citations=work.citations, notes=work.notes,
        model=run.gateway.model if worded or paired else None,
        uncovered=[] if work.dates else work.material.uncovered(used),
        kept_out=work.material.kept_out,
    )  # fmt: skip

"""Translate: a text or document, segment by segment, each checked against its source.

For each segment the memory first, then what needs no model, then the model (see `ladder`). Without one,
what memory and tables cannot do is handed back as it is and said to be untranslated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from lionrock.assist.translate import segmenting
from lionrock.assist.translate.kept import About, Of, Translations
from lionrock.assist.translate.ladder import Direction, checked, with_model, without_model
from lionrock.assist.translate.memory.lookup import Lookup
from lionrock.assist.translate.schemas import (
    Begun,
    Origin,
    Segment,
    Translated,
    TranslateRequest,
    Translation,
)
from lionrock.documents.language import HAN, Language, detect
from lionrock.errors import EngineRefused, InvalidInput, Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE = 60


@dataclass(slots=True)
class _Source:
    """What is translated, and out of which language."""

    title: str
    segments: list[Segment]
    language: Language
    document: UUID | None = None
    version: UUID | None = None


@dataclass(slots=True)
class _Work:
    """What is known while a translation goes on. `ways`: one for each language its segments are in."""

    into: Language
    ways: dict[Language, tuple[Direction, Lookup]] = field(default_factory=dict)
    why_none: str = ""
    """Why no model is asked any more."""
    why: str = ""
    """Why segments are left untranslated."""


@capability(id="assist.translate", risk=Risk.LIMITED, permission=Permission.ASSIST_TRANSLATE_RUN)
async def translate(
    run: RunContext, request: TranslateRequest
) -> AsyncIterator[Progress | Begun | Translated | Translation]:
    """Translate a text or document, with its terms kept and its figures checked."""
    yield Progress(stage="source")
    source = await _source(run, request)
    into = request.into.language
    if source.language == into:
        raise InvalidInput(f"The text is in that language already ({into}). Choose another one.")
    work = _Work(into, why_none=run.gateway.why_none if run.gateway.model is None else "")
    kept = await _begin(run, source, into)
    yield Begun(
        segments=len(source.segments), source_language=source.language, into=request.into,
        model=run.gateway.model,
    )  # fmt: skip
    done: list[Segment] = []
    for segment in source.segments:
        yield Progress(stage="segments", done=len(done), total=len(source.segments))
        one = await _translated(run, segment, source.language, work)
        if kept is not None:
            await run.of(Translations).put(run.actor, kept, one)
        done.append(one)
        yield Translated(segment=one)
    yield Translation(
        translation=kept.id if kept else None, document_id=source.document,
        version_id=source.version, title=source.title, source_language=source.language,
        into=request.into, segments=done, note=_note(work, done),
        model=run.gateway.model if any(s.origin is Origin.MODEL for s in done) else None,
    )  # fmt: skip


async def _source(run: RunContext, request: TranslateRequest) -> _Source:
    if bool(request.text.strip()) == (request.document is not None):
        raise InvalidInput("Give either a text or a document to translate.")
    if request.document is None:
        blocks = segmenting.of_text(request.text)
        words = " ".join(request.text.split())
        title = words if len(words) <= _TITLE else f"{words[:_TITLE]}…"
        return _Source(title, segmenting.segments(blocks), detect(request.text))
    document = await run.documents.get(run.actor, request.document)
    passages = await run.documents.passages_of(run.actor, document.id)
    version = passages[0].version_id
    if document.media_type == DOCX:
        data = await run.documents.original(run.actor, document.id, version)
        blocks = segmenting.of_docx(data)
    else:
        blocks = segmenting.of_passages(passages)
    language = detect("\n".join(p.text for p in passages))
    found = segmenting.segments(blocks)
    return _Source(document.name, found, language, document.id, version)


async def _begin(run: RunContext, source: _Source, into: Language) -> Of | None:
    if run.zero_retention:
        return None
    about = About(title=source.title, version_id=source.version)
    return await run.of(Translations).begin(
        run.actor, run.run_id, about, source.language, into, source.document, source.segments
    )


async def _translated(
    run: RunContext, segment: Segment, language: Language, work: _Work
) -> Segment:
    way, lookup = await _way(run, _language(segment.source, language, work.into), work)
    if (simple := without_model(segment, way)) is not None:
        return simple
    match = lookup.find(segment.source)
    segment = segment.model_copy(update={"match": match})
    if match is not None and match.score == 1:
        found = checked(segment, match.target, Origin.MEMORY, way)
        if not found.binding:
            return found
    if not work.why_none:
        try:
            return await with_model(run, segment, way)
        except Unavailable as error:
            # The engine went: what memory and tables can do goes on.
            work.why_none = work.why = error.detail
        except EngineRefused as error:  # this one, not the others
            work.why = error.detail
    return segment


async def _way(run: RunContext, language: Language, work: _Work) -> tuple[Direction, Lookup]:
    if language not in work.ways:
        kept = run.of(Translations)
        termbase = await kept.termbases.of(run.actor, language, work.into)
        lookup = await kept.memory.lookup(run.actor, language, work.into)
        work.ways[language] = Direction(language, work.into, termbase), lookup
    return work.ways[language]


def _language(text: str, whole: Language, into: Language) -> Language:
    """A segment's language: the whole text's, but for Chinese in English, and English when asked for it."""
    own = detect(text)
    if own != "en" and whole == "en":
        return own
    return "en" if into == "en" and not HAN.search(text) else whole


def _note(work: _Work, done: list[Segment]) -> str:
    left = sum(s.origin is Origin.NONE for s in done)
    if not left:
        return ""
    return f"{left} of {len(done)} segments are not translated: {work.why or work.why_none}"

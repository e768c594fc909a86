"""Draft: a template's fields filled, its sections worded from chosen documents and nothing else.

Each sentence of a section is checked against its quotes and cited; what was not given stays open. Without
a model the sections hold the nearest quotes, labelled as such.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from lionrock.assist.checks import Check, CheckName
from lionrock.assist.drafting.body import Line
from lionrock.assist.drafting.filling import about, filled
from lionrock.assist.drafting.kept import Kept
from lionrock.assist.drafting.lines import Said
from lionrock.assist.drafting.phrases import phrase
from lionrock.assist.drafting.schemas import Draft, DraftRequest, Written
from lionrock.assist.drafting.sections import Section, quotes_on, write
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.drafting.values import given
from lionrock.documents.citations import Citation
from lionrock.errors import Conflict
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission


@capability(id="assist.draft", risk=Risk.LIMITED, permission=Permission.ASSIST_DRAFT_RUN)
async def draft(
    run: RunContext, request: DraftRequest
) -> AsyncIterator[Progress | Written | Draft]:
    """Draft a document from a template, its facts quoted from documents you choose."""
    kept = await run.of(TemplateService).get(run.actor, request.template.strip())
    if kept.retired:
        raise Conflict(f"The template {kept.name} is retired. Add it again, or choose another.")
    template = kept.template
    values = given(template, request.values)
    for document in request.documents:
        await run.documents.get(run.actor, document)
    with_model = not request.quotes_only and run.gateway.model is not None
    told = [line for line in template.body.sections() if line.fields() <= values.keys()]
    lines = told if request.documents else []  # on what was not told, nothing can be written
    sections: dict[str, Section] = {}
    for done, line in enumerate(lines):
        yield Progress(stage="wording", done=done, total=len(lines))
        subject = about(template, line, values)
        section = sections[line.name] = Section()
        quotes = await quotes_on(run, subject, request.documents)
        async for said in write(
            run, subject, template.language, quotes, section,
            with_model=with_model and bool(quotes),
        ):  # fmt: skip
            yield said
    yield _result(kept, values, sections, asked=bool(request.documents))


def _result(
    kept: Kept, values: dict[str, str], sections: dict[str, Section], *, asked: bool
) -> Draft:
    template = kept.template
    citations: list[Citation] = []
    for citation in (c for s in sections.values() for said in s.said for c in said.citations):
        if citation not in citations:
            citations.append(citation)
    placed = {name: _numbered(section.said, citations) for name, section in sections.items()}
    blocks, missing = filled(template, values, placed)
    failed = [text for section in sections.values() for text in section.failed]
    return Draft(
        name=kept.name, version=kept.version, digest=kept.digest, title=template.front.title,
        language=template.language, blocks=blocks, citations=citations, open=missing,
        checks=[
            Check(name=CheckName.PLACEHOLDERS, faults=missing),
            Check(name=CheckName.SUPPORT, faults=failed),
        ],
        model=next((s.model for s in sections.values() if s.model), None),
        notes=_notes(template.body.sections(), sections, kept, asked=asked),
    )  # fmt: skip


def _numbered(said: Sequence[Written], citations: Sequence[Citation]) -> list[Said]:
    return [
        one.said.model_copy(update={"cites": [citations.index(c) for c in one.citations]})
        for one in said
    ]


def _notes(
    lines: Sequence[Line], sections: dict[str, Section], kept: Kept, *, asked: bool
) -> list[str]:
    """What a reader must know of how the sections came about."""
    if not lines:
        return []
    found, names = sections.values(), []
    if not asked:
        names.append("no_documents")
    if any(section.said and not section.model for section in found):
        names.append("quotes_only")
    if any(section.failed for section in found):
        names.append("replaced")
    if any(not section.said for section in found):
        names.append("nothing")
    told = [phrase(kept.template.language, name) for name in names]
    reasons = dict.fromkeys(s.unavailable for s in found if s.unavailable)
    return told + [f"({reason})" for reason in reasons]

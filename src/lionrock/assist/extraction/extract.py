"""Extract: typed fields of one document or many, each value with its place on a page.

Rules first, which are the same on each run; then a model, for what they did not find, and only what it
copied from the page counts. Without a model the rules' values stand, and it is said what was not looked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lionrock.assist.extraction import asking, rules
from lionrock.assist.extraction.asked import Field, asked
from lionrock.assist.extraction.findings import findings
from lionrock.assist.extraction.folding import readable
from lionrock.assist.extraction.kinds import Kind
from lionrock.assist.extraction.rules import Candidate
from lionrock.assist.extraction.schemas import Extracted, ExtractRequest, Filled, Read, Value
from lionrock.assist.extraction.sheets import Sheet
from lionrock.assist.extraction.trust import sure
from lionrock.documents.citations import Citation
from lionrock.errors import Conflict, NotFound, Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

MOST_PAGES: Final = 200
"""Looked at of each document."""


@dataclass(slots=True)
class _Model:
    """Whether the model is asked, and why not any more."""

    asked: bool
    used: bool = False
    note: str = ""


@capability(id="assist.extract", risk=Risk.LIMITED, permission=Permission.ASSIST_EXTRACT_RUN)
async def extract(
    run: RunContext, request: ExtractRequest
) -> AsyncIterator[Progress | Read | Extracted]:
    """Fill fields from documents; each value is on a page, in its normal form, checked."""
    fields = asked(request.fields, request.json_schema)
    documents = list(dict.fromkeys(request.documents))
    model = _Model(asked=not request.rules_only and run.gateway.model is not None)
    read: list[Read] = []
    for document in documents:
        yield Progress(stage="reading_fields", done=len(read), total=len(documents))
        sheets, told = await _sheets(run, document)
        found = await asyncio.to_thread(_by_rule, fields, sheets)
        if model.asked and sheets and any(not one for one in found):
            yield Progress(stage="asking_fields", done=len(read), total=len(documents))
            await _complete(run, model, fields, sheets, found)
        read.append(await _cited(run, fields, found, told))
        yield read[-1]
    unfound = sum(not one.values for each in read if not each.unread for one in each.filled)
    yield Extracted(
        fields=fields, documents=read, findings=findings(fields, read, agree=not request.unrelated),
        model=run.gateway.model if model.used else None, note=_note(run, request, model, unfound),
    )  # fmt: skip


def _by_rule(fields: Sequence[Field], sheets: Sequence[Sheet]) -> list[list[Candidate]]:
    return [rules.candidates(field, sheets, fields) for field in fields]


def _note(run: RunContext, request: ExtractRequest, model: _Model, unfound: int) -> str:
    if not unfound or request.rules_only:
        return ""
    if model.note:
        return (
            f"{unfound} values were not found by rule, and the model did not answer: {model.note}"
        )
    if run.gateway.model is None:
        return f"{unfound} values were not found by rule; a model could look for them, and none is set up."
    return ""


async def _sheets(run: RunContext, document: UUID) -> tuple[list[Sheet], Read]:
    """The document's pages, and what is told of it where nothing can be read."""
    try:
        kept = await run.documents.get(run.actor, document)
    except NotFound as gone:  # erased since the run began: the others are read none the less
        return [], Read(document_id=document, document="", filled=[], unread=gone.detail)
    told = Read(document_id=document, document=kept.name, filled=[])
    numbers = range(1, min(kept.pages, MOST_PAGES) + 1)
    pages = await run.documents.layouts(run.actor, document, numbers, kept.version_id)
    if not pages:
        fault = Conflict(f"{kept.name} has no text yet: it is being read, or holds none.")
        return [], told.model_copy(update={"unread": fault.detail})
    tables = await run.documents.tables(run.actor, document, numbers, kept.version_id)
    sheets = [
        Sheet(page, page.confidence, [t for t in tables if t.page == number])
        for number, page in sorted(pages.items())
    ]
    return sheets, told.model_copy(update={"beyond": max(0, kept.pages - MOST_PAGES)})


async def _complete(
    run: RunContext, model: _Model, fields: Sequence[Field], sheets: Sequence[Sheet],
    found: list[list[Candidate]],
) -> None:  # fmt: skip
    """Ask the model for the fields without a value. Once no engine answers, none is asked again."""
    missing = [i for i, one in enumerate(found) if not one]
    try:
        copied = await asking.ask(run, [fields[i] for i in missing], sheets)
    except Unavailable as error:
        model.asked, model.note = False, error.detail
        return
    model.used = True
    for i, one in zip(missing, copied, strict=True):
        found[i] = [one] if one else []


async def _cited(
    run: RunContext, fields: Sequence[Field], found: Sequence[Sequence[Candidate]], told: Read
) -> Read:
    places = [c.place for each in found for c in each]
    cited = await run.documents.quote(run.actor, told.document_id, places) if places else {}
    filled = []
    for field, each in zip(fields, found, strict=True):
        values = [_value(field, c, cited[c.place]) for c in each if c.place in cited]
        filled.append(Filled(field=field.name, values=_both_scripts(field, values)))
    return told.model_copy(update={"filled": filled})


def _value(field: Field, found: Candidate, citation: Citation) -> Value:
    return Value(
        written=readable(found.written), normal=found.normal, label=readable(found.label),
        how=found.how, sure=sure(field, found), citation=citation, start=found.start, end=found.end,
    )  # fmt: skip


def _both_scripts(field: Field, values: list[Value]) -> list[Value]:
    """Of a name, the best writing in either script before further ones in the same."""
    if field.kind is not Kind.NAME or len(values) < 3:
        return values
    first = values[0].normal
    missing = "han" if first and first.latin and not first.han else "latin"
    other = next((v for v in values[1:] if v.normal and getattr(v.normal, missing)), None)
    rest = [v for v in values[1:] if v is not other]
    return [values[0], *([other] if other else []), *rest]

"""A translation as a file: text, a bilingual table, the Word document in the other language, memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from lionrock.assist.checks import told
from lionrock.assist.docx import rebuilt
from lionrock.assist.docx.making import docx, heading, paragraph, table
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory import tmx
from lionrock.assist.translate.memory.schemas import Pair
from lionrock.assist.translate.schemas import Segment, Translation
from lionrock.assist.translate.segmenting import by_block, joined
from lionrock.documents.language import Language
from lionrock.errors import NotFound
from lionrock.kernel.capabilities import RunContext
from lionrock.kernel.tables import as_xlsx

_HEADS: Final = (
    "no.",
    "page",
    "source",
    "translation",
    "from",
    "accepted",
    "checks that failed",
    "difference meant",
)
_WIDTHS: Final = (1, 8, 8)
_MARKED: Final = "#"


async def written(run: RunContext, made: Translation, format: str) -> bytes:
    """`made` in its present words. `Conflict` where a Word document's source is no longer there."""
    segments = await _now(run, made)
    into = made.into.language
    if format == "tmx":
        return b"".join(tmx.write(_pairs(segments, made.source_language, into)))
    if format == "xlsx":
        return await asyncio.to_thread(as_xlsx, [(made.into.value, [_HEADS, *map(_row, segments)])])
    if format == "docx":
        return await _docx(run, made, segments)
    return f"{joined(segments, into)}\n".encode()


async def _now(run: RunContext, made: Translation) -> list[Segment]:
    if made.translation is None:
        return made.segments
    try:
        kept = await run.of(Translations).segments(run.actor, made.translation)
    except NotFound:  # another's, shown to someone who may see the run
        return made.segments
    return kept.segments


async def _docx(run: RunContext, made: Translation, segments: Sequence[Segment]) -> bytes:
    """The source document with its words translated; for any other source, a table of both."""
    into = made.into.language
    if _of_word(segments) and made.document_id and made.version_id:
        data = await run.documents.original(run.actor, made.document_id, made.version_id)
        return await asyncio.to_thread(rebuilt, data, by_block(segments, into), into)
    return await asyncio.to_thread(_table, made, segments)


def _of_word(segments: Sequence[Segment]) -> bool:
    return bool(segments) and _MARKED in segments[0].key


def _row(one: Segment) -> tuple[object, ...]:
    return (
        one.number, one.page or "", one.source, one.target, one.origin.value,
        "yes" if one.accepted else "no", told(one.checks), one.meant,
    )  # fmt: skip


def _pairs(segments: Sequence[Segment], language: Language, into: Language) -> list[Pair]:
    """Those that are translated; accepted or not, the other tool's people decide."""
    return [
        Pair(source_language=language, into=into, source=s.source, target=s.target)
        for s in segments if s.target.strip()
    ]  # fmt: skip


def _table(made: Translation, segments: Sequence[Segment]) -> bytes:
    """Both languages side by side in a new document; what failed stands under its translation."""
    rows = [(str(s.number), s.source, _shown(s)) for s in segments]
    blocks = [
        heading(made.title),
        table(("", made.source_language, made.into.value), rows, _WIDTHS),
        *([paragraph(made.note, small=True)] if made.note else []),
    ]
    return docx(blocks, made.into.language, made.title)


def _shown(one: Segment) -> str:
    return one.target if one.held else f"{one.target}\n✗ {told(one.checks)}"

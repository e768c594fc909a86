"""Passages: the stretches of text that search ranks, made of the blocks a parser found.

A passage follows the document's own structure: it starts at a heading or a numbered paragraph and
never crosses one; short neighbours of the same paragraph are joined, long ones cut at sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lionrock.documents.language import HAN, detect
from lionrock.documents.parsed import Block, ParsedDocument, Slice
from lionrock.documents.sentences import sentences

TARGET_UNITS = 140
"""Where a passage is full, in words or Chinese characters divided by 1.6: about 200 tokens."""


@dataclass(frozen=True, slots=True)
class Passage:
    ordinal: int
    kind: str
    number: str
    heading: str
    """Path of headings above, outermost first, joined with " › "."""
    language: str
    text: str
    slices: tuple[Slice, ...]
    """Where `text` stands: the slices' page texts joined with blanks (nothing between Chinese)."""


def passages(document: ParsedDocument) -> list[Passage]:
    """The passages of `document`, in reading order."""
    made: list[Passage] = []
    for heading, group in _groups(document):
        for slices in _pack(document, group):
            text = joined(document, slices)
            if text.strip():
                first = group[0]
                language = detect(text)
                made.append(
                    Passage(len(made), first.kind, first.number, heading, language, text, slices)
                )
    return made


def _groups(document: ParsedDocument) -> Iterator[tuple[str, list[Block]]]:
    """Blocks that belong together (one numbered paragraph with its items), with their heading path."""
    path: list[tuple[int, str]] = []
    group: list[Block] = []
    heading = ""
    for block in document.blocks:
        if block.kind == "toc":
            continue
        if block.kind == "heading":
            if group:
                yield heading, group
            path = [(level, text) for level, text in path if level < block.level]
            path.append((block.level, joined(document, block.slices).strip()))
            heading, group = " › ".join(text for _, text in path), []
        elif group and _starts_new(group, block, document):
            yield heading, group
            group = [block]
        else:
            group.append(block)
    if group:
        yield heading, group


def _starts_new(group: list[Block], block: Block, document: ParsedDocument) -> bool:
    if block.kind == "item":
        return False
    if block.kind != group[-1].kind and "row" in (block.kind, group[-1].kind):
        return True
    if block.kind == "row":
        return _units(_text_of(document, group)) >= TARGET_UNITS
    return bool(block.number) or _units(_text_of(document, group)) >= TARGET_UNITS // 2


def _text_of(document: ParsedDocument, blocks: Sequence[Block]) -> str:
    return "\n".join(joined(document, b.slices) for b in blocks)


def _pack(document: ParsedDocument, group: list[Block]) -> Iterator[tuple[Slice, ...]]:
    """Slices of about TARGET_UNITS, cut between blocks where possible and between sentences else."""
    pending: list[Slice] = []
    size = 0.0
    for block in group:
        for piece in _cut(document, block):
            units = _units(joined(document, piece))
            if pending and size + units > TARGET_UNITS * 1.3:
                yield tuple(pending)
                pending, size = [], 0.0
            pending.extend(piece)
            size += units
    if pending:
        yield tuple(pending)


def _cut(document: ParsedDocument, block: Block) -> Iterator[tuple[Slice, ...]]:
    if _units(joined(document, block.slices)) <= TARGET_UNITS * 1.3:
        yield block.slices
        return
    for part in block.slices:
        text = document.pages[part.page - 1].text[part.start : part.end]
        start = end = 0
        for a, b in sentences(text):
            if end > start and _units(text[start:b]) > TARGET_UNITS:
                yield (Slice(part.page, part.start + start, part.start + end),)
                start = a
            end = b
        if end > start:
            yield (Slice(part.page, part.start + start, part.start + end),)


def joined(document: ParsedDocument, slices: Sequence[Slice]) -> str:
    return join_slices([document.pages[s.page - 1].text[s.start : s.end] for s in slices])


def join_slices(parts: Sequence[str]) -> str:
    """Parts of one text: a line break between them, so that each part's sentences stay its own."""
    return "\n".join(parts)


def _units(text: str) -> float:
    han = len(HAN.findall(text))
    return len(text.split()) + han / 1.6 if han else float(len(text.split()))

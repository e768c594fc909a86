"""A draft as text, as a Word file and as a PDF. What stands behind it follows on a page of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from lionrock.assist.checks import told
from lionrock.assist.docx import making
from lionrock.assist.docx.making import Align, Block, Source, Span
from lionrock.assist.drafting.body import Shape
from lionrock.assist.drafting.lines import DraftLine, Said, State
from lionrock.assist.drafting.phrases import phrase

if TYPE_CHECKING:
    from lionrock.assist.drafting.schemas import Draft

INDENT: Final = "\u3000\u3000"
"""A paragraph of Chinese begins two characters in."""
_LEVELS: dict[Shape, int] = {"heading": 1, "subheading": 2}
_ALIGNED: dict[Shape, Align] = {"heading": "center", "right": "right", "center": "center"}


async def saved(draft: Draft, format: str) -> bytes:
    """`format`: docx, pdf or md."""
    if format == "md":
        return f"{text(draft)}\n".encode()
    blocks = [*letter(draft), *behind(draft)]
    if format == "docx":
        return await asyncio.to_thread(making.docx, blocks, draft.language, draft.title)
    return await asyncio.to_thread(making.pdf, blocks, draft.title)


def text(draft: Draft) -> str:
    """The draft as plain text; each sentence with the numbers of its sources, which follow."""
    gap = " " if draft.language == "en" else ""
    lines: list[str] = []
    for block in draft.blocks:
        lines += [*("\t".join(_numbered(cell, gap) for cell in line.cells) for line in block), ""]
    for number, citation in enumerate(draft.citations, 1):
        lines.append(f"  [{number}] {citation.document}, p. {citation.page}: “{citation.quote}”")
    lines += [f"  ({note})" for note in draft.notes]
    failed = told(draft.checks)
    return "\n".join([*lines, f"  {failed}"] if failed else lines)


def _numbered(cell: list[Said], gap: str) -> str:
    """The pieces with the numbers of their sources; a sentence is parted from the next."""
    marked = [said.text + "".join(f" [{cite + 1}]" for cite in said.cites) for said in cell]
    return "".join(
        piece + (gap if said.cites and piece is not marked[-1] else "")
        for piece, said in zip(marked, cell, strict=True)
    )


def letter(draft: Draft) -> Iterator[Block]:
    """What is to go out, open places marked."""
    gap = " " if draft.language == "en" else ""
    for block in draft.blocks:
        for shape, group in groupby(block, key=lambda line: line.shape):
            lines = list(group)
            if shape == "row":
                yield _table(lines)
            elif shape == "section":
                for line in lines:
                    indent = () if draft.language == "en" else (Span(INDENT),)
                    yield Block((*indent, *_spans(line.cells[0], gap)))
            elif shape in _LEVELS:
                for line in lines:
                    align = _ALIGNED.get(shape, "left")
                    yield Block(_spans(line.cells[0]), level=_LEVELS[shape], align=align)
            else:
                yield Block(_lines(lines), align=_ALIGNED.get(shape, "left"))


def _lines(lines: list[DraftLine]) -> tuple[Span, ...]:
    """Lines of one paragraph, each ending where the template's does."""
    spans: list[Span] = []
    for line in lines:
        spans += [Span("\n"), *_spans(line.cells[0])] if spans else _spans(line.cells[0])
    return tuple(spans)


def _table(lines: list[DraftLine]) -> Block:
    columns = max(len(line.cells) for line in lines)
    rows = tuple(
        tuple(_spans(cell) for cell in [*line.cells, *[[]] * (columns - len(line.cells))])
        for line in lines
    )
    widths = tuple(3 if column % 2 == 0 and columns > 1 else 7 for column in range(columns))
    return Block(rows=rows, widths=widths, ruled=False)


def _spans(cell: list[Said], gap: str = "") -> tuple[Span, ...]:
    return tuple(
        Span(
            f"{gap if place else ''}{said.text}", bold=said.bold,
            open=said.state in (State.OPEN, State.QUOTED),
        )
        for place, said in enumerate(cell)
    )  # fmt: skip


def behind(draft: Draft) -> Iterator[Block]:
    """What is not part of the draft: the source of each sentence, and what is still to be filled in."""
    found = [
        Source(said.text, citation.document, citation.page, citation.quote)
        for said in draft.said()
        for citation in (draft.citations[cite] for cite in said.cites)
    ]
    if found:
        yield from making.sources(phrase(draft.language, "sources"), found, draft.language)
    if draft.open:
        yield making.heading(phrase(draft.language, "open"), 2, turn=not found)
        for label in draft.open:
            yield making.paragraph(f"– {label}", small=True)
    for note in draft.notes:
        yield making.paragraph(note, small=True)

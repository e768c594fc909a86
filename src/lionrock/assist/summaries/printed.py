"""A summary on paper: a Word document or a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lionrock.assist.docx.making import (
    Block,
    Source,
    docx,
    heading,
    paragraph,
    pdf,
    sources,
    table,
)
from lionrock.assist.summaries.choices import Shape
from lionrock.assist.summaries.files import columns, named

if TYPE_CHECKING:
    from lionrock.assist.summaries.schemas import Summary


def printed(summary: Summary, format: str) -> bytes:
    """`format`: docx or pdf."""
    say = named(summary.language)
    title = f"{say['summary']}: {'; '.join(summary.documents)}"
    made = blocks(summary, title)
    return pdf(made, title) if format == "pdf" else docx(made, summary.language, title)


def blocks(summary: Summary, title: str) -> list[Block]:
    say = named(summary.language)
    made = [heading(title), *_body(summary)]
    made += [paragraph(note, small=True) for note in summary.notes]
    if summary.uncovered:
        made += [heading(say["uncovered"], 2)]
        made += [paragraph(f"• {one}", small=True) for one in summary.uncovered]
    if summary.kept_out:
        made += [heading(say["kept_out"], 2)]
        made += [
            paragraph(f"{c.document}, {say['pages']} {c.page}: {c.quote}", small=True)
            for c in summary.kept_out
        ]
    return made + (
        sources(say["sources"], _sources(summary), summary.language) if summary.lines else []
    )


def _body(summary: Summary) -> list[Block]:
    texts = [line.text for line in summary.lines]
    if summary.shape is Shape.PARAGRAPH:
        return [paragraph((" " if summary.language == "en" else "").join(texts))]
    if summary.shape is Shape.BRIEF:
        return [paragraph(f"{number}. {text}") for number, text in enumerate(texts, 1)]
    head, rows = columns(summary)
    say = named(summary.language)
    # The words of the sources follow on a page of their own; one document needs no column.
    left_out = {say["words"], *([say["documents"]] if len(summary.documents) == 1 else [])}
    widths = {
        say["number"]: 1,
        say["date"]: 3,
        say["origin"]: 3,
        say["documents"]: 4,
        say["pages"]: 2,
    }
    kept = [i for i, name in enumerate(head) if name not in left_out]
    shares = [widths.get(head[i], _SENTENCE) for i in kept]
    return [table([head[i] for i in kept], [[row[i] for i in kept] for row in rows], shares)]


_SENTENCE = 8
"""The share of a column that holds sentences."""


def _sources(summary: Summary) -> list[Source]:
    """Each quote on a row, the sentence that stands on it told once."""
    return [
        Source("" if place else line.text, cited.document, cited.page, cited.quote)
        for line in summary.lines
        for place, cited in enumerate(summary.citations[i] for i in line.cites)
    ]

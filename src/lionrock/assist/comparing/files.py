"""A comparison as a file to keep: Markdown, a Word document or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lionrock.assist.comparing.phrases import named
from lionrock.assist.docx.making import docx, heading, paragraph, table
from lionrock.assist.summaries.files import markdown_table
from lionrock.kernel.tables import as_xlsx

if TYPE_CHECKING:
    from lionrock.assist.comparing.schemas import Clause, Pair, TextComparison

_WIDTHS = (10, 3, 20, 3, 20, 12)


def made(comparison: TextComparison, format: str) -> bytes:
    """`format`: md, docx or xlsx. Titles are in the language of the second text."""
    say = named(comparison.languages[1])
    title = f"{say['title']}: {' / '.join(name or say['text'] for name in comparison.names)}"
    head = [say[k] for k in ("verdict", "page", "first", "page", "second", "differences")]
    rows = [_row(pair, say) for pair in comparison.pairs]
    counts = ", ".join(f"{say[name]} {n}" for name, n in comparison.counts.items())
    notes = [counts, *comparison.notes]
    if format == "xlsx":
        return as_xlsx([(say["title"], [head, *rows]), (say["notes"], [[n] for n in notes])])
    if format == "docx":
        blocks = [heading(title), *(paragraph(note, small=True) for note in notes)]
        blocks += [table(head, rows, _WIDTHS)] if rows else []
        return docx(blocks, comparison.languages[1], title)
    parts = [f"# {title}", *notes, *([markdown_table(head, rows)] if rows else [])]
    return ("\n\n".join(parts) + "\n").encode()


def _row(pair: Pair, say: dict[str, str]) -> list[str]:
    verdict = say[pair.verdict] + (f", {say['moved']}" if pair.moved else "")
    found = "\n".join(
        f"{say[d.name]}: {', '.join(d.first) or '—'} ≠ {', '.join(d.second) or '—'}"
        for d in pair.differences
    )
    return [verdict, *_side(pair.first), *_side(pair.second), found]


def _side(clause: Clause | None) -> tuple[str, str]:
    return (str(clause.page or ""), clause.text) if clause else ("", "")

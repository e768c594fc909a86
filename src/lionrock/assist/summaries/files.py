"""A summary as a file to keep: Markdown, a workbook, or a Word document or PDF (`printed`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from lionrock.assist.phrases import worded
from lionrock.assist.summaries.choices import Shape
from lionrock.documents.language import Language
from lionrock.kernel.tables import as_xlsx

if TYPE_CHECKING:
    from lionrock.assist.summaries.schemas import Line, Summary

_ENGLISH: Final = {
    "summary": "Summary", "number": "No.", "date": "Date", "event": "Event", "point": "Point",
    "pages": "Page", "words": "Words of the source", "documents": "Document", "origin": "How it came about",
    "worded": "worded by a model, checked", "quoted": "quoted", "sources": "Sources", "notes": "Notes",
    "uncovered": "Sections not covered", "kept_out": "Kept out: addressed to a language model",
    "en": "English", "zh-Hant": "Traditional Chinese", "failed": "not held",
}  # fmt: skip
_CHINESE: Final = {
    "summary": "摘要", "number": "序號", "date": "日期", "event": "事件", "point": "要點",
    "pages": "頁", "words": "原文", "documents": "文件", "origin": "來源方式",
    "worded": "模型撰寫，已核對", "quoted": "原文引文", "sources": "出處", "notes": "備註",
    "uncovered": "未涵蓋的章節", "kept_out": "已剔除：寫給語言模型的文字",
    "en": "英文", "zh-Hant": "繁體中文", "failed": "未能成立",
}  # fmt: skip


def named(language: Language) -> dict[str, str]:
    """What the parts of a file are called in the summary's language."""
    return worded(language, _ENGLISH, _CHINESE)


def workbook(summary: Summary) -> bytes:
    """The lines with what they stand on, and how the summary came about."""
    say = named(summary.language)
    rows = [_row(number, line, summary) for number, line in enumerate(summary.lines, 1)]
    about = [[say["documents"], name] for name in summary.documents]
    about += [[say["notes"], note] for note in summary.notes]
    about += [[say["uncovered"], heading] for heading in summary.uncovered]
    about += [[say["kept_out"], f"{c.document}, {c.page}: {c.quote}"] for c in summary.kept_out]
    return as_xlsx([(say["summary"], [_head(summary), *rows]), (say["notes"], about)])


def columns(summary: Summary) -> tuple[list[str], list[list[str]]]:
    """The lines as a table of texts: its head and its rows."""
    rows = [_row(number, line, summary) for number, line in enumerate(summary.lines, 1)]
    return _head(summary), [[str(cell) for cell in row] for row in rows]


def _head(summary: Summary) -> list[str]:
    say = named(summary.language)
    first = [say["number"], *([say["date"]] if summary.dated else [])]
    texts = [say[k] for k in summary.pair_languages] if summary.paired else [say["point"]]
    return [*first, *texts, say["origin"], say["documents"], say["pages"], say["words"]]


def _row(number: int, line: Line, summary: Summary) -> list[str | int]:
    cited = [summary.citations[i] for i in line.cites]
    return [
        number, *([line.date] if summary.dated else []),
        line.text, *([line.pair] if summary.paired else []),
        named(summary.language)[line.origin.value],
        "; ".join(dict.fromkeys(c.document for c in cited)), pages(line, summary),
        "\n".join(c.quote for c in cited),
    ]  # fmt: skip


def pages(line: Line, summary: Summary) -> str:
    return ", ".join(dict.fromkeys(str(summary.citations[i].page) for i in line.cites))


def markdown(summary: Summary) -> str:
    say = named(summary.language)
    blocks = [f"# {say['summary']}: {_plain('; '.join(summary.documents))}", _body(summary)]
    blocks.append(f"## {say['sources']}")
    blocks.append(
        "\n".join(
            f"{i}. {_plain(c.document)}, {say['pages']} {c.page}: “{_plain(c.quote)}”"
            for i, c in enumerate(summary.citations, 1)
        )
    )
    for head, told in (("notes", summary.notes), ("uncovered", summary.uncovered)):
        if told:
            blocks += [f"## {say[head]}", "\n".join(f"- {_plain(one)}" for one in told)]
    if summary.kept_out:
        kept = (
            f"- {_plain(c.document)}, {say['pages']} {c.page}: “{_plain(c.quote)}”"
            for c in summary.kept_out
        )
        blocks += [f"## {say['kept_out']}", "\n".join(kept)]
    return "\n\n".join(blocks) + "\n"


def _body(summary: Summary) -> str:
    marked = [_plain(line.text) + _marks(line) for line in summary.lines]
    if summary.shape is Shape.PARAGRAPH:
        return ("" if summary.language in ("zh-Hant", "zh-Hans", "yue") else " ").join(marked)
    if summary.shape is Shape.BRIEF:
        return "\n".join(f"{i}. {text}" for i, text in enumerate(marked, 1))
    return markdown_table(*columns(summary))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_plain(c) for c in cells) + " |" for cells in lines)


def _marks(line: Line) -> str:
    return "".join(f" [{i + 1}]" for i in line.cites)


def _plain(text: str) -> str:
    """On one line, and no mark-up of its own."""
    for mark in ("\\", "|", "<", "*", "_", "`", "["):
        text = text.replace(mark, f"\\{mark}" if mark != "<" else "&lt;")
    return " ".join(text.split())

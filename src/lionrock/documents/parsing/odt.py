"""ODT to blocks: headings, lists with their labels, tables, footnotes, text boxes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lionrock.documents.parsing.flow import Flow, FlowBlock, clean, heading, item, paragraph, row
from lionrock.documents.parsing.odf import DRAW, TABLE, TEXT, Notes, Parts, count, parts_of, words
from lionrock.documents.parsing.odt_numbering import Numbering

_ROWS: Final = (f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group")
_INDEXES: Final = tuple(
    f"{TEXT}{name}"
    for name in ("table-of-content", "illustration-index", "table-index", "object-index",
                 "user-index", "alphabetical-index", "bibliography")
)  # fmt: skip
_HOLDERS: Final = (
    f"{TEXT}section",
    f"{TEXT}index-title",
    f"{DRAW}text-box",
    f"{TEXT}numbered-paragraph",
)
_MOST_COLUMNS: Final = 16_384


def parse_odt(path: Path) -> Flow:
    """Read a text document, as it stands after tracked changes are accepted."""
    parts = parts_of(path)
    return Flow(parts.title, list(Reader(parts).blocks(parts.body("text"))))


class Reader:
    """Reads the text content of one OpenDocument file, in order."""

    def __init__(self, parts: Parts) -> None:
        self._numbering = Numbering(parts)
        self._notes = Notes()

    def blocks(self, container: Any) -> Iterator[FlowBlock]:
        """The blocks of a body, a cell or a text box."""
        for child in container:
            tag = child.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child)
            elif tag == f"{TEXT}list":
                yield from self._list(child)
            elif tag == f"{TABLE}table":
                yield from self.table(child)
            elif tag in _INDEXES:
                yield from self._index(child)
            elif tag in _HOLDERS:
                yield from self.blocks(child)
            elif isinstance(tag, str) and tag.startswith(DRAW):
                yield from self._boxes(child)

    def _paragraph(self, element: Any) -> Iterator[FlowBlock]:
        text = clean(words(element, self._notes.mark))
        if element.tag == f"{TEXT}h":
            level = count(element, f"{TEXT}outline-level")
            label = self._numbering.heading(level) if text else ""
            yield from heading(f"{label} {text}", level)
        else:
            yield from paragraph(text)
        yield from self._after(element)

    def _after(self, element: Any) -> Iterator[FlowBlock]:
        """The footnotes of a paragraph, and the text boxes anchored in it."""
        yield from self._notes.blocks()
        for drawn in _anchored(element):
            yield from self._boxes(drawn)

    def _boxes(self, drawn: Any) -> Iterator[FlowBlock]:
        """The text of a frame, a shape or a group."""
        if drawn.tag == f"{DRAW}frame":
            for child in drawn:
                if child.tag == f"{DRAW}text-box":
                    yield from self.blocks(child)
                elif child.tag == f"{TABLE}table":
                    yield from self.table(child)
        else:
            yield from self.blocks(drawn)

    def _list(self, element: Any, level: int = 1, style: str = "") -> Iterator[FlowBlock]:
        style = element.get(f"{TEXT}style-name", style)
        if level == 1:
            self._numbering.start(style, goes_on=element.get(f"{TEXT}continue-numbering") == "true")
        for entry in element:
            if entry.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            label = ""
            if entry.tag == f"{TEXT}list-item" and any(c.tag == f"{TEXT}p" for c in entry):
                label = self._numbering.label(style, level, entry.get(f"{TEXT}start-value", ""))
            for child in entry:
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, level + 1, style)
                elif child.tag == f"{TEXT}p":
                    text = clean(words(child, self._notes.mark))
                    yield from item(label, text, level) if text and label else paragraph(text)
                    yield from self._after(child)
                    label = "" if text else label
                else:
                    yield from self.blocks([child])

    def _index(self, element: Any) -> Iterator[FlowBlock]:
        for line in element.iter(f"{TEXT}p", f"{TEXT}h"):
            if line.getparent().tag == f"{TEXT}index-body" and clean(words(line)):
                yield FlowBlock("toc", clean(words(line)))

    def table(self, table: Any) -> Iterator[FlowBlock]:
        """Rows of cells; a row of one cell is layout, its blocks stand for themselves."""
        for child in table:
            if child.tag in _ROWS:
                yield from self.table(child)
            elif child.tag == f"{TABLE}table-row":
                yield from self._row(child)

    def _row(self, line: Any) -> Iterator[FlowBlock]:
        cells = [list(self.blocks(cell)) for cell in _cells(line)]
        if len(cells) == 1:
            yield from cells[0]
            return
        yield from row(" ".join(b.text for b in cell if b.kind != "footnote") for cell in cells)
        for cell in cells:
            yield from (block for block in cell if block.kind == "footnote")


def _anchored(element: Any) -> Iterator[Any]:
    """What is drawn in a paragraph, outermost first."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(DRAW):
            yield child
        else:
            yield from _anchored(child)


def _cells(line: Any) -> Iterator[Any]:
    """A row's cells, those that stand for several as often as they do, those covered as empty."""
    told = 0
    for cell in line.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        times = min(count(cell, f"{TABLE}number-columns-repeated"), _MOST_COLUMNS - told)
        told += times
        for _ in range(times):
            yield cell if cell.tag == f"{TABLE}table-cell" else ()

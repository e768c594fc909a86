"""The reading copy: blocks without pages typeset into a PDF by typst, and read back.

The text reaches typst as data, never as markup, so nothing in a document can be a command. The
page text is our own; the PDF only says where each character stands.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from lionrock.documents.parsed import CJK, ParsedDocument
from lionrock.documents.parsing.align import aligned
from lionrock.documents.parsing.flow import Flow, FlowBlock
from lionrock.documents.parsing.pdf import OnPage
from lionrock.documents.parsing.titles import choose_title
from lionrock.errors import UnreadableDocument

_MOST_COLUMNS = 8
"""A wider table is set as lines of text: its columns would be too narrow to read."""

_TEXT_WIDTH, _GUTTER, _LETTER = 470.0, 10.0, 6.2
"""Points: between the margins, between two columns, and a wide letter of Latin."""

_WORD = re.compile(rf"[^\s{CJK}]+")
_LONGEST_UNBROKEN = 600
"""A block of fewer characters is kept on one page."""

# `b` is a block: k its kind, l its level, t its text, c its cells, w their widths, u whether it is
# to stay on one page.
_TEMPLATE = b"""
#set document(title: sys.inputs.title)
#set page(paper: "a4", margin: (x: 22mm, y: 20mm))
#set text(font: "Noto Sans CJK HK", size: 10pt, ligatures: false, hyphenate: false,
  cjk-latin-spacing: none, lang: "zh", region: "HK")
#set par(leading: 0.7em, spacing: 0.9em, linebreaks: "simple")
#let sizes = (17pt, 14.5pt, 13pt, 12pt, 11pt, 10.5pt)
#let strong-text(size, body) = text(size: size, stroke: 0.022em, body)
#let set-block(b) = {
  if b.k == "heading" {
    strong-text(sizes.at(b.l - 1), b.t)
  } else if b.k == "row" and b.w != none {
    block(width: 100%, stroke: (bottom: 0.3pt + luma(170)), inset: (y: 3pt), above: 0pt,
      below: 0pt, grid(columns: b.w.map(w => w * 1fr), column-gutter: 10pt, ..b.c))
  } else if b.k == "item" {
    pad(left: b.l * 10pt, b.t)
  } else if b.k == "footnote" {
    text(size: 8.5pt, b.t)
  } else {
    b.t
  }
}
#for b in json(bytes(sys.inputs.blocks)) {
  block(breakable: not b.u, sticky: b.k == "heading", width: 100%,
    above: if b.k == "heading" { 1.5em } else if b.w != none { 0pt } else { 0.9em },
    below: if b.w != none { 0pt } else { 0.9em }, set-block(b))
}
"""


def typeset(flow: Flow, media_type: str, stem: str, on_page: OnPage) -> ParsedDocument:
    """The document with its reading copy. Raises `UnreadableDocument` if it holds no text."""
    if not flow.blocks:
        raise UnreadableDocument("it is empty: it holds no text")
    first = next((b.text for b in flow.blocks[:20] if b.kind == "heading"), "")
    title = choose_title(flow.title, first, stem)
    copy = reading_copy(flow.blocks, title)
    pages, blocks = aligned(flow.blocks, copy, on_page)
    return ParsedDocument(title, media_type, pages, blocks, copy, flow.facts)


def reading_copy(blocks: Sequence[FlowBlock], title: str) -> bytes:
    """The blocks as a PDF, in order."""
    data = json.dumps(list(_data(blocks)), ensure_ascii=False, separators=(",", ":"))
    return bytes(
        typst.compile(
            _TEMPLATE,
            font_paths=fonts(),
            sys_inputs={"blocks": data, "title": title},
            pdf_tags=False,
        )
    )


@cache
def fonts() -> Any:
    """The one font used, whatever the machine has."""
    package = importlib.util.find_spec("noto_cjk_sans_otc")
    assert package is not None and package.origin is not None, "a dependency of this package"
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(package.origin).parent)],
    )


def _data(blocks: Sequence[FlowBlock]) -> Iterator[dict[str, object]]:
    """What the template is given; the rows of one table share their column widths."""
    for _, group in groupby(blocks, key=lambda block: bool(block.cells)):
        run = list(group)
        columns = max(len(block.cells) for block in run)
        widths = _widths(run, columns) if 1 < columns <= _MOST_COLUMNS else None
        for block in run:
            short = len(block.text) < _LONGEST_UNBROKEN
            yield {
                "k": block.kind,
                "l": min(block.level, 6),
                "t": block.text,
                "c": _padded(block, columns),
                "w": widths if short else None,
                "u": short,
            }


def _padded(block: FlowBlock, columns: int) -> list[str]:
    return [*block.cells, *[""] * (columns - len(block.cells))]


def _widths(rows: Sequence[FlowBlock], columns: int) -> list[int]:
    """Shares of the width by the longest cell, within bounds, Chinese characters counted twice; but no
    column narrower than its longest word, as far as all can have that."""
    padded = list(zip(*(_padded(row, columns) for row in rows), strict=True))
    wanted = [min(max(max(map(_em, column)), 8), 60) for column in padded]
    room = (_TEXT_WIDTH - _GUTTER * (columns - 1)) / _LETTER
    least = [
        max(len(word) for cell in column for word in _WORD.findall(cell) or [""])
        for column in padded
    ]
    narrow: set[int] = set()
    while sum(least) < room:
        left = room - sum(least[i] for i in narrow)
        unit = left / max(sum(w for i, w in enumerate(wanted) if i not in narrow), 1)
        more = {i for i, w in enumerate(wanted) if i not in narrow and w * unit < least[i]}
        if not more:
            return [
                round(10 * (least[i] if i in narrow else w * unit)) for i, w in enumerate(wanted)
            ]
        narrow |= more
    return wanted


def _em(text: str) -> int:
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)

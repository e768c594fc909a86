"""What the readers of formats without pages hand over: blocks of plain text, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lionrock.documents.parsed import CJK, BlockKind
from lionrock.documents.parsing.numbering import label_of
from lionrock.documents.parsing.text import tidy

_WRAPPED_HAN = re.compile(rf"(?<=[{CJK}])[ \t]*[\r\n]+[ \t]*(?=[{CJK}])")

CELL_GAP = "  "
"""What stands between the cells of a row."""


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """A block of tidy text. `number` is its label where the format gave one or the text has one;
    `cells` are a row's."""

    kind: BlockKind
    text: str
    level: int = 0
    number: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A document without pages: its own title, if its metadata has one, its blocks, and `facts` as
    of `ParsedDocument`."""

    title: str
    blocks: list[FlowBlock]
    facts: dict[str, str] = field(default_factory=dict)


def clean(text: str) -> str:
    """One tidy line of what may be wrapped: Chinese lines are joined without a space."""
    return tidy(_WRAPPED_HAN.sub("", text))


def heading(text: str, level: int) -> list[FlowBlock]:
    """A heading, or nothing for blank text."""
    text = clean(text)
    label = label_of(text)
    number = label.number if label else ""
    return [FlowBlock("heading", text, min(max(level, 1), 6), number)] if text else []


def paragraph(text: str, kind: BlockKind = "paragraph") -> list[FlowBlock]:
    """A paragraph or an item, by the label it starts with; nothing for blank text."""
    text = clean(text)
    if not text:
        return []
    label = label_of(text)
    if label is None or kind == "footnote":
        return [FlowBlock(kind, text)]
    listed = label.kind in ("cjk", "paren", "bullet") or (
        label.kind == "decimal" and label.depth < 2
    )
    return [FlowBlock("item" if listed else kind, text, 0, label.number)]


def item(label: str, text: str, depth: int = 1) -> list[FlowBlock]:
    """A list item with its printed label ("•", "1.", "(a)")."""
    text = clean(f"{label} {text}" if label else text)
    found = label_of(text)
    number = found.number if found else ""
    return [FlowBlock("item", text, depth, number)] if text != label else []


def row(cells: Iterable[str]) -> list[FlowBlock]:
    """A table row; its text leaves empty cells out. Nothing for a row without any text."""
    cleaned = tuple(map(clean, cells))
    text = CELL_GAP.join(cell for cell in cleaned if cell)
    return [FlowBlock("row", text, cells=cleaned)] if text else []

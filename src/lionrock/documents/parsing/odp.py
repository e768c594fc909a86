"""ODP to blocks: each slide a heading "Slide n", its text by frame, its tables, then its notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lionrock.documents.parsing.flow import Flow, FlowBlock, clean, heading
from lionrock.documents.parsing.odf import DRAW, PRESENTATION, TEXT, hidden, parts_of, words
from lionrock.documents.parsing.odt import Reader

_CLASS: Final = f"{PRESENTATION}class"
_FURNITURE: Final = ("date-time", "footer", "header", "page-number", "page")


def parse_odp(path: Path) -> Flow:
    """Read a presentation: the slides that are shown, in order."""
    parts = parts_of(path)
    unseen = hidden(parts, f"{PRESENTATION}visibility", ["hidden"])
    reader = Reader(parts)
    blocks: list[FlowBlock] = []
    for number, slide in enumerate(parts.body("presentation").iterchildren(f"{DRAW}page"), 1):
        if slide.get(f"{DRAW}style-name") not in unseen:
            blocks.extend(_slide(reader, slide, number))
    return Flow(parts.title, blocks)


def _slide(reader: Reader, slide: Any, number: int) -> Iterator[FlowBlock]:
    titles = [child for child in slide if child.get(_CLASS) == "title"]
    title = clean(" ".join(words(p) for t in titles[:1] for p in t.iter(f"{TEXT}p")))
    yield from heading(f"Slide {number}: {title}" if title else f"Slide {number}", 1)
    shown = [c for c in slide if c not in titles[:1] and c.get(_CLASS) not in _FURNITURE]
    yield from reader.blocks(shown)
    notes = slide.find(f"{PRESENTATION}notes")
    if notes is not None:
        found = list(reader.blocks([c for c in notes if c.get(_CLASS) == "notes"]))
        if found:
            yield from heading("Notes", 2)
            yield from found

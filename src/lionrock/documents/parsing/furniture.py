"""Running headers, footers and page numbers: found over all pages, left out of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lionrock.documents.parsing.layout import Line, Visual

_HEAD, _FOOT = 0.26, 0.8
"""Only what stands above or below these parts of a page can be furniture."""

_FIGURES = re.compile(r"\d+|[ivxlc]+$")
_PAGE_NUMBER = re.compile(
    r"[-–—~‧·|\[(]{0,2}\s?(?:\d{1,4}|[ivxl]{1,7})\s?[-–—~‧·|\])]{0,2}"
    r"|(?:page|p\.)\s?\d{1,4}(?:\s?(?:of|/)\s?\d{1,4})?|\d{1,4}\s?(?:/|of)\s?\d{1,4}"
    r"|第\s?\d{1,4}\s?[頁页](?:\s?[,，/]?\s?共\s?\d{1,4}\s?[頁页])?",
    re.IGNORECASE,
)

Key = tuple[str, int]


def without_furniture(
    pages: Sequence[Sequence[Visual]], heights: Sequence[float]
) -> list[list[Visual]]:
    """The pages' lines without furniture. The first page keeps its header: it may say what no
    other text says, such as the version and date of the document."""
    counts = Counter(
        key
        for visuals, height in zip(pages, heights, strict=True)
        for key in {key for line in _edge(visuals, height) for key in _keys(line)[:1]}
    )
    needed = 2 if len(pages) == 2 else 3
    kept = []
    for number, (visuals, height) in enumerate(zip(pages, heights, strict=True)):
        dropped = {
            id(line)
            for line in _edge(visuals, height)
            if _is_page_number(line, height)
            or (
                any(counts[key] >= needed for key in _keys(line))
                and not (number == 0 and line.y1 < _HEAD * height)
            )
        }
        kept.append(list(_remaining(visuals, dropped)))
    return kept


def _remaining(visuals: Sequence[Visual], dropped: set[int]) -> Iterator[Visual]:
    for visual in visuals:
        left = [line for line in visual if id(line) not in dropped]
        if left:
            yield left


def _edge(visuals: Sequence[Visual], height: float) -> Iterator[Line]:
    for visual in visuals:
        for line in visual:
            if line.y1 < _HEAD * height or line.y0 > _FOOT * height:
                yield line


def _keys(line: Line) -> list[Key]:
    """Text without its figures, and height in steps of four points; then the heights beside it."""
    text = _FIGURES.sub("#", line.text)
    step = round(line.y0 / 4)
    return [(text, step), (text, step - 1), (text, step + 1)]


def _is_page_number(line: Line, height: float) -> bool:
    at_edge = line.y0 > 0.88 * height or line.y1 < 0.1 * height
    return at_edge and len(line.text) < 24 and bool(_PAGE_NUMBER.fullmatch(line.text))

"""Running headers, footers and page numbers: found over all pages, left out of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lionrock.documents.parsing.layout import Line, Visual

_HEAD, _FOOT = 0.26, 0.8
"""Only what stands above or below these parts of a page can be furniture."""

_FIGURE = re.compile(r"\d{1,4}(?!\d)")
_PAGE_NUMBER = re.compile(
    r"[-–—~‧·|\[(]{0,2}\s?(?:\d{1,4}|[ivxl]{1,7})\s?[-–—~‧·|\])]{0,2}"
    r"|(?:page|p\.)\s?\d{1,4}(?:\s?(?:of|/)\s?\d{1,4})?|\d{1,4}\s?(?:/|of)\s?\d{1,4}"
    r"|第\s?\d{1,4}\s?[頁页](?:\s?[,，/]?\s?共\s?\d{1,4}\s?[頁页])?",
    re.IGNORECASE,
)

Key = tuple[str, int]
"""A text and how far down it stands, in steps of four points."""


def without_furniture(
    pages: Sequence[Sequence[Visual]], heights: Sequence[float]
) -> list[list[Visual]]:
    """The pages' lines without furniture. The first page keeps its header: it may say what no
    other text says, such as the version and date of the document."""
    counts = Counter(
        key
        for number, (visuals, height) in enumerate(zip(pages, heights, strict=True))
        for key in {
            (text, _step(line)) for line in _edge(visuals, height) for text in _texts(line, number)
        }
    )
    needed = 2 if len(pages) == 2 else 3
    kept = []
    for number, (visuals, height) in enumerate(zip(pages, heights, strict=True)):
        running = {
            id(line)
            for line in _edge(visuals, height)
            if any(counts[key] >= needed for key in _keys(line, number))
        }
        dropped = set(_from_edges(visuals, height, running, keep_head=number == 0))
        kept.append(list(_remaining(visuals, dropped)))
    return kept


def _from_edges(
    visuals: Sequence[Visual], height: float, running: set[int], keep_head: bool
) -> Iterator[int]:
    """The `id` of each running line or page number that only such lines part from the edge."""
    lines = sorted((line for visual in visuals for line in visual), key=lambda line: line.y0)
    for edge, stays in ((lines, keep_head), (lines[::-1], False)):
        for line in edge:
            if _is_page_number(line, height):
                yield id(line)
            elif id(line) not in running:
                if not _is_garbled(line.text):
                    break
            elif not stays:
                yield id(line)


def _is_garbled(text: str) -> bool:
    """Whether it is what character recognition makes of a logo: marks rather than letters."""
    return sum(letter.isalnum() or letter == " " for letter in text) < 0.65 * len(text)


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


def _keys(line: Line, number: int) -> Iterator[Key]:
    """The line's texts at its height and those beside it: rounding may part two pages."""
    for text in _texts(line, number):
        for step in (0, -1, 1):
            yield text, _step(line) + step


def _step(line: Line) -> int:
    return round(line.y0 / 4)


def _texts(line: Line, number: int) -> Iterator[str]:
    """The text itself, and with each of its figures told as so many more than the page's number:
    a figure that goes up with the pages counts them."""
    yield line.text
    for match in _FIGURE.finditer(line.text):
        ahead = int(match[0]) - number
        yield f"{line.text[: match.start()]}#{ahead}{line.text[match.end() :]}"


def _is_page_number(line: Line, height: float) -> bool:
    at_edge = line.y0 > 0.88 * height or line.y1 < 0.1 * height
    return at_edge and len(line.text) < 24 and bool(_PAGE_NUMBER.fullmatch(line.text))

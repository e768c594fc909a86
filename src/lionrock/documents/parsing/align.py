"""Where each character of our blocks stands in the PDF that was typeset from them.

Both sides hold the same characters in the same order, but for white space, and for glyphs the font
lacks. So the two are run along together; where they part, a few characters are skipped on either
side until they meet again. What has no place of its own takes an edge of its neighbour's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import pypdfium2.raw as pdfium

from lionrock.documents.parsed import Block, ParsedPage, Slice, joint
from lionrock.documents.parsing.assemble import PageBuilder
from lionrock.documents.parsing.flow import FlowBlock
from lionrock.documents.parsing.fragments import Fragment, Glyph
from lionrock.documents.parsing.pdf import OnPage, opened, opened_page
from lionrock.documents.parsing.pdf_chars import Characters, frame_of
from lionrock.documents.parsing.pdf_fonts import Fonts
from lionrock.documents.parsing.text import BREAK_HYPHEN

_SKIP = 24
"""The most characters skipped, on both sides together, to meet again."""

_MEETING = 6
"""How many characters must agree for it to be a meeting."""

_FAR = 2000
"""How far ahead the beginning of a lost block is looked for."""

Places = list[int | None]


@dataclass(slots=True)
class _Ink:
    """The visible characters of the PDF, in order, and for each its page and box in points."""

    text: str
    pages: list[int]
    boxes: list[Glyph]
    sizes: list[tuple[float, float]]


def aligned(
    blocks: Sequence[FlowBlock], copy: bytes, on_page: OnPage
) -> tuple[tuple[ParsedPage, ...], tuple[Block, ...]]:
    """Pages and blocks of the text of `blocks` as it stands in the PDF `copy`."""
    ink = _read(copy, on_page)
    builders = [PageBuilder(i, *size) for i, size in enumerate(ink.sizes, 1)]
    found: list[Block] = []
    at = 0
    for block in blocks:
        places, at = _places(block.text, ink.text, at)
        pages = _pages(places, ink, at)
        slices = tuple(_slices(block.text, places, pages, ink, builders))
        found.append(Block(block.kind, block.level, block.number, slices))
    return tuple(builder.page() for builder in builders), tuple(found)


def _read(copy: bytes, on_page: OnPage) -> _Ink:
    ink, texts = _Ink("", [], [], []), []
    with opened(copy) as document:
        count = pdfium.FPDF_GetPageCount(document)
        for index in range(count):
            with opened_page(document, index) as page:
                frame = frame_of(page)
                text_page = pdfium.FPDFText_LoadPage(page)
                characters = Characters(text_page, frame, Fonts())
                pdfium.FPDFText_ClosePage(text_page)
            text = characters.text.replace(BREAK_HYPHEN, "-")
            seen = [i for i, letter in enumerate(text) if letter > " " and letter != "\x7f"]
            texts.append("".join([text[i] for i in seen]))
            ink.boxes += characters.boxes(seen)
            ink.pages += [index] * len(seen)
            ink.sizes.append((frame.width, frame.height))
            on_page(index + 1, count)
    ink.text = "".join(texts)
    return ink


def _places(text: str, ink: str, at: int) -> tuple[Places, int]:
    """For each character of a block its index in the ink, None for spaces; and where to go on."""
    solid = text.replace(" ", "")
    if ink.startswith(solid, at):
        found: Places = list(range(at, at + len(solid)))
        end = at + len(solid)
    else:
        found, end = _met(solid, ink, _start(solid, ink, at))
    solid_places = iter(found)
    return [None if letter == " " else next(solid_places) for letter in text], end


def _start(solid: str, ink: str, at: int) -> int:
    """Where the block begins: here, or a little further on if its beginning is found there."""
    opening = solid[: 2 * _MEETING]
    if len(opening) < _MEETING or ink.startswith(opening, at):
        return at
    further = ink.find(opening, at, at + _FAR)
    return further if further >= 0 else at


def _met(solid: str, ink: str, at: int) -> tuple[Places, int]:
    """Run along both texts from `at`, skipping where they differ."""
    found: Places = [None] * len(solid)
    i, j = 0, at
    while i < len(solid) and j < len(ink):
        if solid[i] == ink[j]:
            found[i] = j
            i, j = i + 1, j + 1
        else:
            i, j = _meeting(solid, ink, i, j)
    return found, j


def _meeting(solid: str, ink: str, i: int, j: int) -> tuple[int, int]:
    """The nearest places after `i` and `j` from which both texts agree for a while."""
    for skipped in range(1, _SKIP + 1):
        for ours in range(skipped, -1, -1):
            opening = solid[i + ours : i + ours + _MEETING]
            if opening and ink.startswith(opening, j + skipped - ours):
                return i + ours, j + skipped - ours
            if not opening and skipped == ours:
                return i + ours, j  # the block's end: what follows is the next block's
    return i + 1, j


def _pages(places: Places, ink: _Ink, at: int) -> list[int]:
    """The page each character stands on; one without a place stands with the one before it."""
    known = next((place for place in places if place is not None), min(at, len(ink.pages) - 1))
    current = ink.pages[known] if ink.pages else 0
    pages = []
    for place in places:
        current = max(current, ink.pages[place]) if place is not None else current
        pages.append(current)
    return pages


def _slices(
    text: str, places: Places, pages: Sequence[int], ink: _Ink, builders: Sequence[PageBuilder]
) -> Iterator[Slice]:
    start = 0
    while start < len(text):
        page = pages[start]
        turn = next((k for k in range(start, len(text)) if pages[k] > page), len(text))
        end, resume = _cut(text, start, turn)
        builder = builders[page]
        begin = builder.open_block()
        here = [
            ink.boxes[place] if place is not None and ink.pages[place] == page else None
            for place in places[start:end]
        ]
        _append(builder, text[start:end], here)
        yield Slice(page + 1, begin, builder.length)
        start = resume


def _cut(text: str, start: int, turn: int) -> tuple[int, int]:
    """Where to end a slice that should end at `turn`, and where to go on, so that joining the two
    as lines are joined gives back the text."""
    if turn >= len(text):
        return len(text), len(text)
    for k in (*range(turn, start, -1), *range(turn + 1, len(text))):
        for resume in (k, k + 1):
            before, after = text[start:k], text[resume:]
            clean = before[-1] != " " and after[:1] not in ("", " ")
            if clean and joint(before, after) == text[k:resume]:
                return k, resume
    return len(text), len(text)


def _append(builder: PageBuilder, text: str, boxes: Sequence[Glyph | None]) -> None:
    """Append the text to its page, a run for each visual line of it."""
    at = 0
    for start, end in _lines(text, boxes):
        builder.append(text[at:start])
        builder.append_run(_fragment(text[start:end], boxes[start:end], builder))
        at = end
    builder.append(text[at:])


def _lines(text: str, boxes: Sequence[Glyph | None]) -> Iterator[tuple[int, int]]:
    """The visual lines: a new one where the next character stands lower or back to the left."""
    start, last = 0, None
    for i, box in enumerate(boxes):
        if box is None:
            continue
        if last is not None and (box[1] > (last[1] + last[3]) / 2 or box[2] < last[0]):
            yield from _trimmed(text, start, i)
            start = i
        last = box
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if part.strip(" "):
        yield end - len(part.lstrip(" ")), start + len(part.rstrip(" "))


def _fragment(text: str, boxes: Sequence[Glyph | None], builder: PageBuilder) -> Fragment:
    """The line's edges; a character without a box begins where the one before it ends."""
    known = [box for box in boxes if box is not None]
    if not known:
        known = [(builder.width * 0.1, builder.height * 0.1) * 2]
    edges, edge = [], known[0][0]
    for box in boxes:
        edges.append(box[0] if box is not None else edge)
        edge = box[2] if box is not None else edge
    xs = list(accumulate([*edges, max(edge, edges[-1])], max))
    y0, y1 = min(box[1] for box in known), max(box[3] for box in known)
    return Fragment(text, xs, y0, max(y1, y0 + 0.5), y1 - y0, (b"", b""))

"""Blocks in progress become pages of text, with runs in fractions of the page and slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lionrock.documents.parsed import Block, PackedRuns, ParsedPage, Slice, pack_run
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.structure import Draft


class PageBuilder:
    """The text of one page, growing piece by piece, and its runs."""

    def __init__(self, number: int, width: float, height: float) -> None:
        self.number, self.width, self.height = number, width, height
        self.length = 0
        self._parts: list[str] = []
        self._runs = bytearray()

    def open_block(self) -> int:
        """Begin a block on a line of its own; returns where it starts."""
        if self.length:
            self.append("\n")
        return self.length

    def append(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def append_run(self, fragment: Fragment) -> None:
        """Append a fragment's text with its boxes."""
        start, text = self.length, fragment.text
        if fragment.glyphs is None:
            self._add_run(start, start + len(text), fragment.y0, fragment.y1, fragment.xs)
        else:
            for i, (x0, y0, x1, y1) in enumerate(fragment.glyphs, start):
                if text[i - start] != " ":
                    self._add_run(i, i + 1, y0, y1, (x0, x1))
        self.append(text)

    def _add_run(self, start: int, end: int, y0: float, y1: float, xs: Sequence[float]) -> None:
        width, height = self.width, self.height
        if y0 < 0 or y1 > height:
            y0, y1 = min(max(y0, 0.0), height), min(max(y1, 0.0), height)
        if xs[0] < 0 or xs[-1] > width:
            xs = [min(max(x, 0.0), width) for x in xs]
        edges = [x / width for x in xs]
        self._runs += pack_run(start, end, y0 / height, y1 / height, edges)

    def page(self) -> ParsedPage:
        runs = PackedRuns(bytes(self._runs))
        return ParsedPage(self.number, self.width, self.height, "".join(self._parts), runs)


def assemble(
    drafts: Sequence[Draft], sizes: Sequence[tuple[float, float]]
) -> tuple[tuple[ParsedPage, ...], tuple[Block, ...]]:
    """Pages and blocks from drafts in reading order; `sizes` are each page's width and height."""
    builders = [PageBuilder(i, width, height) for i, (width, height) in enumerate(sizes, 1)]
    blocks = []
    for draft in drafts:
        slices = tuple(_slices(draft, builders))
        blocks.append(Block(draft.kind, draft.level, draft.number, slices))
    return tuple(builder.page() for builder in builders), tuple(blocks)


def _slices(draft: Draft, builders: Sequence[PageBuilder]) -> Iterator[Slice]:
    start, current = 0, -1
    for page, before, fragment in draft.pieces:
        builder = builders[page]
        if page != current:
            if current >= 0:
                yield Slice(current + 1, start, builders[current].length)
            start, current = builder.open_block(), page
        else:
            builder.append(before)
        builder.append_run(fragment)
    yield Slice(current + 1, start, builders[current].length)

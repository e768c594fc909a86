"""What parsing returns: pages of text, the boxes of that text, and blocks that slice it.

A page's text is canonical. Blocks stand in reading order, joined with a newline; inside a block the
visual lines are already reflowed. Every quote the product shows is a slice of one page's text, and
`ParsedPage.boxes` turns that slice into rectangles on the page.
"""

from __future__ import annotations

import re
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, overload

BlockKind = Literal["heading", "paragraph", "item", "row", "footnote", "toc"]
"""`item` is a list item, `row` a table row (cells joined with two spaces), `toc` a line of a table
of contents, which search leaves out."""

# Scripts written without spaces between words: Han, kana, and the punctuation set with them.
# Hangul is absent: Korean puts spaces between words.
CJK = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3105-\u312f\u3190-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6\U00020000-\U0003ffff"
)
_JOINED = re.compile(rf"[{CJK}]\n[{CJK}]|\w-\n\w|/\n")


class Box(NamedTuple):
    """A rectangle in fractions of the page's width and height, origin top-left."""

    x0: float
    y0: float
    x1: float
    y1: float

    def touches(self, other: Box) -> bool:
        """Whether the other stands next to this one, or nearly: the next letter of a word."""
        across = max(self.x0, other.x0) - min(self.x1, other.x1)
        down = max(self.y0, other.y0) - min(self.y1, other.y1)
        wide = 0.6 * min(self.x1 - self.x0, other.x1 - other.x0) + 0.002
        high = 0.6 * min(self.y1 - self.y0, other.y1 - other.y0) + 0.002
        return (across < 0 and down < high) or (down < 0 and across < wide)

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One visual line fragment: `ParsedPage.text[start:end]` and where its characters stand.

    `xs` has `end - start + 1` edges that never decrease; character `i` of the run lies between
    `xs[i]` and `xs[i + 1]`. Coordinates are fractions of the page, origin top-left.
    """

    start: int
    end: int
    y0: float
    y1: float
    xs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page as shown: `number` from 1, `width` and `height` in points after rotation and crop.

    A page that was recognised from its picture has a `confidence` from 0 to 1, and a `turn` in
    quarters clockwise from how its file shows it; both hold for all its places. `unread`: it shows
    more than its text says, since it could not be recognised or was not to be.
    """

    number: int
    width: float
    height: float
    text: str
    runs: Sequence[Run]
    turn: int = 0
    confidence: float | None = None
    unread: bool = False

    def boxes(self, start: int, end: int) -> list[Box]:
        """Rectangles of `text[start:end]`, one for each visual line fragment, in reading order."""
        runs = tuple(self.runs)
        first = bisect_right(runs, start, key=lambda run: run.end)
        found: list[Box] = []
        alone = False  # whether the last box is of single characters, as in vertical text
        for run in runs[first:]:
            if run.start >= end:
                break
            left = run.xs[max(start, run.start) - run.start]
            right = run.xs[min(end, run.end) - run.start]
            box = Box(left, run.y0, right, run.y1)
            single = run.end - run.start == 1
            if found and alone and single and found[-1].touches(box):
                found[-1] = found[-1].joined(box)
            else:
                found.append(box)
            alone = single
        return found


@dataclass(frozen=True, slots=True)
class Slice:
    """`text[start:end]` of page number `page`."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row or note; on two pages when it runs over.

    `level` is 1 for the highest heading, 0 for what is not a heading or a list item. `number` is
    the label in front, as printed but for its closing mark: "4.1.6", "(a)", "第3條", "Annex A", "".
    """

    kind: BlockKind
    level: int
    number: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A parsed file. `reading_copy` is the PDF typeset for a format that has no pages of its own.
    `facts` is what the format says of it besides: of a law "work", "effective" and "names"."""

    title: str
    media_type: str
    pages: tuple[ParsedPage, ...]
    blocks: tuple[Block, ...]
    reading_copy: bytes | None
    facts: Mapping[str, str] = field(default_factory=dict)

    def text_of(self, block: Block) -> str:
        """The block's whole text; where it runs over a page end the parts are joined as lines are."""
        parts = [self.pages[s.page - 1].text[s.start : s.end] for s in block.slices]
        text = parts[0]
        for part in parts[1:]:
            text += joint(text, part) + part
        return text


def joint(before: str, after: str) -> str:
    """What stands between two lines of one paragraph: nothing inside a word or Chinese text."""
    return "" if _JOINED.search(f"{before[-2:]}\n{after[:1]}") else " "


_RUN = struct.Struct("<IIHH")
_FULL = 65535


def pack_runs(runs: Iterable[Run]) -> bytes:
    """Runs as bytes, two a character and twelve a run; coordinates keep 1/65535 of the page."""
    if isinstance(runs, PackedRuns):
        return runs.packed
    return b"".join([pack_run(run.start, run.end, run.y0, run.y1, run.xs) for run in runs])


def pack_run(start: int, end: int, y0: float, y1: float, xs: Iterable[float]) -> bytes:
    """One run's bytes; see `pack_runs`."""
    edges = array("H", [int(x * _FULL + 0.5) for x in xs])
    head = _RUN.pack(start, end, int(y0 * _FULL + 0.5), int(y1 * _FULL + 0.5))
    return head + edges.tobytes()


def unpack_runs(packed: bytes) -> tuple[Run, ...]:
    """The inverse of `pack_runs`. Raises `ValueError` for bytes that no runs were packed into."""
    return tuple(_unpacked(packed))


class PackedRuns(Sequence[Run]):
    """Runs kept as the bytes of `pack_runs`, unpacked each time they are looked at: a page of runs
    takes forty times as much. Raises `ValueError` then, for bytes that are none."""

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    def __iter__(self) -> Iterator[Run]:
        return _unpacked(self.packed)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Run, ...]: ...
    def __getitem__(self, index: int | slice) -> Run | tuple[Run, ...]:
        return tuple(self)[index]


def _unpacked(packed: bytes) -> Iterator[Run]:
    at = 0
    while at < len(packed):
        if at + _RUN.size > len(packed):
            raise ValueError("packed runs end inside a run")
        start, end, y0, y1 = _RUN.unpack_from(packed, at)
        at += _RUN.size
        until = at + 2 * (end - start + 1)
        if not start < end or until > len(packed):
            raise ValueError("packed runs end inside a run")
        edges = array("H", packed[at:until])
        yield Run(start, end, y0 / _FULL, y1 / _FULL, tuple([x / _FULL for x in edges]))
        at = until

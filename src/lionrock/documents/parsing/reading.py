"""What reading a page gives, before pages are put together: fragments, and facts about the page.

A page read is plain data with a form of its own in bytes (`packed`), in which it waits in the
database until the document is whole: a killed reader goes on where it stood. Coordinates keep 32
bits, as pdfium gives them.
"""

from __future__ import annotations

import json
import struct
from array import array
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from typing import Any

from lionrock.documents.parsing.fragments import Fragment

FORMAT = 1
"""Raised when fragments change in kind: pages kept in another format are read again."""

_HEAD = struct.Struct("<BI")
_MOST = 1e6
"""Points: no page, and nothing on one, is larger or further off."""


class Inconsistent(ValueError):
    """What claims to be a page read is none."""


@dataclass(slots=True)
class ReadPage:
    """A page as it was read: `number` from 1, its size in points upright, what stands on it.

    `fonts` are the weight of each font by name, and how many letters are set in it. `confidence` is
    from 0 to 1 and None where the text layer was read; `turn` the quarter turns clockwise by which
    recognition found the page the right way up. `unread`: it shows more than its text says.
    """

    number: int
    width: float
    height: float
    fragments: list[Fragment]
    fonts: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    turn: int = 0
    confidence: float | None = None
    unread: bool = False


def packed(page: ReadPage) -> bytes:
    """The page as bytes: a head of JSON, then the coordinates."""
    head = json.dumps(
        [
            *(page.number, page.width, page.height, page.turn, page.confidence, page.unread),
            [[name.decode("latin-1"), *facts] for name, facts in page.fonts.items()],
            [
                [f.text, f.y0, f.y1, f.size, f.fonts[0].decode("latin-1"),
                 f.fonts[1].decode("latin-1"), f.turn, f.glyphs is not None]
                for f in page.fragments
            ],
        ],
        separators=(",", ":"),
    ).encode()  # fmt: skip
    places = array("f")
    for f in page.fragments:
        places.extend(f.xs)
        if f.glyphs is not None:
            places.extend(chain.from_iterable(f.glyphs))
    return _HEAD.pack(FORMAT, len(head)) + head + places.tobytes()


def unpacked(body: bytes) -> ReadPage:
    """The inverse of `packed`; takes nothing on trust.

    Raises `Inconsistent` for what is no page, or one of another format.
    """
    try:
        made, length = _HEAD.unpack_from(body)
        if made != FORMAT:
            raise Inconsistent("a page of another format")
        *facts, fonts, fragments = json.loads(body[_HEAD.size : _HEAD.size + length])
        places = array("f")
        places.frombytes(body[_HEAD.size + length :])
        if not all(map(isfinite, places)):
            raise Inconsistent("a place that is none")
        page = _page(*facts)
        page.fonts.update((_name(name), (int(weight), int(count))) for name, weight, count in fonts)
        at = 0
        for one in fragments:
            fragment, at = _fragment(places, at, *one)
            page.fragments.append(fragment)
        if at != len(places):
            raise Inconsistent("more places than text")
    except Inconsistent:
        raise
    except (
        struct.error,
        ValueError,
        TypeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        raise Inconsistent("not a page read") from error
    return page


def _page(
    number: Any, width: Any, height: Any, turn: Any, confidence: Any, unread: Any
) -> ReadPage:
    if not (isinstance(number, int) and 1 <= number < 2**31 and turn in range(4)):
        raise Inconsistent("a page without a number")
    if not (0 < width <= _MOST and 0 < height <= _MOST):
        raise Inconsistent("a page without a size")
    if confidence is not None and not 0 <= confidence <= 1:
        raise Inconsistent("a confidence that is none")
    return ReadPage(
        number, float(width), float(height), [],
        turn=int(turn), confidence=confidence, unread=bool(unread),
    )  # fmt: skip


def _fragment(
    places: array[float], at: int, text: Any, y0: Any, y1: Any, size: Any, first: Any, last: Any,
    turn: Any, boxed: Any,
) -> tuple[Fragment, int]:  # fmt: skip
    if not isinstance(text, str) or not text or turn not in range(4):
        raise Inconsistent("a fragment without text")
    if not all(-_MOST <= value <= _MOST for value in (y0, y1, size)):
        raise Inconsistent("a fragment that stands nowhere")
    end = at + len(text) + 1
    xs = places[at:end]
    glyphs = None
    if boxed:
        at, end = end, end + 4 * len(text)
        four = iter(places[at:end])
        glyphs = list(zip(four, four, four, four, strict=True))
    if end > len(places):
        raise Inconsistent("a fragment without places")
    fonts = (_name(first), _name(last))
    return Fragment(text, xs, y0, y1, size, fonts, turn=int(turn), glyphs=glyphs), end


def _name(font: Any) -> bytes:
    if not isinstance(font, str) or len(font) > 200:
        raise Inconsistent("a font without a name")
    return font.encode("latin-1")

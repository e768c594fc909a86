"""The characters of a PDF page with their boxes, read from pdfium in bulk.

pypdfium2's helpers cost several Python calls a character; here one foreign call a character fills
a C array, which halves the time of parsing. Coordinates leave this module in points on the page
as shown (after rotation and crop): x from the left edge, y down from the top.
"""

from __future__ import annotations

import ctypes
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from itertools import repeat
from math import atan2, degrees, hypot
from typing import Any

import pypdfium2.raw as pdfium

from lionrock.documents.parsing.fragments import Glyph
from lionrock.documents.parsing.pdf_fonts import Fonts
from lionrock.documents.parsing.text import CONFUSABLE, plain_characters


def _bind(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The pdfium function without argument objects and without releasing the interpreter lock."""
    address = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value or 0
    function: Callable[..., Any] = ctypes.PYFUNCTYPE(result, *arguments)(address)
    return function


_P, _I = ctypes.c_void_p, ctypes.c_int
_text = _bind("FPDFText_GetText", _I, _P, _I, _I, _P)
_unicode = _bind("FPDFText_GetUnicode", ctypes.c_uint, _P, _I)
_loose_box = _bind("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
_tight_box = _bind("FPDFText_GetCharBox", _I, _P, _I, _P, _P, _P, _P)
_font_size = _bind("FPDFText_GetFontSize", ctypes.c_double, _P, _I)
_font_weight = _bind("FPDFText_GetFontWeight", _I, _P, _I)
_font_info = _bind("FPDFText_GetFontInfo", ctypes.c_ulong, _P, _I, _P, ctypes.c_ulong, _P)
_matrix = _bind("FPDFText_GetMatrix", _I, _P, _I, _P)

_LEAST_SIZE = 0.5

_name = ctypes.create_string_buffer(96)
_NAME_AT = ctypes.addressof(_name)
_box = (ctypes.c_double * 4)()
_BOX_SIDES = tuple(ctypes.addressof(_box) + 8 * i for i in range(4))
_scales = pdfium.FS_MATRIX()
_MATRIX_AT = ctypes.addressof(_scales)


Sides = tuple[list[float], list[float], list[float], list[float]]
"""Left, top, right and bottom of each character, in the page's own coordinates."""


class Frame:
    """The part of a page that is shown, in the page's own coordinates, and its turn clockwise.
    `width` and `height` are those of the page as shown, in points."""

    def __init__(
        self, left: float, bottom: float, right: float, top: float, quarter_turns: int
    ) -> None:
        self.left, self.bottom, self.right, self.top = left, bottom, right, top
        self.quarter_turns = quarter_turns
        sides = right - left, top - bottom
        self.width, self.height = sides[::-1] if quarter_turns % 2 else sides


def frame_of(page: Any) -> Frame:
    """The frame of a loaded page: crop box within media box, and `/Rotate`."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    turns = max(pdfium.FPDFPage_GetRotation(page), 0)
    return Frame(box.left, box.bottom, box.right, box.top, turns)


class Characters:
    """The characters of one page, valid while its text page is open.

    `text[i]` stands between `left[i]` and `right[i]`. `upper` and `lower` are measured against
    `origin_y`: the top of a character is `origin_y - upper[i]`, its foot `origin_y - lower[i]`;
    its left edge on the page is `left[i] - origin_x`. Keeping pdfium's own numbers until a line
    is known spares four operations a character.
    """

    def __init__(self, text_page: Any, frame: Frame, fonts: Fonts) -> None:
        self._page = ctypes.cast(text_page, _P).value
        self._frame, self._fonts = frame, fonts
        self.width, self.height = frame.width, frame.height
        self.count = max(pdfium.FPDFText_CountChars(text_page), 0)
        self.text = plain_characters(self._read_text())
        self._facing: dict[float, tuple[float, int]] = {}
        self.tight = False
        self._place(*self._advances())

    def _read_text(self) -> str:
        """One character a box. pdfium's bulk text skips what has no Unicode: then one by one."""
        buffer = (ctypes.c_ushort * (self.count + 1))()
        written = _text(self._page, 0, self.count, ctypes.addressof(buffer)) if self.count else 0
        text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
        if len(text) == self.count and not CONFUSABLE.search(text):
            return text
        codes = map(_unicode, repeat(self._page), range(self.count))
        return "".join([chr(c) if c < 0xD800 or 0xDFFF < c < 0x110000 else "\0" for c in codes])

    def _advances(self) -> Sides:
        """Boxes from advance width, ascent and descent: even along a line, as a highlight wants."""
        size = 16 * self.count
        buffer = ctypes.create_string_buffer(max(size, 1))
        start = ctypes.addressof(buffer)
        places = range(start, start + size, 16)
        deque(map(_loose_box, repeat(self._page), range(self.count), places), maxlen=0)
        boxes = array("f", buffer.raw[:size]).tolist()
        return boxes[0::4], boxes[1::4], boxes[2::4], boxes[3::4]

    def measure_tightly(self) -> None:
        """Take the boxes of the ink instead, for fonts whose metrics say nothing."""
        self.tight = True
        boxes = []
        for i in range(self.count):
            _tight_box(self._page, i, *_BOX_SIDES)
            boxes.append(tuple(_box))
        left, right, bottom, top = ([box[k] for box in boxes] for k in range(4))
        self._place(left, top, right, bottom)

    def _place(
        self, left: list[float], top: list[float], right: list[float], bottom: list[float]
    ) -> None:
        """Turn the boxes as the page is turned."""
        frame = self._frame
        if frame.quarter_turns == 0:
            self.left, self.upper, self.right, self.lower = left, top, right, bottom
            self.origin_x, self.origin_y = frame.left, frame.top
        elif frame.quarter_turns == 1:
            self.left, self.right = bottom, top
            self.upper, self.lower = [-x for x in left], [-x for x in right]
            self.origin_x, self.origin_y = frame.bottom, -frame.left
        elif frame.quarter_turns == 2:
            self.left, self.right = [-x for x in right], [-x for x in left]
            self.upper, self.lower = [-y for y in bottom], [-y for y in top]
            self.origin_x, self.origin_y = -frame.right, -frame.bottom
        else:
            self.left, self.right = [-y for y in top], [-y for y in bottom]
            self.upper, self.lower = right, left
            self.origin_x, self.origin_y = -frame.top, frame.right

    def boxes(self, indexes: Iterable[int]) -> list[Glyph]:
        """Boxes of these characters on the page as shown."""
        x, y = self.origin_x, self.origin_y
        left, upper, right, lower = self.left, self.upper, self.right, self.lower
        return [(left[i] - x, y - upper[i], right[i] - x, y - lower[i]) for i in indexes]

    def facing(self, i: int, height: float) -> tuple[float, int]:
        """Font size of character `i` in points, and how its text is turned on the page as shown:
        quarter turns against the clock, or -1 for aslant. `height` is its box's: characters of one
        height are taken to be of one size."""
        if height not in self._facing:
            self._facing[height] = self._look(i, height)
        return self._facing[height]

    def _look(self, i: int, height: float) -> tuple[float, int]:
        _matrix(self._page, i, _MATRIX_AT)
        a, b = _scales.a, _scales.b
        size = float(_font_size(self._page, i)) * hypot(_scales.c, _scales.d)
        turn = -self._frame.quarter_turns % 4
        if b or a < 0:
            angle = degrees(atan2(b, a)) / 90
            turn = (round(angle) + turn) % 4 if abs(angle - round(angle)) < 0.15 else -1
        plausible = turn or 0.4 * height <= size <= 2 * height
        return max(size if plausible else height / 1.15, _LEAST_SIZE), turn

    def font(self, i: int) -> bytes:
        """Name of the font of character `i`."""
        _font_info(self._page, i, _NAME_AT, len(_name), 0)
        name = _name.value
        if name not in self._fonts.weights:
            self._fonts.weights[name] = int(_font_weight(self._page, i))
        return name

    def line_fonts(self, start: int, end: int) -> tuple[bytes, bytes]:
        """Names of the first and last characters' fonts, noted as this line's."""
        first = self.font(start)
        self._fonts.count(first, end - start)
        return first, self.font(end - 1)

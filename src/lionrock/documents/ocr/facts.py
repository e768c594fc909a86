"""What a PDF page holds besides its text, asked of pdfium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from lionrock.documents.ocr.usable import PageFacts
from lionrock.documents.parsing.fragments import Glyph
from lionrock.documents.parsing.pdf import opened_page
from lionrock.documents.parsing.pdf_chars import Frame, frame_of

_MOST_OBJECTS = 3000
_SAMPLE = 300
_LEAST_PICTURE = 0.002
_SYMBOLS = range(0xF000, 0xF100)
"""Private use by Microsoft's symbol fonts: bullets and ticks, known by their places."""


def page_facts(document: Any, index: int) -> PageFacts:
    """The facts of a page; of a damaged one, nothing."""
    with opened_page(document, index) as page:
        text_page = pdfium.FPDFText_LoadPage(page) if page else None
        if not text_page:
            return PageFacts(595.0, 842.0)
        try:
            return facts_of(page, text_page)
        finally:
            pdfium.FPDFText_ClosePage(text_page)


def facts_of(page: Any, text_page: Any) -> PageFacts:
    """The facts of a page that is open, as is its text. Some 0.2 ms."""
    frame = frame_of(page)
    width, height = max(frame.width, 1.0), max(frame.height, 1.0)
    pictures: list[Glyph] = []
    dpi = largest = 0.0
    drawings = 0
    for item in _objects(page):
        kind = pdfium.FPDFPageObj_GetType(item)
        drawings += kind == pdfium.FPDF_PAGEOBJ_PATH
        if kind not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        image = item if kind == pdfium.FPDF_PAGEOBJ_IMAGE else _image_in(item)
        box = _box(item, frame) if image else None
        area = (box[2] - box[0]) * (box[3] - box[1]) if box else 0.0
        if box is None or image is None or area < _LEAST_PICTURE * width * height:
            continue
        pictures.append(box)
        if area > largest:
            largest, dpi = area, _dpi(image, item)
    covered = min(sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in pictures) / (width * height), 1.0)
    characters, unmapped, invisible = _letters(text_page)
    return PageFacts(
        width, height, characters, unmapped, invisible, tuple(pictures), covered, dpi, drawings
    )


def _objects(page: Any) -> Iterator[Any]:
    for i in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, i)
        if item:
            yield item


def _image_in(form: Any) -> Any:
    """The first image in a form, or None."""
    for i in range(min(pdfium.FPDFFormObj_CountObjects(form), 50)):
        item = pdfium.FPDFFormObj_GetObject(form, i)
        if item and pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_IMAGE:
            return item
    return None


def _box(item: Any, frame: Frame) -> Glyph | None:
    """The object's box on the page as shown, cut to it; None off the page."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return None
    x0, x1 = left.value - frame.left, right.value - frame.left
    y0, y1 = frame.top - top.value, frame.top - bottom.value
    wide, high = frame.right - frame.left, frame.top - frame.bottom
    if frame.quarter_turns == 1:
        x0, y0, x1, y1 = high - y1, x0, high - y0, x1
    elif frame.quarter_turns == 2:
        x0, y0, x1, y1 = wide - x1, high - y1, wide - x0, high - y0
    elif frame.quarter_turns == 3:
        x0, y0, x1, y1 = y0, wide - x1, y1, wide - x0
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, frame.width), min(y1, frame.height)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _dpi(image: Any, placed: Any) -> float:
    """The image's pixels by the inches it takes, along its finer side."""
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFImageObj_GetImagePixelSize(image, wide, high):
        return 0.0
    pdfium.FPDFPageObj_GetBounds(placed, left, bottom, right, top)
    sides = sorted((right.value - left.value, top.value - bottom.value))
    pixels = sorted((wide.value, high.value))
    return max(72 * n / side for n, side in zip(pixels, sides, strict=True)) if sides[0] else 0.0


def _letters(text_page: Any) -> tuple[int, int, int]:
    """Characters but spaces; how many of them have no meaning; how many are invisible. The last two
    are reckoned from a sample."""
    count = max(pdfium.FPDFText_CountChars(text_page), 0)
    step = max(count // _SAMPLE, 1)
    seen = unmapped = invisible = 0
    for i in range(0, count, step):
        code = pdfium.FPDFText_GetUnicode(text_page, i)
        if code in (0x20, 0x0A, 0x0D, 0x02, 0xA0, 0x3000):
            continue
        seen += 1
        private = code > 0xF0000 or (0xE000 <= code <= 0xF8FF and code not in _SYMBOLS)
        unmapped += (
            private or code in (0, 0xFFFD) or pdfium.FPDFText_HasUnicodeMapError(text_page, i) == 1
        )
        item = pdfium.FPDFText_GetTextObject(text_page, i)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else -1
        invisible += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    return seen * step, unmapped * step, invisible * step

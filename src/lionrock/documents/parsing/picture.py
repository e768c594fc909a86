"""A page of a PDF as a PNG; runs in the confined child."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import pypdfium2.raw as pdfium

from lionrock.documents.parsing.pdf import opened, opened_page
from lionrock.documents.parsing.pdf_chars import frame_of
from lionrock.errors import UnreadableDocument

_MOST_PIXELS = 40_000_000
_MARGIN = 2
"""Pixels by which a blacked-out box is larger than its text: edges are drawn soft."""

Mask = Mapping[str, Sequence[Sequence[float]] | None]
"""`show`: boxes outside which all is black, None for no such limit. `hide`: boxes that are black."""


def page_png(path: Path, number: int, dpi: int, mask: Mask | None = None, turn: int = 0) -> bytes:
    """Page `number` (from 1) at `dpi`, less for a page so large that it would pass 40 megapixels,
    turned clockwise by so many quarters.

    With a mask the picture holds no pixel of what it covers. Raises `UnreadableDocument` for a
    document that does not open and a page that is not there.
    """
    with opened(path) as document, opened_page(document, number - 1) as page:
        if page is None:
            raise UnreadableDocument(f"it has no page {number}, or that page is damaged")
        frame = frame_of(page)
        scale = dpi / 72
        if frame.width * frame.height * scale**2 > _MOST_PIXELS:
            scale = (_MOST_PIXELS / (frame.width * frame.height)) ** 0.5
        width, height = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
        if turn % 2:
            width, height = height, width
        return _png(_pixels(page, width, height, turn), width, height, mask)


def _pixels(page: object, width: int, height: int, turn: int) -> bytes:
    """The page on white, four bytes a pixel: blue, green, red, unused."""
    size = 4 * width * height
    buffer = ctypes.create_string_buffer(size)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        width, height, pdfium.FPDFBitmap_BGRx, ctypes.addressof(buffer), 4 * width
    )
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, turn, pdfium.FPDF_ANNOT)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return buffer.raw


def _png(pixels: bytes, width: int, height: int, mask: Mask | None) -> bytes:
    image = PIL.Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", 0, 1)
    file = BytesIO()
    (_masked(image, mask) if mask else image).save(file, "PNG", compress_level=6)
    return file.getvalue()


def _masked(image: PIL.Image.Image, mask: Mask) -> PIL.Image.Image:
    """A new picture: the boxes to show copied onto black, then the boxes to hide drawn over it."""
    show, hide = mask["show"], mask["hide"] or ()
    if show is None:
        masked = image.copy()
    else:
        masked = PIL.Image.new("RGB", image.size, "black")
        for box in show:
            place = _pixel_box(box, image.size, 0)
            masked.paste(image.crop(place), place[:2])
    draw = PIL.ImageDraw.Draw(masked)
    for box in hide:
        left, top, right, bottom = _pixel_box(box, image.size, _MARGIN)
        draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return masked


def _pixel_box(
    box: Sequence[float], size: tuple[int, int], margin: int
) -> tuple[int, int, int, int]:
    (x0, y0, x1, y1), (width, height) = box, size
    return (
        max(int(x0 * width) - margin, 0), max(int(y0 * height) - margin, 0),
        min(int(x1 * width) + 1 + margin, width), min(int(y1 * height) + 1 + margin, height),
    )  # fmt: skip

"""A page of a PDF as a PNG; runs in the confined child."""

from __future__ import annotations

import ctypes
from io import BytesIO
from pathlib import Path

import PIL.Image
import pypdfium2.raw as pdfium

from lionrock.documents.parsing.pdf import opened, opened_page
from lionrock.documents.parsing.pdf_chars import frame_of
from lionrock.errors import UnreadableDocument

_MOST_PIXELS = 40_000_000


def page_png(path: Path, number: int, dpi: int) -> bytes:
    """Page `number` (from 1) at `dpi`, less for a page so large that it would pass 40 megapixels.

    Raises `UnreadableDocument` for a document that does not open and a page that is not there.
    """
    with opened(path) as document, opened_page(document, number - 1) as page:
        if page is None:
            raise UnreadableDocument(f"it has no page {number}, or that page is damaged")
        frame = frame_of(page)
        scale = dpi / 72
        if frame.width * frame.height * scale**2 > _MOST_PIXELS:
            scale = (_MOST_PIXELS / (frame.width * frame.height)) ** 0.5
        width, height = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
        return _png(_pixels(page, width, height), width, height)


def _pixels(page: object, width: int, height: int) -> bytes:
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
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return buffer.raw


def _png(pixels: bytes, width: int, height: int) -> bytes:
    image = PIL.Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", 0, 1)
    file = BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()

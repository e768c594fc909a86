"""A PDF's page rendered and read, put together with what of its text layer can be used."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from lionrock.documents.ocr.recognised import Doubt, Recognised
from lionrock.documents.ocr.recogniser import Recogniser
from lionrock.documents.ocr.usable import PageFacts, looks_like_language
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.pdf import opened_page
from lionrock.documents.parsing.pdf_chars import frame_of

if TYPE_CHECKING:
    from lionrock.documents.ocr.detection import Picture

LEAST_DPI, MOST_DPI = 150, 300
_MOST_PIXELS = 12_000_000
"""A larger picture is rendered smaller: A3 at 220 dpi passes."""


def read_page(
    recogniser: Recogniser,
    document: Any,
    index: int,
    fragments: Sequence[Fragment],
    facts: PageFacts,
) -> Recognised:
    """Render page `index` of an open pdfium document and read it.

    The dpi follows the page's images, from 150 to 300. Visible text of the layer that can be used
    (a stamp, a form filled in) is kept, and what was recognised at its place left out. A damaged
    page comes back empty.
    """
    with opened_page(document, index) as page:
        if page is None:
            return Recognised([], facts.width, facts.height)
        dpi = dpi_for(facts)
        picture = rendered(page, dpi)
    read = recogniser.page(picture, dpi)
    if fragments and not read.turn and not facts.invisible and _kept(fragments, facts):
        return _merged(read, fragments)
    return read


def dpi_for(facts: PageFacts) -> float:
    """As fine as the page's largest image, within bounds."""
    dpi = min(max(facts.dpi, LEAST_DPI), MOST_DPI)
    area = facts.width * facts.height / 72**2
    return float(min(dpi, (_MOST_PIXELS / area) ** 0.5)) if area else float(dpi)


def rendered(page: Any, dpi: float) -> Picture:
    """The page on white, RGB."""
    import numpy as np

    frame = frame_of(page)
    width = max(round(frame.width * dpi / 72), 1)
    height = max(round(frame.height * dpi / 72), 1)
    pixels = np.full((height, width, 3), 255, np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        width, height, pdfium.FPDFBitmap_BGR, ctypes.c_void_p(pixels.ctypes.data), 3 * width
    )
    if not bitmap:
        raise MemoryError
    try:
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels


def _kept(fragments: Sequence[Fragment], facts: PageFacts) -> bool:
    return facts.unmapped * 20 <= facts.characters and looks_like_language(
        "".join([fragment.text for fragment in fragments])
    )


def _merged(read: Recognised, layer: Sequence[Fragment]) -> Recognised:
    """The layer's fragments, then those recognised elsewhere; doubts follow their fragments."""
    places: dict[int, int] = {}
    fragments = list(layer)
    for i, found in enumerate(read.fragments):
        if not any(_same_place(found, own) for own in layer):
            places[i] = len(fragments)
            fragments.append(found)
    read.doubtful = [
        Doubt(places[d.fragment], *d[1:]) for d in read.doubtful if d.fragment in places
    ]
    read.fragments = fragments
    return read


def _same_place(a: Fragment, b: Fragment) -> bool:
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return a.turn == b.turn and across > 0 and down > 0.4 * min(a.y1 - a.y0, b.y1 - b.y0)

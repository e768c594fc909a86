"""A PDF with a text layer to pages, runs and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing.assemble import assemble
from lionrock.documents.parsing.fragments import Fragment, Glyph
from lionrock.documents.parsing.furniture import without_furniture
from lionrock.documents.parsing.headings import mark_headings
from lionrock.documents.parsing.layout import Visual, group_rows, in_rows, visual_lines
from lionrock.documents.parsing.pdf_chars import Characters, Frame, frame_of
from lionrock.documents.parsing.pdf_fonts import Fonts
from lionrock.documents.parsing.pdf_lines import fragments_of
from lionrock.documents.parsing.reading_order import in_reading_order
from lionrock.documents.parsing.structure import Part, body_size, drafts_of
from lionrock.documents.parsing.titles import title_of
from lionrock.errors import UnreadableDocument

OnPage = Callable[[int, int], None]
"""Called after each page with pages done and pages in all."""

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "it is password-protected; remove the password and add it again",
    pdfium.FPDF_ERR_SECURITY: "it is protected by a scheme that cannot be opened",
    pdfium.FPDF_ERR_FORMAT: "it is damaged: not a complete PDF",
    pdfium.FPDF_ERR_FILE: "it is damaged: not a complete PDF",
}


@contextmanager
def opened(source: Path | bytes) -> Iterator[Any]:
    """The document's pdfium handle. Raises `UnreadableDocument` with the reason."""
    if isinstance(source, bytes):
        document = pdfium.FPDF_LoadMemDocument64(source, len(source), None)
    else:
        document = pdfium.FPDF_LoadDocument(str(source).encode() + b"\0", None)
    if not document:
        reason = _REASONS.get(pdfium.FPDF_GetLastError(), "it is damaged: it cannot be opened")
        raise UnreadableDocument(reason)
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


@contextmanager
def opened_page(document: Any, index: int) -> Iterator[Any]:
    """The page's pdfium handle, or None for a page that is damaged."""
    page = pdfium.FPDF_LoadPage(document, index)
    try:
        yield page or None
    finally:
        if page:
            pdfium.FPDF_ClosePage(page)


def parse_pdf(path: Path, stem: str, on_page: OnPage) -> ParsedDocument:
    """Parse a PDF; a damaged page among good ones is left empty.

    Raises `UnreadableDocument`: password, damage, no pages, no text on any page.
    """
    with opened(path) as document:
        count = pdfium.FPDF_GetPageCount(document)
        if count < 1:
            raise UnreadableDocument("it has no pages")
        fragments, frames, fonts = [], [], Fonts()
        for index in range(count):
            found, frame = page_fragments(document, index, fonts)
            fragments.append(found)
            frames.append(frame)
            on_page(index + 1, count)
        named = _metadata_title(document)
    if not any(fragments):
        raise UnreadableDocument(
            "it is a scan without a text layer; OCR is not part of this release"
        )
    _mark_bold(fragments, fonts.bold())
    sizes = [(frame.width, frame.height) for frame in frames]
    parts = list(_parts(fragments, sizes))
    body = body_size(parts)
    drafts = drafts_of(parts, body)
    mark_headings(drafts, body)
    parsed_pages, blocks = assemble(drafts, sizes)
    title = title_of(named, drafts, stem)
    return ParsedDocument(title, "application/pdf", parsed_pages, blocks, None)


def _mark_bold(pages: Sequence[Sequence[Fragment]], bold: frozenset[bytes]) -> None:
    for fragments in pages:
        for fragment in fragments:
            first, last = fragment.fonts
            fragment.bold = first in bold and last in bold


_RULE = re.compile(r"[-–—_=*~.·]{3,}")
_A4 = Frame(0.0, 0.0, 595.0, 842.0, 0)


def page_fragments(document: Any, index: int, fonts: Fonts) -> tuple[list[Fragment], Frame]:
    """What the page shows of text, and its frame."""
    with opened_page(document, index) as page:
        text_page = pdfium.FPDFText_LoadPage(page) if page else None
        if not text_page:
            return [], _A4
        try:
            frame = frame_of(page)
            if frame.width < 1 or frame.height < 1:
                return [], _A4
            return [
                f for f in fragments_of(Characters(text_page, frame, fonts)) if _shown(f, frame)
            ], frame
        finally:
            pdfium.FPDFText_ClosePage(text_page)


def _shown(fragment: Fragment, frame: Frame) -> bool:
    """Whether any of it lies on the page (producers park text outside) and it is more than a rule
    drawn with dashes."""
    if _RULE.fullmatch(fragment.text):
        return False
    if fragment.glyphs is not None:
        return any(_on(frame, box) for box in fragment.glyphs)
    return _on(frame, (fragment.xs[0], fragment.y0, fragment.xs[-1], fragment.y1))


def _on(frame: Frame, box: Glyph) -> bool:
    return box[2] > 0 and box[0] < frame.width and box[3] > 0 and box[1] < frame.height


def _parts(
    fragments: Sequence[Sequence[Fragment]], sizes: Sequence[tuple[float, float]]
) -> Iterator[Part]:
    """Each page's upright text, then what stands sideways on it, each read the right way up."""
    upright = [visual_lines([f for f in found if not f.turn]) for found in fragments]
    upright = without_furniture(upright, [height for _, height in sizes])
    for page, (visuals, found) in enumerate(zip(upright, fragments, strict=True)):
        width, height = sizes[page]
        yield _part(page, 0, height, visuals)
        for turn in sorted({f.turn for f in found if f.turn}):
            visuals = visual_lines(in_rows([f for f in found if f.turn == turn]))
            yield _part(page, turn, width if turn % 2 else height, visuals)


def _part(page: int, turn: int, height: float, visuals: list[Visual]) -> Part:
    groups = group_rows(in_reading_order(visuals), height) if visuals else []
    return Part(page, turn, height, groups)


def _metadata_title(document: Any) -> str:
    size = pdfium.FPDF_GetMetaText(document, b"Title", None, 0)
    buffer = bytearray(size)
    view = (pdfium.c_char * size).from_buffer(buffer) if size else None
    pdfium.FPDF_GetMetaText(document, b"Title", view, size)
    return bytes(buffer[: max(size - 2, 0)]).decode("utf-16-le", "replace")

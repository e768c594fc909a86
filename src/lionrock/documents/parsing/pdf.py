"""A PDF with a text layer to pages, runs and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from lionrock.documents.parsing.reading import ReadPage
from lionrock.documents.parsing.reading_order import in_reading_order
from lionrock.documents.parsing.structure import Part, body_size, drafts_of
from lionrock.documents.parsing.titles import title_of
from lionrock.errors import UnreadableDocument

MOST_PAGES = 10_000
"""A PDF of more is refused: thousands of empty pages take a few kilobytes to write."""

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
    """Parse a PDF by its text layer; a damaged page among good ones is left empty.

    Raises `UnreadableDocument`: password, damage, no pages, too many, no text on any page.
    """
    with opened(path) as document:
        count = page_count(document)
        pages = []
        for index in range(count):
            pages.append(read_page(document, index))
            on_page(index + 1, count)
        named = metadata_title(document)
    if not any(page.fragments for page in pages):
        raise UnreadableDocument("it is a scan without a text layer, and OCR is off (LIONROCK_OCR)")
    return assembled(pages, named, stem)


def page_count(document: Any) -> int:
    """How many pages it has. Raises `UnreadableDocument` for none, and for more than are read."""
    count = int(pdfium.FPDF_GetPageCount(document))
    if count < 1:
        raise UnreadableDocument("it has no pages")
    if count > MOST_PAGES:
        raise UnreadableDocument(
            f"it has {count} pages; at most {MOST_PAGES} are read: split it and add the parts"
        )
    return count


def read_page(document: Any, index: int) -> ReadPage:
    """READ: what the text layer of one page gives."""
    fonts = Fonts()
    fragments, frame = page_fragments(document, index, fonts)
    return ReadPage(index + 1, frame.width, frame.height, fragments, fonts.seen())


def assembled(
    pages: Sequence[ReadPage], named: str, stem: str, media_type: str = "application/pdf"
) -> ParsedDocument:
    """ASSEMBLE: the document from all its pages; `named` is the title of the file's metadata.

    Takes the fragments over, and changes them."""
    fonts = Fonts()
    for page in pages:
        fonts.add(page.fonts)
    fragments = [page.fragments for page in pages]
    _mark_bold(fragments, fonts.bold())
    sizes = [(page.width, page.height) for page in pages]
    parts = list(_parts(fragments, sizes))
    body = body_size(parts)
    drafts = drafts_of(parts, body)
    mark_headings(drafts, body)
    parsed_pages, blocks = assemble(drafts, sizes)
    told = tuple(
        replace(made, turn=read.turn, confidence=read.confidence, unread=read.unread)
        for made, read in zip(parsed_pages, pages, strict=True)
    )
    return ParsedDocument(title_of(named, drafts, stem), media_type, told, blocks, None)


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


def metadata_title(document: Any) -> str:
    """The title that the file's metadata gives; often none, or a program's."""
    size = pdfium.FPDF_GetMetaText(document, b"Title", None, 0)
    buffer = bytearray(size)
    view = (pdfium.c_char * size).from_buffer(buffer) if size else None
    pdfium.FPDF_GetMetaText(document, b"Title", view, size)
    return bytes(buffer[: max(size - 2, 0)]).decode("utf-16-le", "replace")

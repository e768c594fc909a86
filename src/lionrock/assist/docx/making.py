"""New documents: headings, paragraphs and tables as a Word file or a PDF, in Latin and Chinese type.

For drafts and for whatever else is saved as DOCX or PDF: build a list of `Block` and call `docx` or
`pdf`. `sources` gives the table of what each sentence stands on. Text is data in both: it is escaped
into the XML, and reaches typst as JSON, never as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import typst

from lionrock.assist.docx import skeleton
from lionrock.assist.docx.formats import FACES, LATIN_FACE, TAGS
from lionrock.documents.language import Language
from lionrock.documents.parsing.typeset import fonts

Align = Literal["left", "right", "center"]
_NOT_XML = re.compile(r"[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_WIDTH: Final = 9026
"""Twentieths of a point between the margins of A4, an inch wide each."""


@dataclass(frozen=True, slots=True)
class Span:
    """`open`: left for a person to fill in or to check; it is shown on a ground of its own."""

    text: str
    bold: bool = False
    italic: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; a heading where `level` is 1 to 3; a table where there are `rows`; with `turn`, on
    a new page.

    Line breaks in a span are kept. `widths` are shares of the text's width, one a column.
    """

    spans: tuple[Span, ...] = ()
    level: int = 0
    align: Align = "left"
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    widths: tuple[int, ...] = ()
    ruled: bool = True
    turn: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a sentence stands on."""

    sentence: str
    document: str
    page: int
    quote: str


def paragraph(text: str, *, align: Align = "left", small: bool = False) -> Block:
    return Block((Span(text),), align=align, small=small)


def heading(text: str, level: int = 1, *, turn: bool = False) -> Block:
    return Block((Span(text),), level=level, turn=turn)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Block:
    """A ruled table of plain text, its first row the heads of its columns."""
    first = tuple((Span(text, bold=True),) for text in head)
    others = (tuple((Span(text),) for text in row) for row in rows)
    return Block(rows=(first, *others), widths=tuple(widths), small=True)


_HEADS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("No.", "Sentence", "Document and page", "Words of the source"),
    "zh-Hant": ("編號", "句子", "文件及頁碼", "來源原文"),
    "zh-Hans": ("编号", "句子", "文件及页码", "来源原文"),
}


def sources(title: str, found: Sequence[Source], language: Language) -> list[Block]:
    """On a page of its own: each sentence, where it comes from, and the words that it stands on."""
    place = "p. {}" if language == "en" else "第{}頁" if language != "zh-Hans" else "第{}页"
    rows = [
        (str(number), one.sentence, f"{one.document}\n{place.format(one.page)}", one.quote)
        for number, one in enumerate(found, 1)
    ]
    heads = _HEADS.get(language, _HEADS["zh-Hant"])
    return [heading(title, 2, turn=True), table(heads, rows, (4, 20, 13, 19))]


def docx(blocks: Sequence[Block], language: Language, title: str) -> bytes:
    """A4, the same bytes for the same blocks."""
    body = "".join(map(_block, blocks))
    parts = {
        **skeleton.PARTS,
        "docProps/core.xml": skeleton.CORE.format(title=_escaped(title), language=TAGS[language]),
        "word/styles.xml": skeleton.STYLES.format(
            latin=LATIN_FACE, chinese=FACES.get(language, FACES["zh-Hant"]), language=TAGS[language],
            eastern=TAGS[language] if language != "en" else TAGS["zh-Hant"],
        ),
        "word/document.xml": skeleton.DOCUMENT.format(body=body),
    }  # fmt: skip
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(ZipInfo(name), text.encode(), ZIP_DEFLATED)
    return made.getvalue()


def _block(block: Block) -> str:
    if block.rows:
        return _table(block)
    style = f"Heading{block.level}" if block.level else "Small" if block.small else ""
    return _paragraph(block.spans, style, block.align, turn=block.turn)


def _paragraph(
    spans: Iterable[Span], style: str = "", align: Align = "left", *, turn: bool = False
) -> str:
    properties = f"<w:pStyle w:val={quoteattr(style)}/>" if style else ""
    properties += "<w:pageBreakBefore/>" if turn else ""
    properties += f'<w:jc w:val="{align}"/>' if align != "left" else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(map(_run, spans))}</w:p>"


def _run(span: Span) -> str:
    looks = "<w:b/>" if span.bold else ""
    looks += "<w:i/>" if span.italic else ""
    looks += '<w:highlight w:val="yellow"/>' if span.open else ""
    lines = (f'<w:t xml:space="preserve">{_escaped(line)}</w:t>' for line in span.text.split("\n"))
    return f"<w:r><w:rPr>{looks}</w:rPr>{'<w:br/>'.join(lines)}</w:r>"


def _table(block: Block) -> str:
    total = sum(block.widths)
    widths = [_TEXT_WIDTH * share // total for share in block.widths]
    style = "TableGrid" if block.ruled else "TableNormal"
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(row, widths, block, first=not n) for n, row in enumerate(block.rows))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl><w:p/>'
    )


def _row(
    row: Sequence[tuple[Span, ...]], widths: Sequence[int], block: Block, *, first: bool
) -> str:
    repeats = "<w:trPr><w:tblHeader/></w:trPr>" if first and block.ruled else ""
    style = "Small" if block.small else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(cell, style)}</w:tc>'
        for cell, width in zip(row, widths, strict=True)
    )
    return f"<w:tr>{repeats}{cells}</w:tr>"


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def pdf(blocks: Sequence[Block], title: str) -> bytes:
    """A4 with page numbers, set in the one font that is shipped; it has no italic."""
    inputs = {"title": title, "blocks": json.dumps([asdict(b) for b in blocks], ensure_ascii=False)}
    return bytes(
        typst.compile(skeleton.TYPST, font_paths=fonts(), sys_inputs=inputs, pdf_tags=False)
    )

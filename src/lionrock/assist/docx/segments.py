"""The text of a Word document in segments, one a paragraph: body, tables, text boxes, notes, headers, footers."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from zipfile import ZipFile

from pydantic import BaseModel, ConfigDict

from lionrock.assist.docx.formats import has
from lionrock.assist.docx.inline import Mark, Words
from lionrock.assist.docx.marks import bare
from lionrock.assist.docx.package import opened, parts
from lionrock.assist.docx.paragraph import Paragraph, paragraph
from lionrock.documents.parsing.docx_styles import (
    Style,
    numbering_of,
    outline_of,
    style_key,
    styles,
)
from lionrock.documents.parsing.ooxml import W, part, value

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = (f"{W}footnote", f"{W}endnote")


class Kind(StrEnum):
    BOX = "box"
    CELL = "cell"
    ENDNOTE = "endnote"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    HEADER = "header"
    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"


class Run(BaseModel):
    """Words of one format, as set on the words themselves; or a mark, `text` being what it shows."""

    model_config = ConfigDict(frozen=True)
    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    mark: int = 0
    """The number of its mark in the text; 0 for words."""


class Segment(BaseModel):
    """The text of one paragraph. Marks in it: see `marks`."""

    model_config = ConfigDict(frozen=True)
    id: str
    """Part and place of the paragraph in it: "word/document.xml#12". Stable for the same bytes."""
    kind: Kind
    level: int
    """Of a heading, from 1; else 0."""
    text: str
    """As a reader sees it, with the marks that must come back."""
    marked: str
    """The same with the spans of another format marked too."""
    runs: tuple[Run, ...]


def segments(data: bytes) -> list[Segment]:
    """The segments that hold words, in reading order: body with its tables and boxes, notes,
    headers, footers. Tracked changes count as accepted.

    Raises `UnreadableDocument`.
    """
    with opened(data) as archive:
        return list(_segments(archive))


def _segments(archive: ZipFile) -> Iterator[Segment]:
    known = styles(part(archive, "word/styles.xml"))
    for name, root in parts(archive).items():
        for place, element in paragraphs(root):
            taken = paragraph(element)
            text = taken.text()
            if bare(text).strip():
                kind, level = _kind(element, known)
                yield Segment(
                    id=f"{name}#{place}", kind=kind, level=level, text=text,
                    marked=taken.text(formats=True), runs=tuple(_runs(taken)),
                )  # fmt: skip


def paragraphs(root: Any) -> Iterator[tuple[int, Any]]:
    """The paragraphs of a part that are shown, each with its place among all of them."""
    for place, element in enumerate(root.iter(f"{W}p")):
        if not any(_hides(above) for above in element.iterancestors()):
            yield place, element


def _hides(element: Any) -> bool:
    """A drawing's copy for old programs, a deleted row, a note that is only a line."""
    tag = element.tag
    if tag == f"{W}tr":
        return element.find(f"{W}trPr/{W}del") is not None
    if tag in _NOTES:
        return value(element, "type") not in (None, "normal")
    return tag in (_FALLBACK, f"{W}del", f"{W}moveFrom")


def _kind(element: Any, known: dict[str, Style]) -> tuple[Kind, int]:
    properties = element.find(f"{W}pPr")
    style = known.get(style_key(properties))
    outline = outline_of(properties, style)
    above = {ancestor.tag for ancestor in element.iterancestors()}
    for tag, kind in _BY_PLACE.items():
        if tag in above:
            return kind, 0
    if outline is not None:
        return Kind.HEADING, outline + 1
    if f"{W}tc" in above:
        return Kind.CELL, 0
    own = numbering_of(properties) if properties is not None else None
    numbered = own or (style.numbering if style else None)
    return (Kind.ITEM if numbered and numbered[0] != "0" else Kind.PARAGRAPH), 0


_BY_PLACE = {
    f"{W}hdr": Kind.HEADER, f"{W}ftr": Kind.FOOTER, f"{W}footnotes": Kind.FOOTNOTE,
    f"{W}endnotes": Kind.ENDNOTE, f"{W}txbxContent": Kind.BOX,
}  # fmt: skip


def _runs(taken: Paragraph) -> Iterator[Run]:
    numbers = {id(atom): number for number, atom in taken.things.items()}
    for atom in taken.inner:
        if isinstance(atom, Mark):
            yield Run(text=atom.shown, mark=numbers[id(atom)])
        else:
            yield _run(atom)


def _run(words: Words) -> Run:
    bold, italic, underline = (has(words.properties, name) for name in ("b", "i", "u"))
    return Run(text=words.text, bold=bold, italic=italic, underline=underline)

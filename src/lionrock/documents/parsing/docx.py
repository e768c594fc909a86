"""DOCX to blocks: headings by style or outline level, numbering as printed, tables, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from lionrock.documents.parsing.archive import checked
from lionrock.documents.parsing.docx_numbering import Numbering
from lionrock.documents.parsing.docx_styles import (
    Style,
    numbering_of,
    outline_of,
    style_key,
    styles,
)
from lionrock.documents.parsing.flow import Flow, FlowBlock, clean, heading, item, paragraph, row
from lionrock.documents.parsing.numbering import SUPERSCRIPT, label_of
from lionrock.documents.parsing.ooxml import W, core_title, part, value
from lionrock.errors import UnreadableDocument

_CONTENTS_NAME = re.compile(r"toc [1-9]$|table of figures$", re.IGNORECASE)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What a paragraph holds that is not shown, or is shown elsewhere.
_SKIPPED = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{W}pPr", f"{W}rPr", f"{W}instrText", _FALLBACK)
)
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_BREAKS = frozenset((f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab"))


@dataclass(slots=True)
class _Document:
    styles: dict[str, Style]
    numbering: Numbering
    notes: dict[str, str]
    cited: list[str] = field(default_factory=list)
    """The notes met, in order (endnotes as footnotes); a note's number is its place here."""


def parse_docx(path: Path) -> Flow:
    """Read a Word document, as it stands after tracked changes are accepted."""
    with ZipFile(checked(path)) as archive:
        root = part(archive, "word/document.xml")
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            raise UnreadableDocument("it is damaged: it has no document body")
        document = _Document(
            styles(part(archive, "word/styles.xml")),
            Numbering(part(archive, "word/numbering.xml")),
            _notes(part(archive, "word/footnotes.xml"), "footnote")
            | _notes(part(archive, "word/endnotes.xml"), "endnote"),
        )
        return Flow(core_title(archive), list(_blocks(document, body)))


def _notes(root: Any | None, kind: str) -> dict[str, str]:
    notes = {}
    for note in root.iter(f"{W}{kind}") if root is not None else ():
        if value(note, "type") in (None, "normal"):
            notes[f"{kind} {value(note, 'id')}"] = " ".join(_plain(p) for p in note.iter(f"{W}p"))
    return notes


def _plain(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def _blocks(document: _Document, container: Any) -> Iterator[FlowBlock]:
    """The blocks of a body, a cell or a text box."""
    for child in container:
        if child.tag == f"{W}p":
            yield from _paragraph(document, child)
        elif child.tag == f"{W}tbl":
            yield from _table(document, child)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _blocks(document, child)


def _paragraph(document: _Document, element: Any) -> Iterator[FlowBlock]:
    cited = len(document.cited)
    text = clean(_text(document, element))
    properties = element.find(f"{W}pPr")
    style = document.styles.get(style_key(properties))
    label, depth = _label(document, properties, style) if text else ("", 0)
    outline = outline_of(properties, style)
    if outline is not None and text:
        yield from heading(f"{label} {text}", outline + 1)
    elif style is not None and _CONTENTS_NAME.match(style.name) and text:
        yield FlowBlock("toc", text)
    elif label and (label == "•" or _is_listed(label)):
        yield from item(label, text, depth + 1)
    else:
        yield from paragraph(f"{label} {text}")
    for place, key in enumerate(document.cited[cited:], cited + 1):
        mark = str(place)
        yield FlowBlock(
            "footnote", clean(f"{mark.translate(SUPERSCRIPT)} {document.notes[key]}"), 0, mark
        )
    for box in element.iter(f"{W}txbxContent"):
        if next(box.iterancestors(_FALLBACK), None) is None:
            yield from _blocks(document, box)


def _is_listed(label: str) -> bool:
    found = label_of(f"{label} ")
    return found is not None and (found.kind in ("cjk", "paren", "bullet") or found.depth < 2)


def _label(document: _Document, properties: Any | None, style: Style | None) -> tuple[str, int]:
    """The printed label of an automatically numbered paragraph, and its depth in the list."""
    own = numbering_of(properties) if properties is not None else None
    inherited = style.numbering if style else None
    instance, level = own or inherited or ("0", 0)
    return (document.numbering.label(instance, level), level) if instance != "0" else ("", 0)


def _text(document: _Document, element: Any) -> str:
    """The text of a paragraph as shown: insertions in, deletions out, note marks raised."""
    parts: list[str] = []
    for child in element:
        tag = child.tag
        if tag == f"{W}t":
            parts.append(child.text or "")
        elif tag in _BREAKS:
            parts.append(" ")
        elif tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif tag == f"{W}sym":
            parts.append(_symbol(value(child, "char") or ""))
        elif tag in _NOTES and f"{_NOTES[tag]} {value(child, 'id')}" in document.notes:
            document.cited.append(f"{_NOTES[tag]} {value(child, 'id')}")
            parts.append(str(len(document.cited)).translate(SUPERSCRIPT))
        elif tag == f"{W}r":
            parts.append(_run(document, child))
        elif tag not in _SKIPPED:
            parts.append(_text(document, child))
    return "".join(parts)


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _run(document: _Document, run: Any) -> str:
    properties = run.find(f"{W}rPr")
    if properties is None:
        return _text(document, run)
    vanish = properties.find(f"{W}vanish")
    if vanish is not None and value(vanish) not in ("0", "false"):
        return ""
    text = _text(document, run)
    raised = value(properties.find(f"{W}vertAlign")) == "superscript"
    return text.translate(SUPERSCRIPT) if raised and text.strip().isdecimal() else text


def _table(document: _Document, table: Any) -> Iterator[FlowBlock]:
    """Rows of cells; a table of one column is layout, its cells' blocks stand for themselves."""
    for line in table.iter(f"{W}tr"):
        if next(line.iterancestors(f"{W}tbl")) is not table:
            continue  # a nested table's: its text comes with its cell
        cells = list(line.iter(f"{W}tc"))
        own = [cell for cell in cells if next(cell.iterancestors(f"{W}tr")) is line]
        inner = [list(_blocks(document, cell)) for cell in own]
        if len(own) == 1:
            yield from inner[0]
            continue
        yield from row(" ".join(b.text for b in blocks if b.kind != "footnote") for blocks in inner)
        for blocks in inner:
            yield from (block for block in blocks if block.kind == "footnote")

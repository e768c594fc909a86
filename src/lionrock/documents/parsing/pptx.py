"""PPTX to blocks: each slide a heading "Slide n", its text by shape, its tables, then its notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final
from zipfile import ZipFile

from lionrock.documents.parsing.archive import checked
from lionrock.documents.parsing.flow import Flow, FlowBlock, clean, heading, item, paragraph, row
from lionrock.documents.parsing.numbering import label_of
from lionrock.documents.parsing.ooxml import core_title, part
from lionrock.errors import UnreadableDocument

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_D: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLES: Final = ("title", "ctrTitle")
_FURNITURE: Final = ("dt", "ftr", "hdr", "sldNum")
_LISTED: Final = ("body", "obj", "")
"""Placeholders whose paragraphs are bullets unless they say otherwise."""


def parse_pptx(path: Path) -> Flow:
    """Read a presentation: the slides that are shown, in the order they are shown in."""
    with ZipFile(checked(path)) as archive:
        root = part(archive, "ppt/presentation.xml")
        if root is None:
            raise UnreadableDocument("it is damaged: it has no presentation")
        relations = _relations(archive, "ppt/presentation.xml")
        blocks: list[FlowBlock] = []
        for number, entry in enumerate(root.iter(f"{_P}sldId"), 1):
            _, name = relations.get(entry.get(f"{_R}id") or "", ("", ""))
            slide = part(archive, name) if name else None
            if slide is not None and slide.get("show") not in ("0", "false"):
                blocks.extend(_slide(archive, name, slide, number))
        return Flow(core_title(archive), blocks)


def _relations(archive: ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """What a part refers to inside the file: the kind (last word of its type) and the part's name."""
    folder = dirname(name)
    root = part(archive, f"{folder}/_rels/{name.rpartition('/')[2]}.rels")
    found = {}
    for relation in root.iter(_RELATION) if root is not None else ():
        if relation.get("TargetMode") != "External":
            target = relation.get("Target") or ""
            target = target[1:] if target.startswith("/") else normpath(join(folder, target))
            kind = (relation.get("Type") or "").rpartition("/")[2]
            found[relation.get("Id") or ""] = (kind, target)
    return found


def _slide(archive: ZipFile, name: str, slide: Any, number: int) -> Iterator[FlowBlock]:
    relations = _relations(archive, name)
    shapes = list(_shapes(slide.find(f"{_P}cSld/{_P}spTree")))
    title = next(
        (clean(_words(s)) for s in shapes if _kind(s) in _TITLES and _words(s).strip()), ""
    )
    yield from heading(f"Slide {number}: {title}" if title else f"Slide {number}", 1)
    for shape in shapes:
        if _kind(shape) not in (*_TITLES, *_FURNITURE) or (
            _kind(shape) in _TITLES and clean(_words(shape)) != title
        ):
            yield from _content(archive, relations, shape)
    for kind, target in relations.values():
        notes = part(archive, target) if kind == "notesSlide" else None
        if notes is not None:
            yield from _notes(notes)


def _notes(notes: Any) -> Iterator[FlowBlock]:
    found = [
        block
        for shape in _shapes(notes.find(f"{_P}cSld/{_P}spTree"))
        if _kind(shape) == "body"
        for line in shape.iter(f"{_A}p")
        for block in paragraph(_line(line))
    ]
    if found:
        yield from heading("Notes", 2)
        yield from found


def _shapes(tree: Any | None) -> Iterator[Any]:
    """The shapes and frames of a slide in their order, those of groups in the group's place."""
    for element in tree if tree is not None else ():
        if element.tag in (f"{_P}sp", f"{_P}graphicFrame", f"{_P}cxnSp", f"{_P}pic"):
            yield element
        elif element.tag == f"{_P}grpSp":
            yield from _shapes(element)
        elif element.tag == f"{_MC}AlternateContent":
            yield from _shapes(element.find(f"{_MC}Choice"))


def _kind(shape: Any) -> str | None:
    """The kind of placeholder it is; "" for one of no stated kind, None for no placeholder."""
    holder = next(shape.iter(f"{_P}ph"), None)
    return holder.get("type", "") if holder is not None else None


def _words(shape: Any) -> str:
    return " ".join(_line(line) for line in shape.iter(f"{_A}p"))


def _line(line: Any) -> str:
    parts = []
    for element in line.iter(f"{_A}t", f"{_A}br", f"{_A}tab"):
        parts.append(element.text or "" if element.tag == f"{_A}t" else " ")
    return "".join(parts)


def _content(
    archive: ZipFile, relations: dict[str, tuple[str, str]], shape: Any
) -> Iterator[FlowBlock]:
    if shape.tag == f"{_P}graphicFrame":
        for line in shape.iter(f"{_A}tr"):
            yield from row(_words(cell) for cell in line.iterchildren(f"{_A}tc"))
        for drawn in shape.iter(f"{_D}relIds"):
            _, target = relations.get(drawn.get(f"{_R}dm") or "", ("", ""))
            yield from _diagram(part(archive, target) if target else None)
    else:
        yield from _paragraphs(shape, listed=_kind(shape) in _LISTED)


def _diagram(data: Any | None) -> Iterator[FlowBlock]:
    """The words of a SmartArt drawing, as its data part lists them."""
    for point in data.iter(f"{_D}pt") if data is not None else ():
        for line in point.iter(f"{_A}p"):
            yield from paragraph(_line(line))


def _paragraphs(shape: Any, *, listed: bool) -> Iterator[FlowBlock]:
    counts: dict[int, int] = {}
    for line in shape.iter(f"{_A}p"):
        text = clean(_line(line))
        properties = line.find(f"{_A}pPr")
        level = _level(properties)
        mark = _mark(properties, listed or level > 0)
        if not text:
            continue
        counts = {depth: count for depth, count in counts.items() if depth <= level}
        counts[level] = counts.get(level, 0) + 1 if mark == "#" else 0
        if not mark or label_of(text) is not None:
            yield from paragraph(text)
        else:
            label = f"{counts[level]}." if mark == "#" else "•"
            yield from item(label, text, level + 1)


def _level(properties: Any | None) -> int:
    level = properties.get("lvl", "0") if properties is not None else "0"
    return int(level) if level in tuple("012345678") else 0


def _mark(properties: Any | None, listed: bool) -> str:
    """ "•", "#" for a counted item, or "" for plain text."""
    for element in properties if properties is not None else ():
        if element.tag == f"{_A}buNone":
            return ""
        if element.tag == f"{_A}buAutoNum":
            return "#"
        if element.tag in (f"{_A}buChar", f"{_A}buBlip"):
            return "•"
    return "•" if listed else ""

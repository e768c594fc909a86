"""HTML to blocks: headings, paragraphs, lists, tables. Scripts and styles are dropped, nothing is
fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, item, paragraph, row
from lionrock.errors import UnreadableDocument

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DROPPED = frozenset(
    "script style noscript template svg math head iframe object embed applet audio video canvas "
    "select option button input textarea nav".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre "
    "section summary table tbody td tfoot th thead tr ul".split()
)
_DEEPEST = 400
_HEADING = re.compile(r"h([1-6])$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse_html(path: Path) -> Flow:
    """Read a page, in the encoding it is marked with, declares, or seems to be in."""
    data = path.read_bytes()
    declared = _CHARSET.search(data[:4096])
    return read_html(decoded(data, declared[1].decode("ascii") if declared else ""))


def read_html(text: str) -> Flow:
    """Read a page that is decoded already, as a mail's body is."""
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    # A huge tree, for beyond 256 levels the parser drops the rest of the page without a word.
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument("it is damaged: no HTML can be made out in it") from error
    if root is None:
        return Flow("", [])
    _refuse_deep(root)
    title = root.findtext(".//title") or ""
    _prepare(root)
    return Flow(title, list(_blocks(root)))


def _refuse_deep(root: Any) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise UnreadableDocument(f"its elements are nested deeper than {_DEEPEST} levels")


def _prepare(root: Any) -> None:
    """Take out what is not shown; put in the spaces that line breaks and cells stand for."""
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    for element in list(root.iter()):
        if "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
            element.clear(keep_tail=True)
        if element.tag in _BLOCKS:
            element.text = f" {element.text or ''}"
        if element.tag == "br" or element.tag in _BLOCKS:
            element.tail = f" {element.tail or ''}"


def _blocks(element: Any) -> Iterator[FlowBlock]:
    """The blocks inside an element: its loose text as paragraphs, its block children in turn."""
    loose = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS or any(inner.tag in _BLOCKS for inner in child.iter()):
            yield from paragraph("".join(loose))
            loose = []
            yield from _block(child)
        else:
            loose.append("".join(child.itertext()))
        loose.append(child.tail or "")
    yield from paragraph("".join(loose))


def _block(element: Any) -> Iterator[FlowBlock]:
    tag = element.tag
    if match := _HEADING.match(tag):
        yield from heading("".join(element.itertext()), int(match[1]))
    elif tag == "tr":
        yield from _row(element)
    elif tag in ("ul", "ol"):
        yield from _list(element)
    elif tag == "pre":
        for line in "".join(element.itertext()).splitlines():
            yield from paragraph(line)
    else:
        yield from _blocks(element)


def _row(element: Any) -> Iterator[FlowBlock]:
    """A table row; a row of one cell that holds blocks is layout, not a table."""
    cells = [cell for cell in element if cell.tag in ("td", "th")]
    if len(cells) == 1:
        yield from _blocks(cells[0])
    else:
        yield from row("".join(cell.itertext()) for cell in cells)


def _list(element: Any) -> Iterator[FlowBlock]:
    start = element.get("start", "1")
    number = int(start) if start.isdecimal() and len(start) < 6 else 1
    depth = sum(ancestor.tag in ("ul", "ol") for ancestor in element.iterancestors()) + 1
    for child in element:
        if child.tag != "li":
            yield from _block(child)
            continue
        label = f"{number}." if element.tag == "ol" else "•"
        number += 1
        inner = iter(_blocks(child))
        first = next(inner, None)
        if first is not None and first.kind in ("paragraph", "item") and not first.level:
            yield from item("" if first.number else label, first.text, depth)
        elif first is not None:
            yield first
        yield from inner

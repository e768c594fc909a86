"""XML of any size, one entry in memory at a time, from sources that may be hostile.

No document type (so no entities of its own), nothing fetched, no entry beyond `MOST_ENTRY_BYTES`. The
parser's own limits hold too: 256 levels, 10 MB in one text or attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from lionrock.errors import InvalidInput
from lionrock.screening.lists.sources import Source

MOST_ENTRY_BYTES = 8 * 2**20
"""From one entry's end to the next one's: the largest entry in the lists published is below 1 MB."""
_LONGEST_ATTRIBUTE = 2**16
_CHUNK = 2**14

Element = Any
"""lxml's, whose stubs are not complete."""


def local(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def root_of(source: Source) -> Element:
    """The root element with its attributes, and no more than that.

    Raises `InvalidInput` if the file does not start as XML or declares a document type.
    """
    for _, element in _events(source, entries=(), containers=(), only_root=True):
        return element
    raise _damaged(source, 1)


def entries(
    source: Source, tags: tuple[str, ...], containers: tuple[str, ...], passed: tuple[str, ...] = ()
) -> Iterator[Element]:
    """The elements with these local names, in order; each is emptied once the next is asked for.

    A child of one of `containers` that is neither entry nor container, nor one of `passed`, which are not
    read, is refused: a list of a changed layout must not come in short. So is a file that ends before its
    root element does.
    """
    root_of(source)
    for _, element in _events(source, tags, containers, passed):
        yield element


def _events(
    source: Source,
    entries: tuple[str, ...],
    containers: tuple[str, ...],
    passed: tuple[str, ...] = (),
    only_root: bool = False,
) -> Iterator[tuple[str, Element]]:
    parser: Any = etree.XMLPullParser(
        events=("start", "end"),
        tag=None if only_root else [f"{{*}}{tag}" for tag in (*entries, *containers)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    known = (*entries, *containers, *passed)
    checked = False
    since = 0
    try:
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                parser.feed(chunk)
                since += len(chunk)
                for event, element in parser.read_events():
                    if not checked:
                        _refuse_document_type(source, element)
                        checked = True
                    if event == "start" and only_root:
                        yield event, element
                        return
                    if event == "end":
                        if local(element) in entries:
                            if since >= _LONGEST_ATTRIBUTE - 2 * _CHUNK:
                                _bounded(source, element)
                            yield event, element
                            since = 0
                        _forget(source, element, containers, known)
                if since > MOST_ENTRY_BYTES:
                    raise InvalidInput(
                        f"{source.name}: one entry takes more than {MOST_ENTRY_BYTES // 2**20} MB,"
                        " which no published list needs. It is not read."
                    )
        _refuse_document_type(source, parser.close())
    except etree.XMLSyntaxError as error:
        raise _damaged(source, error.lineno or 0) from error


def _refuse_document_type(source: Source, element: Element) -> None:
    if (
        element.getroottree().docinfo.doctype
        or element.getroottree().docinfo.internalDTD is not None
    ):
        raise InvalidInput(
            f"{source.name} declares a document type, which no published list does. It is not read."
        )


def _bounded(source: Source, element: Element) -> None:
    for each in element.iter():
        if any(len(value) > _LONGEST_ATTRIBUTE for value in each.attrib.values()):
            raise InvalidInput(
                f"{source.name}, line {each.sourceline}: an attribute is longer than"
                f" {_LONGEST_ATTRIBUTE // 1024} kB, which no published list has. It is not read."
            )


def _forget(
    source: Source, element: Element, containers: tuple[str, ...], known: tuple[str, ...]
) -> None:
    """Drop what has been read: the element's content and all that stands before it."""
    if local(element) in containers:
        for child in element:
            _refuse_stranger(source, child, known)
    element.clear(keep_tail=False)
    for each in (element, *element.iterancestors()):
        while (before := each.getprevious()) is not None:
            parent = each.getparent()
            if local(parent) in containers:
                _refuse_stranger(source, before, known)
            parent.remove(before)


def _refuse_stranger(source: Source, element: Element, known: tuple[str, ...]) -> None:
    if local(element) not in known:
        raise InvalidInput(
            f"{source.name}, line {element.sourceline}: <{local(element)[:60]}> stands where only"
            f" {', '.join(known)} are known. The layout has changed: the list is not read in part."
        )


def _damaged(source: Source, line: int) -> InvalidInput:
    return InvalidInput(
        f"{source.name} is not complete XML: it breaks off or is damaged near line {line}."
        " Nothing of it is used; download it again."
    )

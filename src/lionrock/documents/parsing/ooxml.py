"""The XML parts of an Office file, parsed so that nothing outside is read or expanded."""

from __future__ import annotations

from typing import Any
from zipfile import ZipFile

from lxml import etree

from lionrock.errors import UnreadableDocument

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEAD = 2**16
# The names that "Strict Open XML" (ISO/IEC 29500-1) has for the same elements.
_STRICT = tuple(
    (f"http://purl.oclc.org/ooxml/{name}".encode(),
     f"http://schemas.openxmlformats.org/{name.replace('/', '/2006/', 1)}".encode())
    for name in ("wordprocessingml/main", "presentationml/main", "drawingml/main",
                 "drawingml/diagram", "officeDocument/relationships")
)  # fmt: skip


def part(archive: ZipFile, name: str, *, doctype: bool = False) -> Any | None:
    """The root element of a part, or None if the archive does not hold it. A declared document
    type is refused, or, with `doctype`, let be: it is never read, and no entity is expanded."""
    try:
        data = archive.read(name)
    except KeyError:
        return None
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root: Any = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(f"it is damaged: {name} inside it is not XML") from error
    if root.getroottree().docinfo.doctype and not doctype:
        raise _declared(name)
    return root


def serialised(root: Any, before: bytes) -> bytes:
    """The bytes of a part whose root `part` read from `before`, in the names that it used."""
    data: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
    )
    if _STRICT[0][0] in before:
        for strict, usual in _STRICT:
            data = data.replace(usual, strict)
    return data


def refuse_doctypes(archive: ZipFile) -> None:
    """Refuse a file one of whose parts declares a document type: for parts that others parse."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as stream:
                head = stream.read(_HEAD).replace(b"\0", b"")
            if b"<!DOCTYPE" in head:
                raise _declared(name)


def _declared(name: str) -> UnreadableDocument:
    return UnreadableDocument(f"it declares a document type in {name}, which no Office file does")


def core_title(archive: ZipFile) -> str:
    """The title in the file's properties, or ""."""
    core = part(archive, "docProps/core.xml")
    title = core.findtext("{http://purl.org/dc/elements/1.1/}title") if core is not None else None
    return title or ""


def value(element: Any | None, name: str = "val") -> str | None:
    """An attribute of the WordprocessingML namespace, None without the element or attribute."""
    found = element.get(W + name) if element is not None else None
    return str(found) if found is not None else None


def number(element: Any | None, name: str = "val") -> int | None:
    """An attribute as a whole number; None if it is none."""
    text = value(element, name)
    return int(text) if text is not None and text.lstrip("-").isdecimal() else None

"""Word files made for these tests, of only the parts given."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def word(body: str, **parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return made.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def body(data: bytes, part: str = "document") -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(f"word/{part}.xml"))


def xml(data: bytes, part: str = "document") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"word/{part}.xml").decode()


def tags(element: Any) -> list[str]:
    """The names of an element's children, in order."""
    return [child.tag.rpartition("}")[2] for child in element]


def looks(data: bytes) -> list[list[tuple[str, str]]]:
    """By paragraph: each letter that is not white with the toggles its run sets."""
    found = []
    for paragraph in body(data).iter(f"{{{W}}}p"):
        letters = []
        for text in paragraph.iter(f"{{{W}}}t"):
            properties = text.getparent().find(f"{{{W}}}rPr")
            names = sorted(tags(properties)) if properties is not None else []
            toggles = ",".join(n for n in names if n in ("b", "i", "u"))
            letters += [(letter, toggles) for letter in text.text or "" if not letter.isspace()]
        found.append(letters)
    return found

"""What OpenDocument files have in common: their parts, their text, and what is hidden in it.

OASIS OpenDocument 1.3, part 3. The XML is read as `ooxml.part` reads it: no entity, no network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from lionrock.documents.parsing.archive import PASSWORD, checked
from lionrock.documents.parsing.flow import FlowBlock, clean
from lionrock.documents.parsing.numbering import SUPERSCRIPT
from lionrock.documents.parsing.ooxml import part
from lionrock.errors import UnreadableDocument

_BASE: Final = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE: Final = f"{{{_BASE}office:1.0}}"
TEXT: Final = f"{{{_BASE}text:1.0}}"
TABLE: Final = f"{{{_BASE}table:1.0}}"
DRAW: Final = f"{{{_BASE}drawing:1.0}}"
STYLE: Final = f"{{{_BASE}style:1.0}}"
PRESENTATION: Final = f"{{{_BASE}presentation:1.0}}"
_MANIFEST: Final = f"{{{_BASE}manifest:1.0}}"
_TITLE: Final = ".//{http://purl.org/dc/elements/1.1/}title"
_MOST_SPACES: Final = 100

# What stands in a paragraph and is not its text: it is hidden, or shown elsewhere.
_SKIPPED: Final = frozenset(
    (f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}hidden-text", f"{TEXT}ruby-text",
     f"{TEXT}hidden-paragraph", f"{TEXT}script")
)  # fmt: skip
_BLANKS: Final = frozenset((f"{TEXT}tab", f"{TEXT}line-break", f"{TEXT}s"))


@dataclass(slots=True)
class Parts:
    """The roots of content and styles, and the title in the file's properties."""

    content: Any
    styles: Any | None
    title: str

    def body(self, kind: str) -> Any:
        """The body of that kind: "text", "spreadsheet", "presentation". Raises if it has none."""
        found = self.content.find(f"{OFFICE}body/{OFFICE}{kind}")
        if found is None:
            raise UnreadableDocument(f"it is damaged: it holds no {kind}")
        return found

    def named(self, tag: str) -> Iterator[Any]:
        """Elements with that tag of both parts, the shared styles' first."""
        for root in (self.styles, self.content):
            if root is not None:
                yield from root.iter(tag)


def parts_of(path: Path) -> Parts:
    """The parts of an OpenDocument file. Raises `UnreadableDocument`: damage, a password."""
    with ZipFile(checked(path)) as archive:
        manifest = part(archive, "META-INF/manifest.xml", doctype=True)
        encrypted = manifest is not None and manifest.iter(f"{_MANIFEST}encryption-data")
        if encrypted and next(encrypted, None) is not None:
            raise UnreadableDocument(PASSWORD)
        content = part(archive, "content.xml")
        if content is None:
            raise UnreadableDocument("it is damaged: it has no content")
        meta = part(archive, "meta.xml")
        title = meta.findtext(_TITLE) if meta is not None else None
        return Parts(content, part(archive, "styles.xml"), title or "")


class Notes:
    """The footnotes met, each numbered by its place."""

    def __init__(self) -> None:
        self._met: list[str] = []
        self._told = 0

    def mark(self, note: Any) -> str:
        body = note.find(f"{TEXT}note-body")
        lines = body.iter(f"{TEXT}p", f"{TEXT}h") if body is not None else ()
        self._met.append(" ".join(words(line) for line in lines))
        return str(len(self._met)).translate(SUPERSCRIPT)

    def blocks(self) -> Iterator[FlowBlock]:
        """Those met since this was last asked."""
        for number, text in enumerate(self._met[self._told :], self._told + 1):
            mark = str(number)
            yield FlowBlock("footnote", clean(f"{mark.translate(SUPERSCRIPT)} {text}"), 0, mark)
        self._told = len(self._met)


def words(element: Any, note: Callable[[Any], str] | None = None) -> str:
    """The text of a paragraph as shown; `note` says what stands for a footnote."""
    parts = [element.text or ""]
    for child in element:
        tag = child.tag
        if tag in _BLANKS:
            parts.append(" " * min(count(child, f"{TEXT}c"), _MOST_SPACES))
        elif tag == f"{TEXT}note":
            parts.append(note(child) if note else "")
        elif isinstance(tag, str) and tag not in _SKIPPED and not tag.startswith(DRAW):
            parts.append(words(child, note))
        parts.append(child.tail or "")
    return "".join(parts)


def count(element: Any, attribute: str) -> int:
    """How often an element stands for itself; 1 where it does not say."""
    value = element.get(attribute, "1")
    return int(value) if value.isdecimal() and len(value) < 10 else 1


def hidden(parts: Parts, attribute: str, values: Iterable[str]) -> frozenset[str]:
    """Names of the styles one of whose properties has one of these values."""
    wanted = frozenset(values)
    return frozenset(
        style.get(f"{STYLE}name", "")
        for style in parts.named(f"{STYLE}style")
        if any(child.get(attribute) in wanted for child in style)
    )

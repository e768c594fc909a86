"""A Word file as a package of parts (ECMA-376 part 2): read within bounds, changed parts put back."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lionrock.documents.parsing.archive import checked_bytes
from lionrock.documents.parsing.ooxml import part, serialised
from lionrock.errors import UnreadableDocument

MAIN = "word/document.xml"
MOST_XML = 64 * 2**20
"""Bytes of one part with text; the XML of a thousand pages is a tenth of it."""

_WITH_TEXT = re.compile(r"word/(?:(footnotes|endnotes)|(header|footer)(\d*))\.xml")
_ORDER = ("document", "footnotes", "endnotes", "header", "footer")


def opened(data: bytes) -> ZipFile:
    """The package. Raises `UnreadableDocument`: damage, a password, a bomb, no Word document."""
    archive = checked_bytes(data)
    if MAIN not in archive.namelist():
        raise UnreadableDocument("it is not a Word document (DOCX): it has no document body")
    if len(set(archive.namelist())) < len(archive.namelist()):
        raise UnreadableDocument("it is damaged: two of its parts have one name")
    for name in part_names(archive):
        if archive.getinfo(name).file_size > MOST_XML:
            raise UnreadableDocument(f"its text ({name}) is more than {MOST_XML // 2**20} MB")
    return archive


def part_names(archive: ZipFile) -> list[str]:
    """The parts with text in reading order: body, notes, headers, footers."""
    found = [((0, 0), MAIN)]
    for name in archive.namelist():
        if told := _WITH_TEXT.fullmatch(name):
            found.append(((_ORDER.index(told[1] or told[2]), int(told[3] or 0)), name))
    return [name for _, name in sorted(found)]


def parts(archive: ZipFile) -> dict[str, Any]:
    """The roots of the parts with text, by name, in reading order."""
    return {name: part(archive, name) for name in part_names(archive)}


def with_parts(archive: ZipFile, changed: Mapping[str, Any]) -> bytes:
    """The package with these parts' roots in their places; every other member byte for byte."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for member in archive.infolist():
            data = archive.read(member)
            if member.filename in changed:
                data = serialised(changed[member.filename], data)
            package.writestr(copy.copy(member), data)
    return made.getvalue()

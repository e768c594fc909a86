"""Zip files from strangers: names and members, with bounds on what they may unpack to."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from lionrock.errors import UnreadableDocument

MOST_ENTRIES = 20_000
MOST_BYTES = 512 * 2**20
"""What a document may unpack to; the largest annual reports are a tenth of it."""

HIGHEST_RATIO = 300
"""XML packs at 10 to 40 to one; a bomb packs at a thousand."""

_UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
)


def names_in(path: Path) -> frozenset[str]:
    """The members' names. Raises `UnreadableDocument` for a damaged archive or a bomb."""
    with _opened(path) as archive:
        return frozenset(archive.namelist())


def checked(path: Path) -> BytesIO:
    """The archive's bytes, once its directory and every member's true size are within bounds.

    The sizes that the directory states are not believed: each member is unpacked and counted.
    """
    with _opened(path) as archive:
        left = MOST_BYTES
        for member in archive.infolist():
            left -= _size(archive, member, left)
    return BytesIO(path.read_bytes())


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableDocument("it is damaged: not a complete DOCX or XLSX") from error
    members = archive.infolist()
    if len(members) > MOST_ENTRIES:
        raise UnreadableDocument(f"it holds more than {MOST_ENTRIES} files")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableDocument("it is password-protected; remove the password and add it again")
    packed = max(path.stat().st_size, 1)
    stated = sum(member.file_size for member in members)
    if stated > MOST_BYTES or (stated > 2**24 and stated > HIGHEST_RATIO * packed):
        raise _bomb()
    return archive


def _size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    size = 0
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(2**20):
                size += len(chunk)
                if size > left:
                    raise _bomb()
    except _UNPACKING_ERRORS as error:
        raise UnreadableDocument("it is damaged: a part of it cannot be unpacked") from error
    return size


def _bomb() -> UnreadableDocument:
    return UnreadableDocument(f"it unpacks to more than {MOST_BYTES // 2**20} MB")

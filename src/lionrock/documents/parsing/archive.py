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

PASSWORD = "it is password-protected; remove the password and add it again"

UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
)


def names_in(path: Path) -> frozenset[str]:
    """The members' names. Raises `UnreadableDocument` for a damaged archive or a bomb."""
    with opened(path) as archive:
        if any(member.flag_bits & 1 for member in archive.infolist()):
            raise UnreadableDocument(PASSWORD)
        return frozenset(archive.namelist())


def checked(path: Path) -> BytesIO:
    """The archive's bytes, once its directory and every member's true size are within bounds.

    The sizes that the directory states are not believed: each member is unpacked and counted.
    """
    names_in(path)
    with opened(path) as archive:
        _refuse_bombs(archive)
    return BytesIO(path.read_bytes())


def checked_bytes(data: bytes) -> zipfile.ZipFile:
    """The archive in these bytes, within the bounds of `checked`."""
    archive = _bounded(BytesIO(data), len(data), MOST_BYTES)
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise UnreadableDocument(PASSWORD)
    _refuse_bombs(archive)
    return archive


def opened(path: Path, most_bytes: int = MOST_BYTES) -> zipfile.ZipFile:
    """The archive, its directory within bounds. Raises `UnreadableDocument`: damage, a bomb."""
    return _bounded(path, path.stat().st_size, most_bytes)


def _bounded(source: Path | BytesIO, size: int, most_bytes: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableDocument("it is damaged: not a complete ZIP or Office file") from error
    members = archive.infolist()
    if len(members) > MOST_ENTRIES:
        raise UnreadableDocument(f"it holds more than {MOST_ENTRIES} files")
    packed = max(size, 1)
    stated = sum(member.file_size for member in members)
    if stated > most_bytes or (stated > 2**24 and stated > HIGHEST_RATIO * packed):
        raise bomb(most_bytes)
    _refuse_overlaps(members, packed)
    return archive


def _refuse_overlaps(members: list[zipfile.ZipInfo], size: int) -> None:
    """Entries that share their packed bytes make a small file unpack to petabytes."""
    ends = [*sorted(member.header_offset for member in members)[1:], size]
    for member, end in zip(sorted(members, key=lambda m: m.header_offset), ends, strict=False):
        if member.header_offset + 30 + member.compress_size > end:
            raise UnreadableDocument("it is damaged, or a bomb: entries of the archive overlap")


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    left = MOST_BYTES
    for member in archive.infolist():
        left -= _size(archive, member, left)


def _size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    size = 0
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(2**20):
                size += len(chunk)
                if size > left:
                    raise bomb(MOST_BYTES)
    except UNPACKING_ERRORS as error:
        raise UnreadableDocument("it is damaged: a part of it cannot be unpacked") from error
    return size


def bomb(most_bytes: int) -> UnreadableDocument:
    """The refusal of what unpacks to more than so many bytes."""
    return UnreadableDocument(f"it unpacks to more than {max(most_bytes // 2**20, 1)} MB")

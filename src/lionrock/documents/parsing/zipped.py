"""ZIP archives as documents: the reading copy lists what is in it, and each file is a member.

APPNOTE.TXT 6.3.10: flag bit 11 marks a name as UTF-8, extra field 0x7075 carries one beside it;
other names are in the code page of whoever packed it, in Hong Kong mostly Big5 or GBK.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import ZipFile, ZipInfo

from lionrock.documents.parsing.archive import PASSWORD, UNPACKING_ERRORS, opened
from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import Flow, FlowBlock, paragraph, row
from lionrock.documents.parsing.members import (
    CHUNK,
    MOST_MEMBERS,
    Chunks,
    Member,
    clean_path,
    refusal,
    sized,
)
from lionrock.errors import UnreadableDocument

_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 1
_UNICODE_PATH: Final = 0x7075
NO_LIMIT: Final = 2**50
"""What members may come to in all is counted where they are kept."""


def parse_zip(path: Path) -> Flow:
    """The list of the files in an archive, with the reason for each that is not taken in."""
    found = list(zip_members(path))
    blocks: list[FlowBlock] = paragraph("Files in this archive:")
    for member in found:
        reason = f"not taken in: {member.reason}" if member.reason else ""
        blocks.extend(row((member.path, sized(member.size), reason)))
    return Flow("", blocks + paragraph(f"{len(found)} files."))


def zip_members(path: Path) -> Iterator[Member]:
    """The files in an archive, in its order. Raises `UnreadableDocument`: damage, a bomb, none."""
    with opened(path, NO_LIMIT) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if not entries:
            raise UnreadableDocument("it is empty: it holds no files")
        if len(entries) > MOST_MEMBERS:
            raise UnreadableDocument(
                f"it holds more than {MOST_MEMBERS:,} files; split it and add the parts"
            )
        if all(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise UnreadableDocument(PASSWORD)
        for entry in entries:
            yield _member(archive, entry)


def _member(archive: ZipFile, entry: ZipInfo) -> Member:
    name = _name(entry)
    reason = refusal(name, entry.file_size)
    if stat.S_ISLNK(entry.external_attr >> 16):
        reason = "it is a link to another file, not a file"
    elif entry.flag_bits & _ENCRYPTED:
        reason = PASSWORD
    return Member(clean_path(name), entry.file_size, reason, _chunks(archive, entry))


def _chunks(archive: ZipFile, entry: ZipInfo) -> Chunks:
    def read() -> Iterator[bytes]:
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except (*UNPACKING_ERRORS, RuntimeError) as error:
            raise UnreadableDocument("it is damaged: it cannot be unpacked") from error

    return read


def _name(entry: ZipInfo) -> str:
    if told := _unicode_path(entry.extra):
        return told
    if entry.flag_bits & _UTF8_NAME:
        return entry.orig_filename
    try:
        return decoded(entry.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.orig_filename


def _unicode_path(extra: bytes) -> str:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and length > 5:
            return extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return ""

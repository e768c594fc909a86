"""An export as a directory or a tar file, read as hostile input: nothing is unpacked, every name and
every byte of the archive is accounted for.

The tar file is written in one fixed way (POSIX ustar, no times, no owners), and only that way is
read, so that no bit of it is without meaning.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from lionrock.errors import NotVerified

_BLOCK = 512
_END = bytes(2 * _BLOCK)
LARGEST: int = 64 * 2**20
"""Bytes of one file of an export; a bundle has 16 MB at most."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)


class Source(Protocol):
    """The files of an export."""

    def names(self) -> frozenset[str]: ...

    def read(self, name: str) -> bytes: ...


def member(name: str, data: bytes) -> bytes:
    """One file as it stands in the tar file."""
    return _header(name, len(data)) + data + bytes(-len(data) % _BLOCK)


def end() -> bytes:
    return _END


def _header(name: str, size: int) -> bytes:
    if not _NAME.fullmatch(name) or len(name) > 100:
        raise ValueError(f"{name!r} is no name of a file in an export")
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT)


class Tar:
    """A tar file written by `member` and `end`; `NotVerified` for any other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places = dict(_members(file))

    def names(self) -> frozenset[str]:
        return frozenset(self._places)

    def read(self, name: str) -> bytes:
        if name not in self._places:
            raise NotVerified(f"The export holds no {name}.")
        start, size = self._places[name]
        self._file.seek(start)
        return self._file.read(size)


def _members(file: BinaryIO) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, start and size of each file."""
    refused = NotVerified(
        "The archive is not byte for byte what Lionrock writes. If it was packed again, unpack it "
        "and verify the directory."
    )
    seen: set[str] = set()
    while (header := file.read(_BLOCK)) != bytes(_BLOCK):
        try:
            info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
            sound = _header(info.name, info.size) == header
        except (tarfile.TarError, ValueError) as error:
            raise refused from error
        if not sound or info.name in seen or info.size > LARGEST:
            raise refused
        seen.add(info.name)
        start = file.tell()
        file.seek(start + info.size)
        padding = -info.size % _BLOCK
        if file.read(padding) != bytes(padding):
            raise refused
        yield info.name, (start, info.size)
    if file.read() != bytes(_BLOCK):
        raise refused


class Directory:
    """An export as a directory: an unpacked tar file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> frozenset[str]:
        found = set()
        for path in self._folder.rglob("*"):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise NotVerified(f"{path} is neither a file nor a directory.")
            if path.is_file():
                found.add(path.relative_to(self._folder).as_posix())
        return frozenset(found)

    def read(self, name: str) -> bytes:
        if not _NAME.fullmatch(name):
            raise NotVerified(f"{name!r} is no name of a file in an export.")
        path = self._folder / name
        try:
            if path.stat().st_size > LARGEST:
                raise NotVerified(f"{name} is larger than a file of an export can be.")
            return path.read_bytes()
        except OSError as error:
            raise NotVerified(f"The export holds no {name}.") from error

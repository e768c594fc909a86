"""The files of a list: on their own, in a folder, or in a zip; opened without trusting their sizes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from lionrock.documents.parsing.archive import checked
from lionrock.errors import InvalidInput

_CHUNK = 2**20
_OFFICE_PARTS = frozenset(("[Content_Types].xml", "mimetype", "content.xml"))
"""What a zip that is itself a workbook holds."""
_MOST_MEMBERS = 50


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a list, as it was when it was found."""

    name: str
    """Shown to the user."""
    open: Callable[[], BinaryIO]
    state: Callable[[], object]
    """Changes when the file does."""

    def head(self, size: int = 2**16) -> bytes:
        with self.open() as stream:
            return stream.read(size)

    def tail(self, size: int) -> bytes:
        with self.open() as stream:
            stream.seek(0, io.SEEK_END)
            stream.seek(max(0, stream.tell() - size))
            return stream.read()

    def sha256(self) -> str:
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


def sources_at(path: Path) -> list[Source]:
    """The files at a path: itself, a folder's files, or a zip's members, by name.

    Raises `InvalidInput` for a path that is not there, an empty folder or a zip that is damaged, locked
    or unpacks to more than half a gigabyte.
    """
    if path.is_dir():
        found = [_on_disk(each) for each in sorted(path.iterdir()) if each.is_file()]
    elif not path.is_file():
        raise InvalidInput(f"There is no file {path}: check the path.")
    elif is_archive(path):
        found = _members(path)
    else:
        found = [_on_disk(path)]
    if not found:
        raise InvalidInput(f"{path.name} holds no files: name the list's file itself.")
    return found


def is_archive(path: Path) -> bool:
    """A zip that holds files, not a workbook, which is one too."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return not _OFFICE_PARTS.intersection(archive.namelist())


def _is_list(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and not info.filename.startswith("__MACOSX/")


def member(content: bytes, name: str) -> BinaryIO:
    """A file inside a zip. Each has its own archive over the same bytes: none moves another's place."""
    stream: Any = zipfile.ZipFile(io.BytesIO(content)).open(name)  # noqa: SIM115 - closed by the caller
    return cast(BinaryIO, stream)


def _on_disk(path: Path) -> Source:
    return Source(path.name, lambda: path.open("rb"), lambda: _state(path))


def _state(path: Path) -> object:
    status = path.stat()
    return (status.st_size, status.st_mtime_ns, status.st_ino)


def _members(path: Path) -> list[Source]:
    content = checked(path).getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(info.filename for info in archive.infolist() if _is_list(info))
    if len(names) > _MOST_MEMBERS:
        raise InvalidInput(
            f"{path.name} holds {len(names)} files, more than {_MOST_MEMBERS}: unpack the list's own."
        )

    return [
        Source(f"{path.name}/{name}", partial(member, content, name), lambda: _state(path))
        for name in names
    ]

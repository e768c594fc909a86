"""What a container holds: a ZIP's files, a mail's attachments. Read here, kept by the parent process.

A member's path is data: it names no file anywhere, and is cleaned before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lionrock.documents.naming import clean_name

MOST_MEMBERS: Final = 1_000
"""Files in one container; a document with all that is nested in it holds no more either."""
DEEPEST: Final = 3
"""A member of a member of a member of a document is taken in; what that one holds is not."""
CHUNK: Final = 2**18
_LONGEST: Final = 500
_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]|[/\\]")

Chunks = Callable[[], Iterator[bytes]]


def _nothing() -> Iterator[bytes]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file. With a `reason` it is not taken in; `size` is what the container says."""

    path: str
    size: int
    reason: str = ""
    chunks: Chunks = _nothing


def clean_path(path: str) -> str:
    """The path as it is shown: each part cleaned as names are, the last ones when it is long."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    shown = ("_" if part == ".." else clean_name(part) for part in parts)
    return "/".join(shown)[-_LONGEST:] or clean_name("")


def refusal(path: str, size: int) -> str:
    """Why a member with this path and size is not taken in; "" if it is."""
    parts = path.replace("\\", "/").split("/")
    if ".." in parts:
        return "its name points out of the archive (..)"
    if _DRIVE.match(path):
        return "its name is an absolute path"
    if parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini"):
        return "it is a file of the operating system, not a document"
    return "" if size else "it is empty (0 bytes)"


def sized(size: int) -> str:
    """A size as a reading copy prints it."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(size, 0) / 2**10:.1f} KB"


def in_chunks(data: bytes) -> Chunks:
    return lambda: (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))

"""What a worker of a cluster does: search for a range of queries in an index that it has, or is sent.

It has no database, key or setting of the house's: its arguments are all it gets.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lionrock.errors import Conflict, Unavailable
from lionrock.screening.entity_json import understood
from lionrock.screening.registry.engine import SearchIndex, engine
from lionrock.screening.registry.screens import Likely, searched

_KEPT_SECONDS: Final = 86_400


def digest_of(folder: Path) -> str:
    """SHA-256, in hex, of the names, lengths and bytes of an index folder's files."""
    found = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        found.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            while part := content.read(1 << 20):
                found.update(part)
    return found.hexdigest()


def packed(folder: Path) -> bytes:
    """An index folder as a ZIP archive, not compressed."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return held.getvalue()


def likely(
    version: str, digest: str, threshold: float, queries: Sequence[Mapping[str, Any]],
    fetch: Callable[[], bytes],
) -> Likely:  # fmt: skip
    """`searched` in the index with `digest`, whose archive `fetch` brings if it is not here.

    `version`: of the engine that built it. `Conflict` where this machine has another.
    """
    own = engine()
    if own.version != version:
        raise Conflict(f"The cluster has the engine {own.version}, the house {version}.")
    folder = _shelf() / digest
    if not folder.is_dir():
        _unpack(fetch(), digest, folder)
    return searched(_opened(folder), [understood(q) for q in queries], threshold)


@lru_cache(maxsize=4)
def _opened(folder: Path) -> SearchIndex:
    """Each process looks for itself whether it is whole; then it is mapped, and only read."""
    if digest_of(folder) != folder.name:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable("The cluster's copy of an index was damaged; it is sent again.")
    os.utime(folder)
    return engine().open(folder)


def _shelf() -> Path:
    shelf = Path(tempfile.gettempdir()) / f"lionrock-screening-{os.getuid()}"
    with suppress(FileExistsError):
        shelf.mkdir(mode=0o700)
    about = shelf.lstat()
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise Unavailable(f"{shelf} is another user's, or open to others.")
    return shelf


def _unpack(archive: bytes, digest: str, folder: Path) -> None:
    _forget_old(folder.parent)
    new = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as held:
            held.extractall(new)  # which makes every name stay in the folder
        if digest_of(new) != digest:
            raise Unavailable("The index that was sent is not the one that was named.")
        with suppress(OSError):  # another process was first, with the same bytes
            new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _forget_old(shelf: Path) -> None:
    """Names in the clear do not stay: an index that no process has opened for a day goes."""
    for one in shelf.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - one.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(one, ignore_errors=True)

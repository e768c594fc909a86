"""Files written whole or not at all: written beside, synced, put in place, folder synced.

What fails removes what it wrote beside; what a killed process leaves there ends in `.new`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
PUBLIC = 0o666
"""As the umask leaves it."""
LEFT = "*.new"
"""Pattern of what an interrupted write leaves beside its file."""


def write(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Put `data` at `path`, in the place of what is there.

    Durable when it returns. The folder must be there.
    """
    write_soon(path, data, mode)
    sync_folder(path.parent)


def write_soon(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """As `write`: a reader sees the old or the new. But a power cut may bring the old one back."""
    temporary = _beside(path, data, mode)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes, staging: Path | None = None) -> bool:
    """Put `data` at `path` unless something is there; was it put there?

    It is written in the folder `staging`, of the same file system, or beside `path`.
    """
    temporary = _beside((staging or path.parent) / path.name, data, PRIVATE)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def write_all(files: Iterable[tuple[Path, bytes]]) -> None:
    """Put each file in its place, making folders; none is put before all are written and synced.

    Growth: a sync a file and a sync a folder that changed.
    """
    waiting: list[tuple[Path, Path]] = []
    changed: set[Path] = set()
    try:
        for path, data in files:
            changed |= _made(path.parent)
            waiting.append((_beside(path, data, PRIVATE), path))
        for temporary, path in waiting:
            temporary.replace(path)
            changed.add(path.parent)
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
    for folder in changed:
        sync_folder(folder)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write in parts, put at `path` and durable when the block ends without an error.

    For one writer at a time: it is always written under the same name beside `path`, so that the
    next attempt clears away a large half that a killed process left.
    """
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        with create(temporary) as file:
            yield file
            sync(file)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create(path: Path, mode: int = PRIVATE) -> BinaryIO:
    """A new file, open for writing. `FileExistsError` if something is there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")


def sync(file: BinaryIO) -> None:
    """What was written to `file` is on the disk when this returns."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Names put in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """A folder of mode 700 and those above it that are missing, each entry synced."""
    for changed in _made(folder):
        sync_folder(changed)


def destroy(path: Path) -> None:
    """Overwrite a file where it lies, then remove it. No error if it is not there.

    What a disk keeps of overwritten blocks (wear levelling, snapshots, copy-on-write) is beyond a
    program: see docs/encryption.md.
    """
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(max(path.stat().st_size, 1)))
            sync(file)
        path.unlink()
        sync_folder(path.parent)


def _made(folder: Path) -> set[Path]:
    """Make `folder` and those above it; those that thereby have a new entry, not yet synced."""
    changed: set[Path] = set()
    if not folder.is_dir():
        changed = _made(folder.parent) | {folder.parent}
        folder.mkdir(mode=0o700, exist_ok=True)
    return changed


def _beside(path: Path, data: bytes, mode: int) -> Path:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with create(temporary, mode) as file:
            file.write(data)
            sync(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary

"""Small files written whole or not at all: written beside, synced, put in place, folder synced."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, mode 600, in the place of what is there."""
    temporary = _beside(path, data)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_new(path: Path, data: bytes, staging: Path | None = None) -> bool:
    """Put `data` at `path` unless something is there; was it put there?

    It is written in the folder `staging`, of the same file system, or beside `path`.
    """
    temporary = _beside((staging or path.parent) / path.name, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def destroy(path: Path) -> None:
    """Overwrite a file where it lies, then remove it. No error if it is not there.

    What a disk keeps of overwritten blocks (wear levelling, snapshots, copy-on-write) is beyond a
    program: see docs/encryption.md.
    """
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(max(path.stat().st_size, 1)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """A folder of mode 700 and those above it, each entry synced."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def _beside(path: Path, data: bytes) -> Path:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return temporary

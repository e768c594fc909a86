"""A folder of indexes that several processes share: each built once, mapped by many, removed after all.

An index is the folder NAME with a lock file NAME.lock beside it. Who uses it holds the lock shared;
who builds or removes it holds it alone (flock(2): the kernel lets go when a process dies, however).
It is built as NAME.new and renamed once whole, so NAME is there entirely or not at all.
Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class Hold:
    """A shared lock on an index that is there."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder, self._descriptor = folder, descriptor

    def release(self, *, remove: bool) -> None:
        """Let go; with `remove` the index is taken away unless another process holds it."""
        os.close(self._descriptor)
        if remove:
            take_away(self.folder)


def take(folder: Path, build: Callable[[Path], None]) -> Hold:
    """Hold the index `folder`, made by `build(folder)` if it is not there yet."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _lock(folder)
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if not folder.exists():
                # Not an upgrade in one step: between the two another may build it, or take it away.
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if _is(lock, descriptor) and not folder.exists():
                    _built(folder, build)
                fcntl.flock(descriptor, fcntl.LOCK_SH)
            if _is(lock, descriptor) and folder.exists():
                return Hold(folder, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def take_away(folder: Path) -> bool:
    """Remove an index that nobody holds; False if somebody does."""
    lock = _lock(folder)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is(lock, descriptor):
            return False
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(_new(folder), ignore_errors=True)
        lock.unlink()
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def sweep(shelf: Path, keep: str) -> None:
    """Remove every index of a shelf but `keep` that nobody holds: what killed processes left."""
    if shelf.is_dir():
        names = {p.name.removesuffix(".lock").removesuffix(".new") for p in shelf.iterdir()}
        for name in names - {keep}:
            take_away(shelf / name)


def _built(folder: Path, build: Callable[[Path], None]) -> None:
    new = _new(folder)
    shutil.rmtree(new, ignore_errors=True)
    try:
        build(new)
        new.rename(folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _is(lock: Path, descriptor: int) -> bool:
    """Is the file that we locked still the one of that name?"""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.stat(lock), os.fstat(descriptor))
    return False


def _lock(folder: Path) -> Path:
    return folder.with_name(folder.name + ".lock")


def _new(folder: Path) -> Path:
    return folder.with_name(folder.name + ".new")

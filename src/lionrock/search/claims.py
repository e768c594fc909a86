"""Which folder of a tenant's indexes is this process's own: one writer each, by a file lock.

Processes that share an index directory get folders 0, 1, 2 … A folder whose process is gone is the
next one's to take; further ones that nobody holds are removed, since nobody would erase from them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from lionrock.errors import Unavailable

_MOST: Final = 16


class Claim:
    """`folder` is ours until `release`, or until the process ends, however it ends."""

    def __init__(self, directory: Path) -> None:
        """Take the first free folder in `directory`, the tenant's. `Unavailable` when none is."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        held: int | None = None
        for slot in range(_MOST):
            lock = directory / f"{slot}.lock"
            if held is not None and not lock.exists():
                continue
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not _taken(descriptor):
                os.close(descriptor)
            elif held is None:
                held, self.folder = descriptor, directory / str(slot)
            else:
                shutil.rmtree(directory / str(slot), ignore_errors=True)
                os.close(descriptor)
        if held is None:
            raise Unavailable(f"{_MOST} processes hold indexes in {directory}: stop some.")
        self._descriptor = held
        self.folder.mkdir(mode=0o700, exist_ok=True)
        _without_old(directory)

    def release(self) -> None:
        os.close(self._descriptor)


def _taken(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _without_old(directory: Path) -> None:
    """Before folders were claimed the words lay beside them."""
    shutil.rmtree(directory / "lexical", ignore_errors=True)

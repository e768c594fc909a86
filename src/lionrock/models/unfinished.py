"""What has arrived of one model from one source: bytes in order, and how many are sure.

Everything here survives `kill -9` at any point: data is appended first and recorded after, and what
is not recorded is cut off again by the next attempt.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lionrock.kernel import disk
from lionrock.models.downloads import length

_LOCK_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Unfinished:
    directory: Path

    @classmethod
    def of(cls, root: Path, key: str) -> Unfinished:
        """The one in `root` for `key`, which names the source and the hash that is wanted."""
        return cls(root / hashlib.sha256(key.encode()).hexdigest()[:16])

    @property
    def data(self) -> Path:
        """The growing file."""
        return self.directory / "data"

    @property
    def bytes(self) -> int:
        """All bytes kept here, in the growing file and in parts not yet joined to it."""
        return sum(length(f) for f in self.directory.glob("*")) if self.directory.is_dir() else 0

    def joined(self) -> tuple[int, int]:
        """Parts that are surely in the growing file, and the bytes they make; (0, 0) at first."""
        try:
            state = json.loads((self.directory / "joined.json").read_text())
            parts, size = int(state["parts"]), int(state["bytes"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0
        return (parts, size) if length(self.data) >= size else (0, 0)

    def record(self, parts: int, size: int) -> None:
        """Say that the first `parts` parts, `size` bytes, are in the growing file and on disk."""
        state = json.dumps({"parts": parts, "bytes": size})
        disk.write_soon(self.directory / "joined.json", state.encode(), disk.PUBLIC)

    def claim(self) -> None:
        """Drop what came from other sources: only one copy is kept on disk."""
        for other in self.directory.parent.iterdir():
            if other != self.directory:
                shutil.rmtree(other, ignore_errors=True)

    def discard(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


@contextmanager
def locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `path`; call `waiting` again and again while another process holds it.

    The lock dies with its process. The file stays: were it removed, two processes could lock two
    files of one name.
    """
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(_LOCK_POLL_SECONDS)
        yield

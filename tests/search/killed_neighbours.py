"""Ends itself at a worst moment, see test_neighbours.py."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from lionrock.search.neighbours import Neighbours
from tests.search.test_neighbours import MODEL, batch


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, point: str) -> None:
    near = Neighbours(folder, MODEL)
    near.add(batch(seed=1))
    if point == "half erased":
        near.add(batch(seed=2))
        written = os.pwrite

        def half(descriptor: int, data: Any, at: int) -> int:
            written(descriptor, data[: len(data) // 2], at)
            die()
            return 0

        os.pwrite = half
        near.erase(near.segments[0].versions[:1])
    replace, unlink = Path.replace, Path.unlink
    if point == "before replace":
        Path.replace = die  # type: ignore[method-assign, assignment]
    elif point == "before unlink":

        def only_files(self: Path, missing_ok: bool = False) -> None:
            if self.suffix == ".vectors":
                die()
            unlink(self, missing_ok)

        Path.unlink = only_files  # type: ignore[method-assign]
    else:

        def then(self: Path, target: Any) -> Path:
            replace(self, target)
            die()
            return self

        Path.replace = then  # type: ignore[method-assign, assignment]
    near.add(batch(seed=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

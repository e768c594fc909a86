"""The files of one log: written whole or not at all, and durable before anything is signed over them.

Laid out as tlog-tiles serves them: `checkpoint`, `tile/0/…`, `tile/entries/…`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lionrock.errors import NotVerified
from lionrock.kernel import disk
from lionrock.kernel.audit import tiles
from lionrock.kernel.audit.edge import File
from lionrock.kernel.audit.merkle import SIZE, WIDTH
from lionrock.kernel.audit.tiles import Tile, decode_entries

CHECKPOINT = "checkpoint"


class Store(Protocol):
    """Where a log's files are. `OSError` when the disk does not take them; then none is half there."""

    def write(self, files: Sequence[File]) -> None: ...

    def publish(self, checkpoint: bytes) -> None: ...

    def checkpoint(self) -> bytes | None: ...

    def read(self, tile: Tile) -> bytes | None: ...

    def tile(self, level: int, index: int, width: int) -> bytes: ...

    def empty(self) -> bool: ...


class Folder:
    """A `Store` in a directory; many readers, one writer."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def write(self, files: Sequence[File]) -> None:
        """Durable when it returns. What a full tile makes superfluous is removed after."""
        disk.write_all((self.path / f.tile.path, f.data) for f in files)
        for file in files:
            if file.tile.width == WIDTH:
                shutil.rmtree(self.path / file.tile.partials, ignore_errors=True)

    def publish(self, checkpoint: bytes) -> None:
        """Whole, but durable only by and by: the database has it, and a start shows it again."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.write_soon(self.path / CHECKPOINT, checkpoint)

    def checkpoint(self) -> bytes | None:
        with suppress(FileNotFoundError):
            return (self.path / CHECKPOINT).read_bytes()
        return None

    def read(self, tile: Tile) -> bytes | None:
        """The file of just this tile or bundle, as it is on disk."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return (self.path / tile.path).read_bytes()
        return None

    def tile(self, level: int, index: int, width: int) -> bytes:
        for wide in self._widths(Tile(level, index, width)):
            data = self.read(Tile(level, index, wide))
            if data is not None and len(data) == wide * SIZE:
                return data[: width * SIZE]
        raise NotVerified(f"{Tile(level, index, width).path} is missing or cut short.")

    def entries(self, index: int, width: int) -> list[bytes]:
        """The first `width` entries of bundle `index`, from any version of it that is as wide."""
        for wide in self._widths(Tile(None, index, width)):
            data = self.read(Tile(None, index, wide))
            if data is not None:
                return decode_entries(data, wide)[:width]
        raise NotVerified(f"{Tile(None, index, width).path} is missing.")

    def empty(self) -> bool:
        """Nothing is there at all: a new machine, not a log with holes."""
        return not self.path.exists() or not any(self.path.iterdir())

    def sweep(self) -> None:
        """At start: remove what an interrupted write left."""
        for left in self.path.rglob(disk.LEFT):
            left.unlink(missing_ok=True)

    def _widths(self, tile: Tile) -> list[int]:
        """Widths of this tile on disk that are at least as wide, the exact one and the full first."""
        wider = {tile.width: None, WIDTH: None}
        with suppress(FileNotFoundError):
            for found in (self.path / tile.partials).iterdir():
                parsed = tiles.parse(f"{tile.partials}/{found.name}")
                if parsed and parsed.width > tile.width:
                    wider[parsed.width] = None
        return list(wider)

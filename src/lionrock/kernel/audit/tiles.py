"""Tiles and entry bundles of C2SP tlog-tiles: their paths, and what is in them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from lionrock.errors import NotVerified
from lionrock.kernel.audit.leaves import LIMIT
from lionrock.kernel.audit.merkle import WIDTH

ENTRIES = "entries"
_PATH = re.compile(
    r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of hashes, or with `level` None a bundle of entries. `width` counts hashes or entries."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Under the log's prefix: tile/0/x001/x234/067, tile/entries/000.p/17."""
        level = ENTRIES if self.level is None else self.level
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @property
    def partials(self) -> str:
        """Directory of the narrower versions of this tile."""
        return Tile(self.level, self.index).path + ".p"


def parse(path: str) -> Tile | None:
    """The tile of a path; None unless it is written exactly as `Tile.path` writes it."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = None if found[1] == ENTRIES else int(found[1])
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found[3]) if found[3] else WIDTH)
    return tile if tile.path == path and (level or 0) <= 63 else None


def tiles_of(size: int) -> Iterable[Tile]:
    """Every tile of hashes of a tree of `size`, level by level, the narrower one last."""
    level, nodes = 0, size
    while nodes:
        full, rest = divmod(nodes, WIDTH)
        yield from (Tile(level, index) for index in range(full))
        if rest:
            yield Tile(level, full, rest)
        level, nodes = level + 1, full


def bundles_of(size: int) -> Iterable[Tile]:
    """Every entry bundle of a log of `size`."""
    full, rest = divmod(size, WIDTH)
    yield from (Tile(None, index) for index in range(full))
    if rest:
        yield Tile(None, full, rest)


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Entries behind their lengths, big-endian uint16. `ValueError` for one over 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > LIMIT:
            raise ValueError(f"an entry of {len(entry)} bytes is over the {LIMIT} a log can hold")
        parts.append(struct.pack(">H", len(entry)))
        parts.append(entry)
    return b"".join(parts)


def decode_entries(bundle: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; `NotVerified` if they are more, fewer or cut short."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle) and len(entries) <= width:
        start = at + 2
        at = start + int.from_bytes(bundle[at:start])
        entries.append(bundle[start:at])
    if at != len(bundle) or len(entries) != width:
        raise NotVerified(f"An entry bundle does not hold {width} whole entries.")
    return entries

"""Trees in memory for tests, and RFC 6962 written a second time from its own recursive definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lionrock.errors import NotVerified
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.tiles import Tile


class Memory:
    """Files of a log in memory; reads tiles as a log on disk does."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.edge = Edge()

    def append(self, entries: Sequence[bytes]) -> Edge:
        self.edge, files = self.edge.extended(entries)
        self.files |= {f.tile.path: f.data for f in files}
        return self.edge

    def tile(self, level: int, index: int, width: int) -> bytes:
        for wide in range(width, 257):
            if (path := Tile(level, index, wide).path) in self.files:
                return self.files[path][: 32 * width]
        raise NotVerified("no such tile")


def entries(count: int) -> list[bytes]:
    return [f"entry {n}".encode() for n in range(count)]


def mth(data: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()

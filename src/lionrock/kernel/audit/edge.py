"""The right edge of a growing tree: all that appending needs, in memory.

A full tile never changes, so what can still change is the last, partial tile of each level and the
last bundle: at most 8 kB a level. Appending costs one leaf hash and about one node hash an entry,
whatever the size of the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lionrock.kernel.audit.merkle import EMPTY, SIZE, WIDTH, TileReader, fold, node_hash
from lionrock.kernel.audit.tiles import Tile, encode_entries

_TILE = WIDTH * SIZE


@dataclass(frozen=True, slots=True)
class File:
    """A tile or bundle as it is to be written."""

    tile: Tile
    data: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """A tree of `size` entries: `levels` are its partial tiles, `bundle` its partial entry bundle."""

    size: int = 0
    levels: tuple[bytes, ...] = ()
    bundle: bytes = b""

    def extended(self, entries: Sequence[bytes]) -> tuple[Edge, list[File]]:
        """The tree with `entries` behind it, and the files that are new. Changes nothing."""
        levels, bundle, files, at, size = list(self.levels), self.bundle, [], 0, self.size
        touched: set[int] = set()
        sha = hashlib.sha256
        while at < len(entries):
            part = entries[at : at + WIDTH - size % WIDTH]
            bundle += encode_entries(part)
            hashes = b"".join([sha(b"\x00" + entry).digest() for entry in part])
            at, size = at + len(part), size + len(part)
            if size % WIDTH == 0:
                files.append(File(Tile(None, size // WIDTH - 1), bundle))
                bundle = b""
            files += _append(levels, hashes, size, touched)
        if size % WIDTH and entries:
            files.append(File(Tile(None, size // WIDTH, size % WIDTH), bundle))
        for level in sorted(touched):
            if levels[level]:
                index = size >> (8 * (level + 1))
                files.append(File(Tile(level, index, len(levels[level]) // SIZE), levels[level]))
        return Edge(size, tuple(levels), bundle), files

    def root(self) -> bytes:
        """RFC 6962 root: the perfect subtrees along the edge, joined from the smallest."""
        found: bytes | None = None
        for hashes in self.levels:
            for subtree in _perfect(hashes):
                found = subtree if found is None else node_hash(subtree, found)
        return found or EMPTY


def at_tile(reader: TileReader, size: int, whole: int) -> Edge:
    """The edge after the first `size` entries, a multiple of 256, of a tree of `whole` in tiles."""
    if size % WIDTH or size > whole:
        raise ValueError("the edge can be read from tiles at whole tiles only")
    levels, level, nodes = [], 0, size
    while nodes:
        index, width = divmod(nodes, WIDTH)
        there = min(WIDTH, (whole >> (8 * level)) - index * WIDTH)
        levels.append(reader.tile(level, index, there)[: width * SIZE] if width else b"")
        level, nodes = level + 1, index
    return Edge(size, tuple(levels))


def _append(levels: list[bytes], hashes: bytes, size: int, touched: set[int]) -> list[File]:
    """Put `hashes` on level 0; a tile that is full then goes as one hash to the level above."""
    files, level = [], 0
    while hashes:
        if level == len(levels):
            levels.append(b"")
        levels[level] += hashes
        touched.add(level)
        hashes = b""
        if len(levels[level]) == _TILE:
            index = (size >> (8 * (level + 1))) - 1
            files.append(File(Tile(level, index), levels[level]))
            hashes, levels[level] = fold(levels[level]), b""
        level += 1
    return files


def _perfect(hashes: bytes) -> list[bytes]:
    """Roots of the perfect subtrees in a partial tile, the smallest (rightmost) first."""
    found, end, count = [], len(hashes), len(hashes) // SIZE
    for power in range(8):
        many = 1 << power
        if count & many:
            found.append(fold(hashes[end - many * SIZE : end]))
            end -= many * SIZE
    return found

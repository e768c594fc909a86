"""RFC 6962 Merkle trees over tiles: hashes, inclusion and consistency proofs, and checking them.

Proofs are made from tiles (each subtree hash is at most one tile away) and checked with the
algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2, which need no tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from lionrock.errors import NotVerified

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile (tlog-tiles)."""
SIZE = 32
"""Bytes of a hash."""

EMPTY = hashlib.sha256(b"").digest()
"""Root of the tree without entries (RFC 6962, section 2.1)."""


class TileReader(Protocol):
    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile, 32 bytes each, from any version of it that is as wide.
        `NotVerified` if there is none."""
        ...


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: bytes) -> bytes:
    """Root of a perfect subtree whose 2**n nodes are `hashes`, 32 bytes each."""
    sha = hashlib.sha256
    while len(hashes) > SIZE:
        hashes = b"".join(
            [
                sha(b"\x01" + hashes[at : at + 2 * SIZE]).digest()
                for at in range(0, len(hashes), 2 * SIZE)
            ]
        )
    return hashes


def range_hash(reader: TileReader, size: int, start: int, end: int) -> bytes:
    """MTH(D[start:end]) of a tree of `size`, where `start` is a multiple of what the range splits into."""
    count = end - start
    if count & (count - 1):
        middle = start + _split(count)
        return node_hash(
            range_hash(reader, size, start, middle), range_hash(reader, size, middle, end)
        )
    level, rest = divmod(count.bit_length() - 1, HEIGHT)
    first, many = start >> (HEIGHT * level), 1 << rest
    tile, at = divmod(first, WIDTH)
    width = min(WIDTH, (size >> (HEIGHT * level)) - tile * WIDTH)
    hashes = reader.tile(level, tile, width)[at * SIZE : (at + many) * SIZE]
    if len(hashes) != many * SIZE:
        raise NotVerified(f"Tile {tile} of level {level} is shorter than the tree needs.")
    return fold(hashes)


def root(reader: TileReader, size: int) -> bytes:
    """Root of the tree's first `size` entries, 32 bytes."""
    return range_hash(reader, size, 0, size) if size else EMPTY


def inclusion_proof(reader: TileReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1: from the leaf's sibling to the root's child."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no entry {index}")
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        left = index < middle
        proof.append(range_hash(reader, size, *((middle, end) if left else (start, middle))))
        start, end = (start, middle) if left else (middle, end)
    return proof[::-1]


def consistency_proof(reader: TileReader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, section 2.1.2; empty when `old` is 0 or equals `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not grow from one of {old}")
    proof: list[bytes] = []
    if old in (0, new):
        return proof
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        left = old <= middle
        proof.append(range_hash(reader, new, *((middle, end) if left else (start, middle))))
        start, end, whole = (start, middle, whole) if left else (middle, end, False)
    if not whole:
        proof.append(range_hash(reader, new, start, end))
    return proof[::-1]


def check_inclusion(
    entry_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162, section 2.1.3.2. `NotVerified` unless `proof` leads from the entry to `root`."""
    if not 0 <= index < size:
        raise NotVerified(f"A tree of {size} entries has no entry {index}.")
    at, last, found = index, size - 1, entry_hash
    for sibling in proof:
        if last == 0:
            raise NotVerified("The inclusion proof is longer than the tree is high.")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise NotVerified(f"The inclusion proof does not lead from entry {index} to the root.")


def check_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, section 2.1.4.2. `NotVerified` unless the new tree begins with the whole old one."""
    refused = NotVerified(f"The tree of {new} entries does not begin with the tree of {old}.")
    if not 0 <= old <= new:
        raise refused
    if old in (0, new):
        expected = EMPTY if old == 0 else new_root
        if proof or old_root != expected:
            raise refused
        return
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        raise refused
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise refused
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise refused


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)

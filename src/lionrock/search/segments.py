"""A file of small vectors: written once, mapped into memory, looked through, overwritten to erase.

Little-endian, each part at a multiple of 64 bytes: head; table of runs; bits in six planes; bytes;
passage, first character and language of each row. A run is what one version has in English, or in
other languages: English runs stand first. A file that is not whole is removed by who opens it: what
it held is in the database.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lionrock.documents.language import Language
from lionrock.kernel import disk
from lionrock.search.filters import Scope
from lionrock.search.frame import DIMENSION, WORDS, Asked

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)
"""A row's language is its place in here; the first is English."""
MAGIC: Final = b"LRVEC\x00\x01\x00"
HEAD: Final = struct.Struct("<8s16sQQQ")
RUN: Final = np.dtype(
    [("version", "V16"), ("collection", "V16"), ("edition", "<i8"), ("start", "<i8"), ("rows", "<i8")]
)  # fmt: skip
_NAMED: Final = 40
"""Bytes of version, collection and edition, first in a run."""
FARTHEST: Final = 3 * DIMENSION
"""Largest distance by bits."""
HIDDEN: Final = FARTHEST + 1
_BLOCK: Final = 1 << 15
"""Rows at a time: what is worked on stays in a core's cache."""
_SOME: Final = 1024
"""Rows of a matrix product: from 1,200 on OpenBLAS wakes its threads, which costs ten times as much."""
Mask = NDArray[np.bool_]
Distances = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many of what a file holds, and so where each part stands."""

    runs: int
    rows: int
    english: int

    @property
    def parts(self) -> list[tuple[str, Any, tuple[int, ...]]]:
        return [
            ("runs", RUN, (self.runs,)),
            ("planes", np.uint64, (WORDS, self.rows)),
            ("bytes", np.int8, (self.rows, DIMENSION)),
            ("passages", np.dtype("V16"), (self.rows,)),
            ("firsts", np.int32, (self.rows,)),
            ("languages", np.uint8, (self.rows,)),
        ]

    def places(self) -> Iterator[tuple[str, Any, tuple[int, ...], int]]:
        at = _aligned(HEAD.size)
        for name, kind, shape in self.parts:
            yield name, kind, shape, at
            at = _aligned(at + int(np.dtype(kind).itemsize * np.prod(shape, dtype=np.int64)))

    @property
    def size(self) -> int:
        _, kind, shape, at = list(self.places())[-1]
        return at + int(np.dtype(kind).itemsize * np.prod(shape, dtype=np.int64))


def _aligned(at: int) -> int:
    return -(-at // 64) * 64


Columns = dict[str, Any]
"""The parts of a file by name, as arrays."""


@contextmanager
def writing(path: Path, shape: Shape, frame: bytes) -> Iterator[Columns]:
    """Arrays to be filled; the file is at `path`, whole and durable, when the block ends."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with disk.create(temporary) as file:
        file.write(HEAD.pack(MAGIC, frame, shape.runs, shape.rows, shape.english))
        file.truncate(shape.size)
    columns = {
        name: np.memmap(temporary, kind, "r+", at, dims)
        for name, kind, dims, at in shape.places()
    }  # fmt: skip
    yield columns
    columns.clear()
    descriptor = os.open(temporary, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    temporary.replace(path)
    disk.sync_folder(path.parent)


class Segment:
    """One file, open. What is erased from it stays a row of zeros that is never found."""

    def __init__(self, path: Path, frame: bytes) -> None:
        """`ValueError` for a file that is not whole, or of another frame."""
        self.path = path
        with path.open("rb") as file:
            head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            raise ValueError("cut short")
        magic, of_frame, runs, rows, english = HEAD.unpack(head)
        self.shape = Shape(runs, rows, english)
        if (magic, of_frame) != (MAGIC, frame) or path.stat().st_size != self.shape.size:
            raise ValueError("not whole, or of another frame")
        self.columns: Columns = {
            name: np.memmap(path, kind, "r", at, dims)
            for name, kind, dims, at in self.shape.places()
        }
        self.runs = np.array(self.columns["runs"])
        self.versions = [UUID(bytes=v.tobytes()) for v in self.runs["version"]]
        self._of: dict[UUID, list[int]] = {}
        for place, version in enumerate(self.versions):
            self._of.setdefault(version, []).append(place)
        kinds, self._collection = np.unique(self.runs["collection"], return_inverse=True)
        self._collections = [UUID(bytes=c.tobytes()) for c in kinds]
        self.there: Mask = self.runs["version"] != np.void(bytes(16))
        """Which runs are not erased."""

    @property
    def editions(self) -> dict[UUID, int]:
        """Of the versions that are not erased."""
        return {
            v: int(e)
            for v, e, there in zip(self.versions, self.runs["edition"], self.there, strict=True)
            if there
        }

    def erase(self, versions: Sequence[UUID]) -> None:
        """Overwrite the versions' rows in the file; on the disk when this returns.

        Their names in the table go last: killed half way, the file still says what it held.
        """
        places = [p for p in self._places(versions) if self.there[p]]
        if not places:
            return
        self.there[places] = False
        with self.path.open("r+b") as file:
            for place in places:
                self._overwrite(file.fileno(), *self._rows(place))
            disk.sync(file)
            table = next(at for name, _, _, at in self.shape.places() if name == "runs")
            for place in places:
                os.pwrite(file.fileno(), bytes(_NAMED), table + RUN.itemsize * place)
            disk.sync(file)

    def _rows(self, place: int) -> tuple[int, int]:
        run = self.runs[place]
        return int(run["start"]), int(run["start"] + run["rows"])

    def _overwrite(self, descriptor: int, first: int, last: int) -> None:
        for name, kind, dims, at in self.shape.places():
            if name == "runs":
                continue
            size = np.dtype(kind).itemsize
            if name == "planes":
                for plane in range(WORDS):
                    start = at + size * (plane * dims[1] + first)
                    os.pwrite(descriptor, bytes(size * (last - first)), start)
            else:
                size *= dims[1] if len(dims) > 1 else 1
                os.pwrite(descriptor, bytes(size * (last - first)), at + size * first)

    def side(self, *, chinese: bool) -> tuple[int, int]:
        """Rows [first, last) in English, or in other languages."""
        return (self.shape.english, self.shape.rows) if chinese else (0, self.shape.english)

    def shown(self, scope: Scope | None, *, chinese: bool) -> Mask | None:
        """Of one side's rows those that may be found; None: all."""
        first, last = self.side(chinese=chinese)
        here = (self.runs["start"] >= first) & (self.runs["start"] < last)
        runs = self._allowed(scope)[here]
        mask: Mask | None = None
        if not runs.all():
            mask = np.repeat(runs, self.runs["rows"][here])
        if scope is not None and scope.languages:
            spoken = np.array([name in scope.languages for name in LANGUAGES])
            of_language = spoken[self.columns["languages"][first:last]]
            mask = of_language if mask is None else mask & of_language
        return mask

    def _allowed(self, scope: Scope | None) -> Mask:
        if scope is None:
            return self.there
        chosen = set(scope.collections)
        allowed: Mask = np.array([c in chosen for c in self._collections], np.bool_)
        runs = self.there & allowed[self._collection]
        if scope.versions is not None:
            within = np.zeros(len(runs), np.bool_)
            within[self._places(scope.versions)] = True
            runs &= within
        runs[self._places(scope.excluded)] = False
        return runs

    def _places(self, versions: Sequence[UUID]) -> list[int]:
        return [place for v in versions for place in self._of.get(v, ())]

    def distances(self, asked: Asked, *, chinese: bool) -> Distances:
        """Of each row of a side by bits: 0 … `FARTHEST`. Growth: linear, some 10 ns a row."""
        first, last = self.side(chinese=chinese)
        planes = self.columns["planes"]
        found = np.zeros(last - first, np.uint16)
        apart, count = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8)
        for at in range(first, last, _BLOCK):
            end = min(at + _BLOCK, last)
            a, c, d = apart[: end - at], count[: end - at], found[at - first : end - first]
            for plane in range(WORDS):
                np.bitwise_xor(planes[plane, at:end], asked.signs[plane], out=a)
                d += np.bitwise_count(a, out=c)
                np.bitwise_and(a, asked.strong[plane], out=a)
                d += np.left_shift(np.bitwise_count(a, out=c), 1, out=c)
        return found

    def scores(self, rows: NDArray[np.int64], asked: Asked) -> NDArray[np.float32]:
        """Inner products of `rows` with the question, but for a constant, from their bytes."""
        found = np.empty(len(rows), np.float32)
        whole = self.columns["bytes"]
        for at in range(0, len(rows), _SOME):
            some = np.take(whole, rows[at : at + _SOME], axis=0).astype(np.float32)
            found[at : at + _SOME] = some @ asked.weights
        return found

"""Which of a tenant's sentences may be nearest to a question: a cache of the database's vectors.

Looks through every row by its bits, then through the best by their bytes; what it brings up is
compared again in the database, under row-level security, with the vectors as they are. Only whole
versions are in it. Killed at any moment it is at worst behind, and catches up from the database.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lionrock.kernel import disk
from lionrock.search.centring import Vector
from lionrock.search.filters import Scope
from lionrock.search.frame import Asked, Frame
from lionrock.search.segments import (
    FARTHEST,
    HIDDEN,
    RUN,
    Columns,
    Distances,
    Segment,
    Shape,
    writing,
)

SHARE: Final = 0.08
LEAST: Final = 16_384
"""Of one language's rows that may be found, so many are weighed by their bytes, or this share."""
_LARGEST: Final = 1_000_000
"""Rows of a file; larger ones are not merged."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences of whole versions, in any order; `versions` indexes `ids`."""

    ids: Sequence[UUID]
    collections: Sequence[UUID]
    editions: Sequence[int]
    versions: NDArray[np.int64]
    passages: NDArray[np.void]
    firsts: NDArray[np.int32]
    languages: NDArray[np.uint8]
    vectors: Vector


class Neighbours:
    """One tenant's files. Methods block: call them in a thread, one that writes at a time."""

    def __init__(self, directory: Path, model: str | None) -> None:
        """Open what is whole in `directory`; `model` made the vectors (None: not known now)."""
        self._directory, self._model = directory, model
        self._writing = threading.Lock()
        disk.make_folder(directory)
        for left in directory.glob(disk.LEFT):
            left.unlink()
        self.frame = self._frame()
        self.segments: tuple[Segment, ...] = ()
        self._number = 0
        self._open()

    def _frame(self) -> Frame | None:
        """That of the files; without it, or with that of another model, none of them is of use."""
        mark = self._directory / "frame"
        with suppress(FileNotFoundError, ValueError, KeyError, OSError):
            model, _, data = mark.read_bytes().partition(b"\n")
            if self._model in (None, model.decode()):
                return Frame.read(data)
        for file in self._directory.iterdir():
            disk.destroy(file)
        return None

    def _open(self) -> None:
        found: list[Segment] = []
        seen: dict[UUID, int] = {}
        for path in sorted(self._directory.glob("*.vectors"), reverse=True):
            self._number = max(self._number, int(path.stem))
            try:
                assert self.frame is not None
                segment = Segment(path, self.frame.id)
            except ValueError:
                path.unlink()
                continue
            # Killed after a merge and before its parts were removed: the newer file has them.
            segment.erase([v for v in segment.editions if v in seen])
            seen |= segment.editions
            if segment.editions:
                found.append(segment)
            else:
                path.unlink()
        self.segments = tuple(reversed(found))

    @property
    def editions(self) -> dict[UUID, int]:
        """What it holds: each version, and which edition of it."""
        return {v: e for segment in self.segments for v, e in segment.editions.items()}

    def __len__(self) -> int:
        return sum(int(s.runs["rows"][s.there].sum()) for s in self.segments)

    def erase(self, versions: Sequence[UUID]) -> None:
        with self._writing:
            for segment in self.segments:
                segment.erase(versions)

    def add(self, batch: Batch) -> None:
        """Keep a batch as a file of its own, and merge files of like size."""
        with self._writing:
            if self.frame is None:
                assert self._model is not None
                frame = Frame.of(batch.vectors, batch.languages > 0)
                mark = self._directory / "frame"
                disk.write(mark, self._model.encode() + b"\n" + frame.data)
                self.frame = frame
            self.segments = (*self.segments, self._write(batch, self.frame))
            while self._mergeable():
                self._merge(2)

    def _path(self) -> Path:
        self._number += 1
        return self._directory / f"{self._number:09}.vectors"

    def _write(self, batch: Batch, frame: Frame) -> Segment:
        chinese = batch.languages > 0
        order = np.lexsort((batch.firsts, batch.versions, chinese))
        run_of = batch.versions[order] + chinese[order] * len(batch.ids)
        starts = np.flatnonzero(np.diff(run_of, prepend=-1))
        shape = Shape(len(starts), len(order), int(np.count_nonzero(~chinese)))
        path = self._path()
        with writing(path, shape, frame.id) as columns:
            for row, (first, last) in enumerate(
                zip(starts, [*starts[1:], len(order)], strict=True)
            ):
                v = int(run_of[first]) % len(batch.ids)
                columns["runs"][row] = (
                    batch.ids[v].bytes, batch.collections[v].bytes, batch.editions[v],
                    first, last - first,
                )  # fmt: skip
            columns["passages"][:] = batch.passages[order]
            columns["firsts"][:] = batch.firsts[order]
            columns["languages"][:] = batch.languages[order]
            for at in range(0, len(order), 8192):
                some = order[at : at + 8192]
                planes, numbers = frame.small(batch.vectors[some], chinese[some])
                columns["planes"][:, at : at + 8192] = planes
                columns["bytes"][at : at + 8192] = numbers
        return Segment(path, frame.id)

    def _mergeable(self) -> bool:
        """The file before the last is less than four times as large: so files are few, and each row
        is written a logarithmic number of times."""
        if len(self.segments) < 2:
            return False
        before, last = (s.shape.rows for s in self.segments[-2:])
        return before < 4 * last and before + last <= _LARGEST

    def _merge(self, count: int) -> None:
        assert self.frame is not None
        old = self.segments[-count:]
        taken = [(s, int(p)) for s in old for p in np.flatnonzero(s.there)]
        # English runs first, as they stand in each.
        taken.sort(key=lambda one: one[0].runs["start"][one[1]] >= one[0].shape.english)
        runs = np.array([s.runs[p] for s, p in taken], RUN)
        english = sum(
            int(s.runs["rows"][p]) for s, p in taken if s.runs["start"][p] < s.shape.english
        )
        path = self._path()
        with writing(
            path, Shape(len(runs), int(runs["rows"].sum()), english), self.frame.id
        ) as new:
            at = 0
            for row, (segment, place) in enumerate(taken):
                rows = int(segment.runs["rows"][place])
                _copy(segment, place, new, at)
                runs[row]["start"] = at
                at += rows
            new["runs"][:] = runs
        self.segments = (*self.segments[:-count], Segment(path, self.frame.id))
        for segment in old:
            segment.path.unlink()

    def nearest(
        self, question: Vector, limit: int, scope: Scope | None = None, *, chinese: bool
    ) -> tuple[list[UUID], list[int]]:
        """Passages and first characters of what may be the `limit` nearest in one language.

        `question` as `Query.centred`. Growth: linear in the rows, some 10 ns each, and 200 ns for
        each that is weighed by its bytes; the sides may be asked in two threads.
        """
        passages: list[UUID] = []
        firsts: list[int] = []
        if self.frame is not None:
            asked = self.frame.asked(question, chinese=chinese)
            for segment, rows in self._side(asked, limit, scope, chinese=chinese):
                found = segment.columns["passages"][rows]
                passages += [UUID(bytes=p.tobytes()) for p in found]
                firsts += segment.columns["firsts"][rows].tolist()
        return passages, firsts

    def _side(
        self, asked: Asked, limit: int, scope: Scope | None, *, chinese: bool
    ) -> list[tuple[Segment, NDArray[np.int64]]]:
        near = [
            (segment, found)
            for segment in self.segments
            if (found := _looked_through(segment, asked, scope, chinese=chinese)) is not None
        ]
        if not near:
            return []
        counts = sum(np.bincount(d, minlength=HIDDEN + 1)[: FARTHEST + 1] for _, d in near)
        up_to = np.cumsum(counts)
        wanted = max(LEAST, int(SHARE * up_to[-1]))
        cut = int(np.searchsorted(up_to, min(wanted, up_to[-1])))
        scored = []
        for segment, distances in near:
            rows = np.flatnonzero(distances <= cut) + segment.side(chinese=chinese)[0]
            scored.append((segment, rows, segment.scores(rows, asked)))
        scores = np.concatenate([s for _, _, s in scored])
        if len(scores) > limit:
            least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        else:
            least = np.float32(-np.inf)
        return [(segment, rows[s >= least]) for segment, rows, s in scored]


def _looked_through(
    segment: Segment, asked: Asked, scope: Scope | None, *, chinese: bool
) -> Distances | None:
    mask = segment.shown(scope, chinese=chinese)
    first, last = segment.side(chinese=chinese)
    if first == last or (mask is not None and not mask.any()):
        return None
    distances = segment.distances(asked, chinese=chinese)
    if mask is not None:
        distances[~mask] = HIDDEN
    return distances


def _copy(segment: Segment, place: int, new: Columns, at: int) -> None:
    first, rows = int(segment.runs["start"][place]), int(segment.runs["rows"][place])
    for name, part in segment.columns.items():
        if name == "planes":
            new[name][:, at : at + rows] = part[:, first : first + rows]
        elif name != "runs":
            new[name][at : at + rows] = part[first : first + rows]


def missing(live: Mapping[UUID, int], held: Mapping[UUID, int]) -> list[UUID]:
    """Versions that are live and not held in that edition."""
    return [v for v, edition in live.items() if held.get(v) != edition]

"""Counters and histograms of few labels. For one thread: the event loop's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Labels = tuple[str, ...]

_MOST: Final = 2000
OTHER: Final = "other"
"""Every label, once there are `_MOST` combinations: no label comes from a client, and this makes sure."""


@dataclass(frozen=True, slots=True)
class Spreading:
    """A histogram as it is told: how many were at most each bound (the last is infinite), and the sum."""

    labels: Labels
    upto: list[tuple[float, int]]
    sum: float


class Tally:
    """Counts by labels."""

    def __init__(self, name: str, help: str, labels: Labels = ()) -> None:
        self.name, self.help, self.labels = name, help, labels
        self._counts: dict[Labels, int] = {}

    def add(self, *labels: str, amount: int = 1) -> None:
        if labels not in self._counts and len(self._counts) >= _MOST:
            labels = (OTHER,) * len(labels)
        self._counts[labels] = self._counts.get(labels, 0) + amount

    def told(self) -> Iterator[tuple[Labels, int]]:
        if not self.labels:
            yield (), self._counts.get((), 0)
            return
        yield from self._counts.items()


class Spread:
    """A histogram by labels. The sum is told in whole steps, so that the difference of two scrapes does
    not tell the exact size of the one call between them."""

    def __init__(
        self, name: str, help: str, labels: Labels, bounds: Sequence[float], step: float
    ) -> None:
        """`bounds`: upper, ascending, without the infinite one."""
        self.name, self.help, self.labels = name, help, labels
        self._bounds, self._step = tuple(bounds), step
        self._cells: dict[Labels, list[float]] = {}

    def see(self, value: float, *labels: str) -> None:
        cell = self._cells.get(labels)
        if cell is None:
            if len(self._cells) >= _MOST:
                labels = (OTHER,) * len(labels)
            # A count for each bound, one beyond, and the sum.
            cell = self._cells.setdefault(labels, [0] * (len(self._bounds) + 2))
        cell[bisect_left(self._bounds, value)] += 1
        cell[-1] += value

    def told(self) -> Iterator[Spreading]:
        for labels, cell in self._cells.items():
            upto, count = [], 0
            for bound, some in zip((*self._bounds, float("inf")), cell, strict=False):
                count += int(some)
                upto.append((bound, count))
            yield Spreading(labels, upto, cell[-1] // self._step * self._step)

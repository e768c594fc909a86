"""Where many are screened at once: the search for likely entries, which may be done elsewhere.

What comes back says which pairs to compare. The verdict is the screener's, in this process, so whoever
searches can neither make a hit nor change one; who leaves one out can hide it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from lionrock.screening.entities import Entity
from lionrock.screening.registry.engine import SearchIndex

_T = TypeVar("_T")
RANGE: Final = 25
"""Queries that are searched for at once, in one place."""
Likely = list[list[str]]
"""For each query the entries' ids in the index, likeliest first."""


class Screens(Protocol):
    async def width(self) -> int:
        """How many ranges it searches for at once."""
        ...

    async def likely(
        self, index: SearchIndex, folder: Path, queries: Sequence[Entity], threshold: float
    ) -> Likely:
        """`index` is held meanwhile, and mapped from `folder`."""
        ...

    async def close(self) -> None: ...


class Here:
    """In a thread of this process."""

    async def width(self) -> int:
        return 1

    async def likely(
        self, index: SearchIndex, folder: Path, queries: Sequence[Entity], threshold: float
    ) -> Likely:
        return await asyncio.to_thread(searched, index, queries, threshold)

    async def close(self) -> None: ...


def searched(index: SearchIndex, queries: Sequence[Entity], threshold: float) -> Likely:
    """The search itself, wherever it is done: each query by itself, so that no split changes it."""
    most = max(len(index), 1)
    return [
        [m.entity_id for m in index.screen(q, threshold=threshold, limit=most)] for q in queries
    ]


def ranges(of: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (of[at : at + RANGE] for at in range(0, len(of), RANGE))

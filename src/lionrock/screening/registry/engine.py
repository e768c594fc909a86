"""What of matching the registry uses, in one place: tests put a small stand-in here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lionrock import __version__
from lionrock.screening.entities import Entity
from lionrock.screening.matching.compare import compare
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD


class SearchIndex(Protocol):
    def __len__(self) -> int: ...
    def screen(self, query: Entity, *, threshold: float, limit: int) -> list[Match]: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """`version` names code and tables: where it changes, indexes are built and customers are screened
    anew. `compare` gives the verdict; indexes say which pairs to give it."""

    build: Callable[[Iterable[Entity], Path], None]
    open: Callable[[Path], SearchIndex]
    compare: Callable[[Entity, Entity], Match]
    threshold: float
    version: str


def engine() -> Engine:
    return Engine(EntityIndex.build, EntityIndex.open, compare, THRESHOLD, __version__)

"""What of matching the registry uses, in one place: tests put a small stand-in here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
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
    def reached(self, listed: Entity, *, threshold: float) -> list[str]: ...
    def mentions(self, text: str, *, threshold: float) -> Sequence[tuple[int, int]]: ...


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
    return Engine(EntityIndex.build, EntityIndex.open, compare, THRESHOLD, engine_version())


@cache
def engine_version() -> str:
    """Lionrock's version and a digest of the name engine's modules and tables."""
    found = sha256()
    for room in ("names", "matching"):
        for file in sorted(Path(str(files("lionrock.screening") / room)).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                found.update(f"{file.name}\0".encode() + file.read_bytes())
    return f"{__version__}+{found.hexdigest()[:12]}"

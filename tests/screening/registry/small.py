"""A small engine that is easy to foresee: names as sets of words, scored by how many they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from lionrock.kernel.actors import Actor
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.entity_json import told, understood
from lionrock.screening.matching.results import Evidence, Match
from lionrock.screening.payments.windows import windows
from lionrock.screening.registry.engine import Engine
from lionrock.screening.registry.hits import Hit, Pair


def compare(query: Entity, listed: Entity) -> Match:
    """Words of the query's name that the listed name has too; another birth halves it. Which of the
    two asks matters: {a, b} against {a} is 1/2, {a} against {a, b} is 1; the score is 0.99 of it."""
    asked = set(query.caption.casefold().split())
    found = set(listed.caption.casefold().split())
    share = len(asked & found) / len(asked) if asked else 0.0
    if query.births and listed.births and query.births != listed.births:
        share /= 2
    words = f"{query.caption} shares {len(asked & found)} words with {listed.caption}"
    evidence = Evidence("words", share, query.caption, listed.caption, words)
    return Match(listed.id, 0.99 * share, query.names[0], listed.names[0], (evidence,))


class SmallIndex:
    """Compares with everyone."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._entities = entities

    @classmethod
    def build(cls, entities: Iterable[Entity], folder: Path) -> None:
        folder.mkdir()
        (folder / "entities.json").write_text(json.dumps([told(e) for e in entities]))

    @classmethod
    def open(cls, folder: Path) -> SmallIndex:
        return cls([understood(e) for e in json.loads((folder / "entities.json").read_text())])

    def __len__(self) -> int:
        return len(self._entities)

    def reached(self, listed: Entity, *, threshold: float) -> list[str]:
        return [e.id for e in self._entities if compare(e, listed).score >= threshold]

    def mentions(self, text: str, *, threshold: float) -> list[tuple[int, int]]:
        return windows(text)

    def screen(self, query: Entity, *, threshold: float, limit: int) -> list[Match]:
        found = [compare(query, e) for e in self._entities]
        likely = [m for m in found if m.score >= threshold]
        return sorted(likely, key=lambda m: (-m.score, m.entity_id))[:limit]


ENGINE = Engine(SmallIndex.build, SmallIndex.open, compare, 0.6, "small 1")


def person(id: str, name: str, **more: Any) -> Entity:
    return Entity(id, Schema.PERSON, (Name(name),), **more)


class Listed:
    """A source of entities, as the importers yield them."""

    def __init__(self, entities: Iterable[Entity], *, skipped: int = 0) -> None:
        self._entities = list(entities)
        self.published = "2026-11-01"
        self.skipped_count = skipped
        kept = json.dumps([told(e) for e in self._entities]).encode()
        self.sha256 = hashlib.sha256(kept).hexdigest()

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities)


class Told:
    """A sink that remembers what it was told."""

    def __init__(self) -> None:
        self.changed: list[tuple[UUID, Hit]] = []
        self.gone: list[tuple[UUID, Pair]] = []

    async def hits_changed(
        self, db: asyncpg.Connection, actor: Actor, customer_id: UUID, hits: Sequence[Hit],
        gone: Collection[Pair],
    ) -> None:  # fmt: skip
        self.changed += [(customer_id, h) for h in hits]
        self.gone += [(customer_id, p) for p in gone]

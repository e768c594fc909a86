"""Entities' names, indexed in files that every worker maps.

Screening has two stages. The first adds up, for each listed name, the most that each term of the query's
name can be worth to it, and keeps the names where that reaches the threshold: nothing that compares well
is lost but what `docs/screening-matching.md` names. The second compares those in full (`compare`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching import index_files, keys, mentioning
from lionrock.screening.matching.compare import LIFT, compare, matched, names
from lionrock.screening.matching.index_reading import Reading
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD, bits

_LEAST_BITS: Final = 3.0
"""Below this a name says nothing, however low the threshold."""
_RECENT: Final = 4096


class EntityIndex:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._entity = lru_cache(maxsize=_RECENT)(reading.entity)
        self._wanted = lru_cache(maxsize=4)(partial(mentioning.wanted, reading))

    @classmethod
    def build(cls, entities: Iterable[Entity], folder: Path) -> None:
        """Write the index of `entities` into the new folder `folder`."""
        index_files.build(entities, folder)

    @classmethod
    def open(cls, folder: Path) -> EntityIndex:
        """`Conflict` if another version wrote it or it is damaged: build it anew."""
        return cls(Reading(folder))

    def __len__(self) -> int:
        return self._reading.entities

    def screen(
        self, query: Entity, *, threshold: float = THRESHOLD, limit: int = 50
    ) -> list[Match]:
        """The listed entities that score at least `threshold`, best first."""
        found = [
            match
            for entity, numbers in self.candidates(query, threshold).items()
            if (match := self._match(query, entity, numbers)).score >= threshold
        ]
        found.sort(key=lambda match: (-match.score, match.entity_id))
        return found[:limit]

    def reached(self, listed: Entity, *, threshold: float = THRESHOLD) -> list[str]:
        """Of an index of customers: the ids of those that, screened, score `threshold` against `listed`."""
        entities = map(self._entity, self.candidates(listed, threshold, listed=True))
        return sorted(e.id for e in entities if compare(e, listed).score >= threshold)

    def mentions(self, text: str, *, threshold: float = THRESHOLD) -> list[tuple[int, int]]:
        """Ranges of `text` that bring a listed name to `threshold`: for each name the one that does best."""
        needed = bits(threshold)
        return mentioning.mentions(self._reading, self._entity, text, needed, self._wanted(needed))

    def candidates(
        self, query: Entity, threshold: float, *, listed: bool = False
    ) -> dict[int, list[tuple[int, int]]]:
        """Of each entity that may score `threshold`, the pairs of names to compare, by their numbers.

        `listed`: the query is the list's side of the comparison, and the index the customers'.
        """
        found: dict[int, set[tuple[int, int]]] = {}
        for number, name in enumerate(names(query)):
            for met in self._names_like(query, name.text, threshold, listed):
                entity, other = self._reading.name(met)
                found.setdefault(entity, set()).add((number, other))
        for term in keys.identifiers(query):
            for met in self._reading.posted(term):
                entity, _ = self._reading.name(int(met))
                found.setdefault(entity, set()).update(self._all_pairs(query, entity))
        return {entity: sorted(pairs) for entity, pairs in found.items()}

    def _names_like(self, query: Entity, text: str, threshold: float, listed: bool) -> set[int]:
        lift = LIFT if query.births or query.countries or query.gender else 0.0
        needed = max(bits(threshold) - lift, _LEAST_BITS)
        rows = keys.rows(text, query.schema, listed)
        kind = keys.kind(query.schema)
        return self._reading.names_worth(rows, needed, kind)

    def _all_pairs(self, query: Entity, entity: int) -> Iterable[tuple[int, int]]:
        listed = names(self._entity(entity))
        return ((a, b) for a in range(len(names(query))) for b in range(len(listed)))

    def _match(self, query: Entity, entity: int, numbers: list[tuple[int, int]]) -> Match:
        listed = self._entity(entity)
        mine, others = names(query), names(listed)
        return matched(query, listed, ((mine[a], others[b]) for a, b in numbers))


def warm() -> None:
    """Read the tables that names are compared by, a second's work that the first query waits for else."""
    asked = Entity("", Schema.LEGAL_ENTITY, (Name("CHAN Tai Man"),))
    compare(asked, Entity("", Schema.PERSON, (Name("陳大文"),)))
    compare(asked, Entity("", Schema.COMPANY, (Name("Tai Man Trading Limited"),)))

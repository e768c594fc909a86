"""The tasks: right and wrong pairs of entities, drawn the same way each time.

Each takes what `people` reads from a file, so that another file of the same form can be used. Every
entity has an id of its own, because some engines keep what they made of a name by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from random import Random
from typing import TypeVar

from lionrock.screening.entities import Entity, Name, Schema
from screening.people import Case, Person, Styled
from screening.writing import to_pinyin, to_simplified

WRONG = 20
SAME_SURNAME = 0.69
_SEED = 2019
P = TypeVar("P", Person, Styled)


@dataclass(frozen=True, slots=True)
class Pair:
    """`same` says whether the two are one person; `group` is a case's origin, for tables."""

    query: Entity
    listed: Entity
    same: bool
    group: str = ""


def hk_roman(people: Sequence[Person], alias: bool = True) -> list[Pair]:
    """Hong Kong romanisation against Chinese as written."""
    latin = (lambda p: p.latin) if alias else (lambda p: p.english)
    return _pairs(people, latin, lambda p: p.chinese)


def roman_pinyin(people: Sequence[Person], alias: bool = True) -> list[Pair]:
    """Hong Kong romanisation against the pinyin of the Chinese name."""
    latin = (lambda p: p.latin) if alias else (lambda p: p.english)
    return _pairs(_read(people), latin, lambda p: to_pinyin(p.chinese))


def pinyin_chinese(people: Sequence[Person]) -> list[Pair]:
    return _pairs(_read(people), lambda p: to_pinyin(p.chinese), lambda p: p.chinese)


def simp_trad(people: Sequence[Person]) -> list[Pair]:
    """Simplified, by OpenCC, against Chinese as written."""
    return _pairs(people, lambda p: to_simplified(p.chinese), lambda p: p.chinese)


def legco(people: Sequence[Styled], chinese: bool = True) -> list[Pair]:
    """Every two writings of one person are right; each writing against 20 other people's is wrong."""
    random, made = Random(_SEED), Maker()
    pairs: list[Pair] = []
    for person, others in zip(people, wrong_people(people, random), strict=True):
        names = person.names if chinese else person.latin
        pairs += [made.pair(a, b, True) for a, b in combinations(names, 2)]
        for name in names:
            for other in others:
                writing = random.choice(other.names if chinese else other.latin)
                pairs.append(made.pair(name, writing, False))
    return pairs


def name_bench(cases: Iterable[Case]) -> list[Pair]:
    """The labelled pairs as they are, each with its own kind of entity."""
    made = Maker()
    return [made.pair(c.left, c.right, c.same, c.schema, c.group) for c in cases]


class Maker:
    """Makes entities of one name, each with an id never used before."""

    def __init__(self) -> None:
        self._ids = count(1)

    def of(self, *names: Name, schema: Schema = Schema.PERSON) -> Entity:
        return Entity(f"bench-{next(self._ids)}", schema, names)

    def entity(self, name: str, schema: Schema = Schema.PERSON) -> Entity:
        return self.of(Name(name), schema=schema)

    def pair(
        self, query: str, listed: str, same: bool, schema: Schema = Schema.PERSON, group: str = ""
    ) -> Pair:
        return Pair(self.entity(query, schema), self.entity(listed, schema), same, group)


def wrong_people(people: Sequence[P], random: Random) -> list[list[P]]:
    """For each person 20 others, about 69 % of all with the same surname as far as there are enough."""
    namesakes: dict[str, list[int]] = {}
    for at, person in enumerate(people):
        namesakes.setdefault(person.surname, []).append(at)
    available = [len(namesakes[p.surname]) - 1 for p in people]
    quota = _quota(available)
    drawn: list[list[P]] = []
    for at, person in enumerate(people):
        same = [i for i in namesakes[person.surname] if i != at]
        chosen = random.sample(same, min(quota, len(same)))
        others = [i for i in range(len(people)) if people[i].surname != person.surname]
        chosen += random.sample(others, min(WRONG - len(chosen), len(others)))
        drawn.append([people[i] for i in chosen])
    return drawn


def _quota(available: Sequence[int]) -> int:
    """The fewest namesakes to draw for each so that the share is reached; all 20 when it cannot be."""
    for quota in range(WRONG + 1):
        if sum(min(quota, n) for n in available) >= SAME_SURNAME * WRONG * len(available):
            return quota
    return WRONG


def _read(people: Sequence[Person]) -> list[Person]:
    """Those whose whole name pypinyin reads: the others have no pinyin to compare (1 of the 550)."""
    return [person for person in people if to_pinyin(person.chinese).isascii()]


def _pairs(
    people: Sequence[Person], query: Callable[[Person], str], listed: Callable[[Person], str]
) -> list[Pair]:
    made = Maker()
    pairs: list[Pair] = []
    for person, others in zip(people, wrong_people(people, Random(_SEED)), strict=True):
        asked = query(person)
        pairs.append(made.pair(asked, listed(person), True))
        pairs += [made.pair(asked, listed(other), False) for other in others]
    return pairs

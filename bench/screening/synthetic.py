"""Grown lists and books: names recombined from the parts of real ones, the same way each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from lionrock.screening.entities import Entity, Name, Schema
from screening.people import Person


def parts(name: Name) -> tuple[str, str]:
    """Family and given names: as the source keeps them apart, by the comma, or by the last space."""
    if name.family and name.given:
        return name.family, name.given
    family, comma, given = name.text.partition(",")
    if comma:
        return family.strip(), given.strip()
    given, _, family = name.text.rpartition(" ")
    return family, given


def grown(people: Sequence[Entity], names: int, seed: int = 1) -> Iterator[Entity]:
    """`people` as they are, then entities of one recombined name until there are so many names.

    Drawn with the real names' frequencies, so that common names recur as they do in life.
    """
    there = 0
    for person in people:
        there += len(person.names)
        if there > names:
            return
        yield person
    random = Random(seed)
    pairs = [pair for e in people for n in e.names if all(pair := parts(n))]
    for n in range(names - there):
        family, given = random.choice(pairs)[0], random.choice(pairs)[1]
        text = f"{given} {family}" if n % 2 else f"{family}, {given}"
        yield Entity(f"grown-{n}", Schema.PERSON, (Name(text),))


def book(people: Sequence[Person], size: int, seed: int = 2) -> list[Entity]:
    """Customers of a Hong Kong house: recombined English names, a third with the Chinese one too."""
    random = Random(seed)
    made: list[Entity] = []
    for n in range(size):
        one, other = random.choice(people), random.choice(people)
        surname, given = one.latin.partition(" ")[0], other.latin.partition(" ")[2]
        names = [Name(f"{surname} {given}")]
        if n % 3 == 0:
            names.append(Name(one.surname + other.chinese[len(other.surname) :]))
        made.append(Entity(f"customer-{n}", Schema.PERSON, tuple(names)))
    return made

"""How many clean Hong Kong customers are stopped by the OFAC and UN lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lionrock.screening.entities import Entity, Name, Schema
from screening.engines import Engine, Index
from screening.people import Person, Styled


def clean(styled: Sequence[Styled], entries: Sequence[Entity]) -> list[Styled]:
    """The legislators without those whom a list names in full, of whom OFAC has one: his hit is right."""
    listed = {_words(name.text) for entry in entries for name in entry.names}
    return [s for s in styled if not any(_words(text) in listed for text in s.latin)]


def customers(people: Sequence[Person], styled: Sequence[Styled]) -> dict[str, list[Entity]]:
    """By the way their names are given. None of them is listed, so that every hit is false."""
    pairs = [(p.latin, p.chinese) for p in people]
    pairs += [(max(s.latin, key=len), s.chinese) for s in styled]
    return {
        "English": _entities("English", [(latin,) for latin, _ in pairs]),
        "Chinese": _entities("Chinese", [(chinese,) for _, chinese in pairs]),
        "both": _entities("both", pairs),
    }


def _entities(kind: str, given: Sequence[tuple[str, ...]]) -> list[Entity]:
    return [
        Entity(f"customer-{kind}-{n}", Schema.PERSON, tuple(map(Name, names)))
        for n, names in enumerate(given)
    ]


def _words(text: str) -> frozenset[str]:
    """The words of a name of three or more: fewer are shared by too many people to mean one."""
    words = frozenset(re.findall(r"\w+", text.casefold()))
    return words if len(words) > 2 else frozenset({text})


def measure(
    engine: Engine, index: Index, label: str, groups: dict[str, list[Entity]], show: bool = False
) -> dict[str, float]:
    """Customers with a hit, per 1,000, by the way their names are given."""
    found: dict[str, float] = {}
    for kind, group in groups.items():
        stopped = hits = 0
        for customer in group:
            best = index.screen(customer)
            stopped += bool(best)
            hits += len(best)
            if show:
                for hit in best:
                    print(f"    {[n.text for n in customer.names]} {hit.entity_id} {hit.score:.3f}")
        found[kind] = 1000 * stopped / len(group)
        print(
            f"{engine.name:12} {label:22} {kind:8} {len(group):5} customers,"
            f" {stopped:4} stopped by {hits:5} hits: {found[kind]:6.1f} per 1,000"
        )
    return found

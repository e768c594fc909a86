"""What is known of two entities besides their names: each fact raises or lowers by a stated rule.

A fact that one side lacks says nothing: absence is no contradiction. Bits are log2 of how much likelier
the fact is of one entity than of two with like names; ours, rounded, from the shares named beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.screening.entities import Birth, Entity, Identifier, IdentifierKind, Schema
from lionrock.screening.matching.results import Evidence

OTHER_SCHEMA: Final = -9.0
_ONE_HOLDER = frozenset(
    {
        IdentifierKind.HKID,
        IdentifierKind.LEI,
        IdentifierKind.IMO,
        IdentifierKind.MMSI,
        IdentifierKind.SWIFT,
    }
)
"""One each: another value is another holder. Passports and the like are renewed and held twice."""
STRONG = _ONE_HOLDER | {
    IdentifierKind.PASSPORT, IdentifierKind.NATIONAL_ID, IdentifierKind.REGISTRATION, IdentifierKind.TAX,
}  # fmt: skip


def facts(query: Entity, listed: Entity) -> Iterator[Evidence]:
    """The evidence of every fact that both have."""
    yield from schema(query.schema, listed.schema)
    yield from births(query.births, listed.births)
    yield from identifiers(query.identifiers, listed.identifiers)
    yield from genders(query.gender, listed.gender)
    yield from countries(query.countries, listed.countries)


def schema(query: Schema, listed: Schema) -> Iterator[Evidence]:
    """A person is no company, and a ship is neither: −9 bits. Legal entity is either of the first two."""
    classes = [_class(query), _class(listed)]
    if "" not in classes and classes[0] != classes[1]:
        words = f"a {query.value.lower()} against a {listed.value.lower()}"
        yield Evidence("other_schema", OTHER_SCHEMA, query.value, listed.value, words)


def _class(schema: Schema) -> str:
    if schema.is_organisation:
        return "organisation"
    return "" if schema is Schema.LEGAL_ENTITY else schema.value


def births(query: tuple[Birth, ...], listed: tuple[Birth, ...]) -> Iterator[Evidence]:
    """Born the same day +9 (one in some thousands of like names), the same year or within what both

    leave open +3; day and month exchanged +5; a year off or less than that from "circa" 0; else −8.
    """
    if not query or not listed:
        return
    weight, feature, a, b = max(
        ((*_birth(x, y), x, y) for x in query for y in listed), key=lambda found: found[0]
    )
    said = {
        "birth_same_day": "born the same day", "birth_fits": "the dates of birth fit",
        "birth_swapped": "day and month of birth exchanged", "birth_near": "born within a year of each other",
        "birth_differs": "dates of birth contradict",
    }[feature]  # fmt: skip
    yield Evidence(feature, weight, _said(a), _said(b), f"{said}: {_said(a)} and {_said(b)}")


def _birth(a: Birth, b: Birth) -> tuple[float, str]:
    if a.earliest == a.latest == b.earliest == b.latest:
        return 9.0, "birth_same_day"
    if a.earliest <= b.latest and b.earliest <= a.latest:
        return 3.0, "birth_fits"
    one_day = a.earliest == a.latest and b.earliest == b.latest
    x, y = a.earliest, b.earliest
    if one_day and (x.year, x.month, x.day) == (y.year, y.day, y.month):
        return 5.0, "birth_swapped"
    apart = max((b.earliest - a.latest).days, (a.earliest - b.latest).days)
    if apart <= (730 if a.approximate or b.approximate else 366):
        return 0.0, "birth_near"
    return -8.0, "birth_differs"


def _said(birth: Birth) -> str:
    first, last = birth.earliest, birth.latest
    circa = "about " if birth.approximate else ""
    if first == last:
        return f"{circa}{first.isoformat()}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return (
            f"{circa}{first.year}"
            if first.year == last.year
            else f"{circa}{first.year}–{last.year}"
        )
    return f"{circa}{first.isoformat()} to {last.isoformat()}"


def identifiers(
    query: tuple[Identifier, ...], listed: tuple[Identifier, ...]
) -> Iterator[Evidence]:
    """The same number of the same kind +25; another of a kind that everyone has one of −12, else −1."""
    for kind in {i.kind for i in query} & {i.kind for i in listed} & STRONG:
        mine = {plain_identifier(i): i.value for i in query if i.kind is kind}
        others = {plain_identifier(i): i.value for i in listed if i.kind is kind}
        shared = sorted(mine.keys() & others.keys())
        if shared:
            yield Evidence(
                "identifier_same", 25.0, mine[shared[0]], others[shared[0]],
                f"the same {kind.value}: {mine[shared[0]]}",
            )  # fmt: skip
            continue
        a, b = next(iter(mine.values())), next(iter(others.values()))
        weight = -12.0 if kind in _ONE_HOLDER else -1.0
        yield Evidence("identifier_differs", weight, a, b, f"another {kind.value}: {a} and {b}")


def plain_identifier(identifier: Identifier) -> str:
    """Letters and digits alone; a HKID without its brackets, an IMO number without its letters."""
    value = re.sub(r"[^0-9A-Z]", "", identifier.value.upper())
    return re.sub(r"^IMO", "", value) if identifier.kind is IdentifierKind.IMO else value


def genders(query: str, listed: str) -> Iterator[Evidence]:
    """The same +0.7, another −5 (records err)."""
    if query and listed:
        same = query == listed
        said = f"both {query}" if same else f"{query} against {listed}"
        yield Evidence(
            "gender_same" if same else "gender_differs", 0.7 if same else -5.0, query, listed, said
        )


def countries(query: tuple[str, ...], listed: tuple[str, ...]) -> Iterator[Evidence]:
    """One in common +1.5; none −2: people have more nationalities than a record holds."""
    if not query or not listed:
        return
    shared = sorted(_wide(query) & _wide(listed))
    a, b = ", ".join(query), ", ".join(listed)
    if shared:
        yield Evidence("country_same", 1.5, a, b, f"a country in common: {', '.join(shared)}")
    else:
        yield Evidence("country_differs", -2.0, a, b, f"no country in common: {a} and {b}")


def _wide(countries: tuple[str, ...]) -> set[str]:
    """Hong Kong and Macau residents are often listed as Chinese nationals."""
    return set(countries) | ({"cn"} if {"hk", "mo"} & set(countries) else set())

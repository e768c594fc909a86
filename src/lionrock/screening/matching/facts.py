"""What is known of two entities besides their names: each fact raises or lowers by a stated rule.

A fact that one side lacks says nothing: absence is no contradiction. Bits are log2 of how much likelier
the fact is of one entity than of two with like names; ours, rounded, from the shares named beside them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from lionrock.kernel import hkid
from lionrock.screening.entities import Birth, Entity, Identifier, IdentifierKind, Schema
from lionrock.screening.matching.results import Evidence

OTHER_SCHEMA: Final = -9.0
_ONE_HOLDER = frozenset(
    {
        IdentifierKind.HKID,
        IdentifierKind.LEI,
        IdentifierKind.IMO,
        IdentifierKind.MMSI,
    }
)
"""One each: another value is another holder. Passports and the like are renewed and held twice, and a
bank has a BIC for each place."""
WHATEVER_NAME: Final = _ONE_HOLDER | {IdentifierKind.PASSPORT, IdentifierKind.SWIFT}
"""Of one holder the world over, so that they count though the name is another's."""
STRONG: Final = WHATEVER_NAME | {
    IdentifierKind.NATIONAL_ID, IdentifierKind.REGISTRATION, IdentifierKind.TAX,
}  # fmt: skip
_SHORTEST: Final = 4
_BANK: Final = 8
"""Of a BIC's characters those that are the bank's; three more name a branch (ISO 9362)."""


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
    mine, others = _by_kind(query), _by_kind(listed)
    for kind in sorted(mine.keys() & others.keys()):
        shared = sorted(mine[kind].keys() & others[kind].keys())
        if shared:
            a, b = mine[kind][shared[0]], others[kind][shared[0]]
            yield Evidence("identifier_same", 25.0, a, b, f"the same {kind.value}: {a}")
            continue
        a, b = next(iter(mine[kind].values())), next(iter(others[kind].values()))
        weight = -12.0 if kind in _ONE_HOLDER else -1.0
        yield Evidence("identifier_differs", weight, a, b, f"another {kind.value}: {a} and {b}")


def _by_kind(identifiers: Iterable[Identifier]) -> dict[IdentifierKind, dict[str, str]]:
    """Each kind's numbers, plain, and as written."""
    found: dict[IdentifierKind, dict[str, str]] = {}
    for one in identifiers:
        for kind, plain in strong(one):
            found.setdefault(kind, {})[plain] = one.value
    return found


def strong(identifier: Identifier) -> Iterator[tuple[IdentifierKind, str]]:
    """What an identifier can match as: kind and letters and digits alone, none if it tells nothing.

    A HKID is without its brackets, an IMO number without its letters, a BIC without its branch; a
    national number that is a HKID by its check digit is one.
    """
    value = unicodedata.normalize("NFKC", identifier.value).upper()
    plain = "".join(c for c in value if c.isalnum())
    kind = identifier.kind
    if kind is IdentifierKind.SWIFT:
        plain = plain[:_BANK]
    elif kind is IdentifierKind.IMO:
        plain = plain.removeprefix("IMO")
    elif kind is IdentifierKind.NATIONAL_ID and hkid.normalised(value):
        kind = IdentifierKind.HKID
    telling = len(plain) >= _SHORTEST and (
        kind is IdentifierKind.SWIFT or any(map(str.isdigit, plain))
    )
    if kind in STRONG and telling:
        yield kind, plain


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

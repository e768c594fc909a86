"""Hits and entries in yente's shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity
from lionrock.screening.ftm import to_ftm
from lionrock.screening.matching.results import Evidence
from lionrock.screening.registry.hits import Hit, ListRef
from lionrock.screening.yente import datasets, scale
from lionrock.screening.yente.shapes import EntityShape, Explanation, Facet, FacetItem, ScoredEntity

Seen = Mapping[tuple[UUID, UUID], tuple[datetime, datetime, datetime]]
"""By list and entry: first seen, last changed, last seen."""

_LEGAL: Final = frozenset({"LegalEntity"})
_ORGANISATION: Final = frozenset({"Organization", "Company"})
_UNDER: Final = {
    "Person": _LEGAL | {"Person"},
    "Company": _LEGAL | _ORGANISATION,
    "Organization": _LEGAL | _ORGANISATION,
    "PublicBody": _LEGAL | _ORGANISATION,
    "LegalEntity": _LEGAL | _ORGANISATION | {"Person"},
    "Vessel": frozenset({"Vessel"}),
    "Airplane": frozenset({"Airplane"}),
    "Vehicle": frozenset({"Vessel", "Airplane"}),
    "Asset": _ORGANISATION | {"Vessel", "Airplane"},
}


def under(schema: str) -> frozenset[str] | None:
    """The kinds a schema may be; None: all. One that says less than it might counts as either."""
    if schema in ("", "Thing"):
        return None
    if schema not in _UNDER:
        raise InvalidInput(
            f"The schema {schema[:40]!r} is not screened: use Thing, or {', '.join(_UNDER)}."
        )
    return _UNDER[schema]


def entity_shape(
    entry: Entity, ref: ListRef, entry_id: UUID, named: Mapping[UUID, str], seen: Seen
) -> dict[str, Any]:
    """The fields of `EntityShape`."""
    told = to_ftm(entry, topics=[t for t in (datasets.topic(ref.kind),) if t])
    first, changed, last = map(_time, seen.get((ref.id, entry_id), (None, None, None)))
    return {
        "id": entry.id, "caption": entry.caption, "schema": str(entry.schema),
        "properties": told["properties"], "datasets": [named[ref.id]],
        "referents": [f"{named[ref.id]}:{entry.id}"], "target": True,
        "first_seen": first, "last_seen": last, "last_change": changed,
    }  # fmt: skip


def scored(hit: Hit, named: Mapping[UUID, str], seen: Seen, *, match: bool) -> ScoredEntity:
    why = explanations(hit.match.evidence)
    return ScoredEntity(
        **entity_shape(hit.entry, hit.list, hit.entry_id, named, seen),
        score=scale.shown(hit.score), match=match, explanations=why,
        features={name: one.score for name, one in why.items()},
    )  # fmt: skip


def explanations(evidence: Iterable[Evidence]) -> dict[str, Explanation]:
    """By feature, in bits; what one feature says twice is added up."""
    found: dict[str, Explanation] = {}
    for one in evidence:
        was = found.get(one.feature)
        bits = round(one.weight + (was.score if was else 0), 3)
        words = f"{was.detail}; {one.words}" if was else one.words
        found[one.feature] = Explanation(
            score=bits, weight=bits, detail=words,
            query=was.query if was else one.query, candidate=was.candidate if was else one.listed,
        )  # fmt: skip
    return found


def facets(found: Sequence[EntityShape], titles: Mapping[str, str]) -> dict[str, Facet]:
    """Counts by dataset, country and topic, the most frequent first."""
    countries = ("nationality", "citizenship", "jurisdiction", "country", "flag", "mainCountry")
    values = {
        "datasets": ("Data sources", [d for e in found for d in e.datasets]),
        "countries": ("Countries", [c for e in found for p in countries for c in e.properties.get(p, ())]),
        "topics": ("Topics", [t for e in found for t in e.properties.get("topics", ())]),
    }  # fmt: skip
    return {
        name: Facet(
            label=label,
            values=[
                FacetItem(name=v, label=titles.get(v, v), count=n)
                for v, n in Counter(every).most_common()
            ],
        )
        for name, (label, every) in values.items()
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if at else None

"""How what was found divides: by collection, kind of file, language and document.

Counted are the passages that a search brings up at all, by words or by meaning: some hundred and fifty
at most, of which a reader sees the first. Every other passage of the library bears on the question less
than these, so that "all that match" would be a number without meaning; a page says among how many it
counts. Each facet is counted without its own filter, so that what else could be chosen is there to be
seen: one more search for each facet that is narrowed already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents.records import Records, there
from lionrock.documents.versions import today
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.permissions import Permission as P
from lionrock.search.filters import Filters

if TYPE_CHECKING:
    import asyncpg

FACETS: Final = ("collections", "media_types", "languages", "documents")
"""Fields of `Filters` that are counted, in the order they are shown."""
MOST: Final = 12
"""Values shown of one facet; those that are chosen are shown in any case."""

_OF: Final = """
SELECT p.collection_id, v.media_type, p.language, v.document_id, count(*) AS n
FROM passages p JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND p.id = ANY($2) AND p.collection_id = ANY($3) GROUP BY 1, 2, 3, 4
"""
_COLUMNS: Final = {
    "collections": "collection_id", "media_types": "media_type", "languages": "language",
    "documents": "document_id",
}  # fmt: skip
_COLLECTIONS: Final = "SELECT id, name FROM collections WHERE tenant_id = $1 AND id = ANY($2)"
_DOCUMENTS: Final = """
SELECT d.id, d.name, v.id AS version_id, v.name AS own_name FROM documents d
JOIN versions v ON v.tenant_id = d.tenant_id AND v.id = version_at(d.id, $4)
WHERE d.tenant_id = $1 AND d.id = ANY($2) AND d.collection_id = ANY($3)
"""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: as filters take it, what it is called (where it is no code), how many."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    values: Sequence[Value]
    among: int
    """How many passages were counted."""


async def count(
    db: asyncpg.Connection, actor: Actor, records: Records, filters: Filters,
    found: Mapping[str, Sequence[UUID]],
) -> list[Facet]:  # fmt: skip
    """`found`: for each facet the passages that a search without its own filter brought up."""
    allowed = await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)
    facets = []
    counted: dict[tuple[UUID, ...], list[asyncpg.Record]] = {}
    for name in FACETS:
        ids = tuple(found[name])
        if ids not in counted:
            counted[ids] = await db.fetch(_OF, actor.tenant_id, list(ids), allowed)
        numbers = Counter[str]()
        for row in counted[ids]:
            numbers[str(row[_COLUMNS[name]])] += row["n"]
        chosen = [str(value) for value in getattr(filters, name)]
        shown = [v for v, _ in numbers.most_common(MOST)]
        shown += [v for v in chosen if v not in shown]
        called = await _called(db, actor, records, name, shown, allowed, filters.as_at or today())
        values = [
            Value(v, called.get(v, ""), numbers[v], v in chosen)
            for v in shown
            if name in ("languages", "media_types") or v in called
        ]
        facets.append(Facet(name, values, sum(numbers.values())))
    return facets


async def _called(
    db: asyncpg.Connection, actor: Actor, records: Records, facet: str, ids: Sequence[str],
    allowed: Sequence[UUID], on: date,
) -> dict[str, str]:  # fmt: skip
    """Names of collections and documents that the actor may search: a document's is that of its
    version of the day, as its passages have it."""
    wanted = [UUID(i) for i in ids] if facet in ("collections", "documents") else []
    if facet == "collections":
        wanted = [i for i in wanted if i in allowed]
        rows = await db.fetch(_COLLECTIONS, actor.tenant_id, wanted)
        return {str(r["id"]): r["name"] for r in rows}
    if facet == "documents":
        rows = await db.fetch(_DOCUMENTS, actor.tenant_id, wanted, allowed, on)
        return dict(there(lambda r: (str(r["id"]), records.called(*r)), rows))
    return {}

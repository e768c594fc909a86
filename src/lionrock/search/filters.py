"""What a search is narrowed to, and what that is in one tenant's library.

`Filters` is what front doors take; `resolve` turns it, once a search and under row-level security,
into the `Scope` that both indexes are asked with. A later kind of filter is one more field and one
more condition of `NARROWED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.documents.language import Language
from lionrock.documents.versions import not_held
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.permissions import Permission as P

NARROWED: Final = """
SELECT v.id FROM versions v
WHERE v.tenant_id = $1 AND v.collection_id = ANY($2)
  AND (cardinality($3::uuid[]) = 0 OR v.document_id = ANY($3))
  AND (cardinality($4::text[]) = 0 OR v.media_type = ANY($4))
"""


class Filters(BaseModel):
    """Each field narrows; an empty one does not. Fields are joined by "and", their values by "or"."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    collections: tuple[UUID, ...] = ()
    documents: tuple[UUID, ...] = ()
    languages: tuple[Language, ...] = ()
    """Of the passage, not of its document: a bilingual document has passages of both."""
    media_types: tuple[str, ...] = ()
    as_at: date | None = None
    """What was in force on this day; none: what is in force today."""

    @property
    def of_versions(self) -> bool:
        """Whether they say more than which collections and languages."""
        return bool(self.documents or self.media_types)


EVERYTHING: Final = Filters()


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be found: in these collections, of these versions (none: of any), in these languages
    (none: in any). No collections at all: nothing."""

    collections: tuple[UUID, ...]
    versions: tuple[UUID, ...] | None = None
    languages: tuple[str, ...] = ()
    excluded: tuple[UUID, ...] = ()
    """Versions that did not hold on the day of the search: superseded, or still to come."""

    @property
    def empty(self) -> bool:
        return not self.collections or self.versions == ()


async def resolve(db: asyncpg.Connection, actor: Actor, filters: Filters) -> Scope:
    """The scope of a search by the actor: what the filters leave of what they may search.

    Raises `Forbidden` when the actor may search nothing at all.
    """
    allowed = await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)
    chosen = tuple(c for c in allowed if not filters.collections or c in filters.collections)
    versions: tuple[UUID, ...] | None = None
    if chosen and filters.of_versions:
        versions = await _versions(db, actor, chosen, filters)
    excluded = await not_held(db, actor.tenant_id, chosen, filters.as_at)
    if versions is not None:
        versions = tuple(v for v in versions if v not in set(excluded))
    return Scope(chosen, versions, tuple(filters.languages), excluded)


async def _versions(
    db: asyncpg.Connection, actor: Actor, collections: Sequence[UUID], filters: Filters
) -> tuple[UUID, ...]:
    rows = await db.fetch(
        NARROWED,
        *(actor.tenant_id, list(collections), list(filters.documents), list(filters.media_types)),
    )
    return tuple(row["id"] for row in rows)

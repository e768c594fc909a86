"""A search as a person sees it: the first results, and how all that was found divides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.documents.records import Records
from lionrock.documents.versions import today
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.search import export, facets
from lionrock.search.facets import Facet
from lionrock.search.filters import EVERYTHING, Filters
from lionrock.search.service import Hit, SearchService

if TYPE_CHECKING:
    import asyncpg

FIRST: Final = 50
"""Results on a page; a saved search tells of new passages among as many."""
EXPORTED: Final = 200
"""Results in a file, at most."""

_STATE: Final = """
SELECT (SELECT head FROM index_heads WHERE tenant_id = $1) AS head,
       count(*) FILTER (WHERE state IN ('indexed', 'ready')) AS words,
       count(*) FILTER (WHERE state = 'ready') AS meaning,
       count(*) FILTER (WHERE state IN ('queued', 'parsed')) AS waiting,
       count(*) FILTER (WHERE state = 'failed') AS failed
FROM versions WHERE tenant_id = $1 AND collection_id = ANY($2)
"""


@dataclass(frozen=True, slots=True)
class Results:
    question: str
    filters: Filters
    hits: Sequence[Hit]
    found: int
    """Passages that the search brought up at all."""
    facets: Sequence[Facet] = field(default=())


class ResultsService:
    def __init__(self, database: Database, vault: Vault, search: SearchService) -> None:
        self._database, self._vault, self._search = database, vault, search

    async def look(
        self, actor: Actor, question: str, filters: Filters = EVERYTHING, *, limit: int = FIRST
    ) -> Results:
        """Growth: one search, and one for each facet that is narrowed."""
        found = await self._search.find(actor, question, filters=filters)
        hits = await self._search.hits(actor, found, limit)
        ids = [s.passage_id for s in found.ranked]
        by_facet = {}
        for name in facets.FACETS:
            by_facet[name] = ids
            if getattr(filters, name):
                wider = filters.model_copy(update={name: ()})
                again = await self._search.find(actor, question, filters=wider)
                by_facet[name] = [s.passage_id for s in again.ranked]
        async with self._database.tenant_session(actor) as db:
            records = Records(self._vault, actor.tenant_id)
            counted = await facets.count(db, actor, records, filters, by_facet)
        return Results(question, filters, hits, len(ids), counted)

    async def export(
        self, actor: Actor, question: str, filters: Filters, format: export.Format
    ) -> bytes:
        """The first `EXPORTED` results as a file, which says what was asked, when, by whom, and what
        could be found then. An event, without the question."""
        require(actor, P.SEARCH_RESULT_EXPORT)
        found = await self._search.find(actor, question, filters=filters)
        hits = await self._search.hits(actor, found, EXPORTED)
        id = uuid4()
        async with self._database.tenant_session(actor) as db:
            head = [
                ("question", question), *await self._narrowed(db, actor, filters),
                ("results", f"{len(hits)} of {len(found.ranked)} passages found"),
                ("exported at", export.moment(datetime.now(UTC))), ("exported by", str(actor.id)),
                ("purpose", actor.purpose), ("export id", str(id)),
                *await self._state(db, actor),
            ]  # fmt: skip
            details = {"format": format, "results": len(hits)}
            await record(db, actor, Event.SEARCH_RESULT_EXPORT, id, details)
        return await asyncio.to_thread(export.written, format, head, hits)

    async def _narrowed(
        self, db: asyncpg.Connection, actor: Actor, filters: Filters
    ) -> list[tuple[str, str]]:
        """The filters that were set, by name and value."""
        nothing: dict[str, Sequence[UUID]] = dict.fromkeys(facets.FACETS, ())
        records = Records(self._vault, actor.tenant_id)
        chosen = await facets.count(db, actor, records, filters, nothing)
        told = [
            (
                f"only {facet.name.replace('_', ' ')}",
                "; ".join(v.name or v.value for v in facet.values),
            )
            for facet in chosen
            if getattr(filters, facet.name)
        ]
        return [*told, ("in force on", str(filters.as_at or today()))]

    async def _state(self, db: asyncpg.Connection, actor: Actor) -> list[tuple[str, str]]:
        allowed = await readable_collections(db, actor, P.SEARCH_PASSAGE_READ)
        row = await db.fetchrow(_STATE, actor.tenant_id, allowed)
        embedder = self._search.embedder
        return [
            ("index", f"change {row['head'] or 0}"),
            ("searched by words", f"{row['words']} versions of documents"),
            (
                "searched by meaning",
                f"{row['meaning']} versions, with {embedder.name}" if embedder else "not searched",
            ),
            (
                "not searched",
                f"{row['waiting']} being read, {row['failed']} that could not be read",
            ),
        ]

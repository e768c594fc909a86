"""What yente's routes do, by the registry's screening: the same permissions, alerts and evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.registry.hits import Hit, ListRef
from lionrock.screening.registry.registry import Registry
from lionrock.screening.registry.service import ScreeningService
from lionrock.screening.registry.states import State, applied
from lionrock.screening.yente import answers, datasets, examples, scale
from lionrock.screening.yente import shapes as s

if TYPE_CHECKING:
    import asyncpg

_SEEN: Final = """
SELECT e.list_id, e.entry_id, min(v.imported_at), max(v.imported_at), c.imported_at
FROM screening_entries e
JOIN screening_versions v
  ON (v.tenant_id, v.list_id, v.number) = (e.tenant_id, e.list_id, e.first_version)
JOIN screening_lists l ON (l.tenant_id, l.id) = (e.tenant_id, e.list_id)
JOIN screening_versions c
  ON (c.tenant_id, c.list_id, c.number) = (l.tenant_id, l.id, l.current_version)
WHERE e.tenant_id = $1 AND (e.list_id, e.entry_id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
  AND e.first_version <= l.current_version
GROUP BY e.list_id, e.entry_id, c.imported_at
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the results is asked for. Thresholds are on yente's scale, see `scale`."""

    dataset: str
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    topics: Sequence[str] = ()
    not_schemas: Collection[str] = ()
    not_ids: Collection[str] = ()
    threshold: float | None = None
    """None: each list's own."""
    cutoff: float | None = None
    limit: int = 5
    offset: int = 0
    schema: str = ""
    countries: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    lists: list[UUID]
    named: dict[UUID, str]
    titles: dict[str, str] = field(default_factory=dict)


class Yente:
    def __init__(self, database: Database, vault: Vault, registry: Registry) -> None:
        self._database, self._registry = database, registry
        self._lookups = ScreeningService(database, vault, registry.screener)
        """Kept and recorded as every screening, and raises no alerts."""

    async def catalog(self, actor: Actor) -> s.Catalog:
        """The lists in use, and "default" and "all", which are all of them."""
        lists = [
            x for x in await self._registry.lists.listing(actor) if x.active and x.current_version
        ]
        refs = [ListRef(x.id, x.name, x.kind, x.current_version) for x in lists]
        named = datasets.names(refs)
        own = [
            s.Dataset(
                name=named[x.id], title=x.name, version=str(x.current_version),
                index_version=str(x.current_version), entity_count=x.entries,
            )
            for x in lists
        ]  # fmt: skip
        total, version = sum(d.entity_count for d in own), "-".join(d.version for d in own)
        every = [
            s.Dataset(
                name=name, title="All lists in use", version=version, index_version=version,
                entity_count=total, children=[d.name for d in own],
            )
            for name in datasets.EVERY
        ]  # fmt: skip
        return s.Catalog(datasets=[*every, *own], current=[d.name for d in (*every, *own)])

    async def match(self, actor: Actor, query: s.MatchQuery, wanted: Wanted) -> s.MatchResponse:
        """Each query is a screening of its own; a result at or above the threshold is a match.

        Nothing is screened unless all of the queries can be.
        """
        require(actor, P.SCREENING_NAME_SCREEN)
        if query.weights or query.config:
            raise InvalidInput("This engine has one configuration: send no weights and no config.")
        asked = {k: (e, examples.entity_of(k, e)) for k, e in query.queries.items() if e}
        if not asked:
            raise InvalidInput("No queries were sent.")
        scope = await self._scope(actor, wanted)
        found = {}
        for key, (example, entity) in asked.items():
            hits, below = await self._found(actor, entity, scope, wanted)
            hits = [h for h in hits if self._kept(h, scope, wanted)]
            below = [h for h in below if self._kept(h, scope, wanted)]
            shown = [*((h, True) for h in hits), *((h, False) for h in below)]
            shown.sort(key=lambda one: -one[0].score)
            seen = await self._seen(actor, [h for h, _ in shown[: wanted.limit]])
            found[key] = s.Matches(
                results=[
                    answers.scored(h, scope.named, seen, match=match)
                    for h, match in shown[: wanted.limit]
                ],
                total=s.Total(value=len(shown)), query=examples.echoed(example),
            )  # fmt: skip
        return s.MatchResponse(responses=found, limit=wanted.limit)

    async def _found(
        self, actor: Actor, entity: Entity, scope: _Scope, wanted: Wanted
    ) -> tuple[list[Hit], list[Hit]]:
        """The matches, and what is between cutoff and threshold: that is looked up, not alerted on."""
        threshold = None if wanted.threshold is None else scale.asked(wanted.threshold)
        hits = await self._registry.screening.run(
            actor, entity, lists=scope.lists, threshold=threshold, kind="yente"
        )
        lines = [one.threshold_for("", THRESHOLD) for one in hits.state.lists]
        if wanted.cutoff is None or wanted.cutoff >= scale.shown(max(lines, default=THRESHOLD)):
            return hits.hits, []
        lower = scale.asked(max(wanted.cutoff, scale.LOWEST))
        more = await self._lookups.run(
            actor, entity, lists=scope.lists, threshold=lower, kind="search"
        )
        above = {(h.list.id, h.entry_id) for h in hits.hits}
        return hits.hits, [h for h in more.hits if (h.list.id, h.entry_id) not in above]

    async def search(self, actor: Actor, q: str, wanted: Wanted) -> s.SearchResponse:
        """Entries whose names are like `q`. Recorded as a screening; raises no alerts."""
        require(actor, P.SCREENING_NAME_SCREEN)
        schemas = answers.under(wanted.schema)
        if not q.strip():
            raise InvalidInput("Say what to search for: q is empty.")
        scope = await self._scope(actor, wanted)
        kind = (
            Schema(wanted.schema)
            if wanted.schema in {str(x) for x in Schema}
            else Schema.LEGAL_ENTITY
        )
        query = Entity("q", kind, (Name(q.strip()),))
        done = await self._lookups.run(
            actor, query, lists=scope.lists, threshold=scale.asked(scale.LOWEST), kind="search"
        )
        hits = [
            h for h in done.hits
            if self._kept(h, scope, wanted) and (schemas is None or str(h.entry.schema) in schemas)
        ]  # fmt: skip
        seen = await self._seen(actor, hits)
        every = [
            s.EntityShape(**answers.entity_shape(h.entry, h.list, h.entry_id, scope.named, seen))
            for h in hits
        ]
        return s.SearchResponse(
            results=every[wanted.offset : wanted.offset + wanted.limit],
            facets=answers.facets(every, scope.titles), total=s.Total(value=len(every)),
            limit=wanted.limit, offset=wanted.offset,
        )  # fmt: skip

    async def entity(self, actor: Actor, id: str) -> s.EntityShape:
        """The entry of that id. `Conflict` if several lists have one: "dataset:id" tells them apart."""
        require(actor, P.SCREENING_LIST_READ)
        async with self._database.tenant_session(actor) as db:
            state = await applied(db, actor.tenant_id)
            named = datasets.names(x.ref for x in state.lists)
            own, where = datasets.source_id(id, named)
            found = await self._entries(db, actor, state, own, where)
            if not found and own != id:
                found = await self._entries(db, actor, state, id, list(named))
        if not found:
            raise NotFound(ABSENT)
        if len(found) > 1:
            ids = ", ".join(f"{named[ref.id]}:{own}" for ref, _, _ in found)
            raise Conflict(f"Several lists have an entry of this id. Ask for one of: {ids}")
        ref, entry_id, entry = found[0]
        seen = await self._times(actor, [(ref.id, entry_id)])
        return s.EntityShape(**answers.entity_shape(entry, ref, entry_id, named, seen))

    async def _entries(
        self, db: asyncpg.Connection, actor: Actor, state: State, id: str, where: Collection[UUID]
    ) -> list[tuple[ListRef, UUID, Entity]]:
        found = []
        for one in state.lists:
            if one.ref.id in where:
                stored = await self._registry.entries.named(db, actor.tenant_id, one.ref, id)
                if stored is not None:
                    found.append((one.ref, stored.entry_id, stored.entity))
        return found

    async def _scope(self, actor: Actor, wanted: Wanted) -> _Scope:
        async with self._database.tenant_session(actor) as db:
            refs = [x.ref for x in (await applied(db, actor.tenant_id)).lists]
        lists = datasets.chosen(
            refs,
            wanted.dataset,
            include=wanted.include,
            exclude=wanted.exclude,
            topics=wanted.topics,
        )
        named = datasets.names(refs)
        return _Scope(lists, named, {named[r.id]: r.name for r in refs})

    def _kept(self, hit: Hit, scope: _Scope, wanted: Wanted) -> bool:
        ids = {hit.entry.id, f"{scope.named[hit.list.id]}:{hit.entry.id}"}
        wrong = str(hit.entry.schema) in wanted.not_schemas or ids & set(wanted.not_ids)
        return not wrong and (
            not wanted.countries or bool(set(wanted.countries) & set(hit.entry.countries))
        )

    async def _seen(self, actor: Actor, hits: Sequence[Hit]) -> answers.Seen:
        return await self._times(actor, [(h.list.id, h.entry_id) for h in hits])

    async def _times(self, actor: Actor, pairs: Sequence[tuple[UUID, UUID]]) -> answers.Seen:
        if not pairs:
            return {}
        lists, entries = zip(*pairs, strict=True)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_SEEN, actor.tenant_id, list(lists), list(entries))
        return {(r[0], r[1]): (r[2], r[3], r[4]) for r in rows}

"""A tuning run: draw, screen, simulate, write the report, and leave its SHA-256 in the log."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry.entries import Stored
from lionrock.screening.registry.registry import Registry
from lionrock.screening.registry.screener import Against
from lionrock.screening.registry.states import ListState, applied
from lionrock.screening.tuning import paper, sampling, simulation, trials, wording
from lionrock.screening.tuning.facts import Facts, ListFacts, Wanted
from lionrock.screening.tuning.progress import Stage, Tell, of_stage, silent

if TYPE_CHECKING:
    import asyncpg

_NEWEST: Final = 25


@dataclass(frozen=True, slots=True)
class Report:
    """`json`: the facts and their words in two languages, RFC 8785; `pdf`: the same to read, with the
    SHA-256 of `json` on it. Both hashes stand in the event `event`."""

    facts: Facts
    json: bytes
    pdf: bytes
    sha256: str
    pdf_sha256: str
    event: UUID


class Tuning:
    def __init__(self, database: Database, registry: Registry) -> None:
        self._database, self._registry = database, registry

    async def run(self, actor: Actor, wanted: Wanted | None = None, tell: Tell = silent) -> Report:
        """Measure and report, telling `tell` how far it is. Changes nothing; keeps nothing but the event.

        `NotFound` for a list not in use, `InvalidInput` if none is. Time: linear in what is drawn,
        some milliseconds a name. Memory: what is drawn, and its pairs above `FLOOR`.
        """
        require(actor, P.SCREENING_TUNING_RUN)
        wanted = wanted or Wanted()
        facts = await self._measured(actor, wanted, tell)
        tell(Stage.REPORT, 0, 0)
        written = canonical(wording.document(facts))
        sha256 = hashlib.sha256(written).hexdigest()
        pdf = await asyncio.to_thread(paper.pdf, facts, sha256)
        pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        details: dict[str, object] = {
            "sha256": sha256, "pdf_sha256": pdf_sha256, "seed": wanted.seed, "lists": len(facts.lists),
            "variants": sum(c.tried for c in facts.classes), "misses": len(facts.misses),
            "customers": facts.customers_sampled, "engine": facts.engine,
        }  # fmt: skip
        async with self._database.tenant_session(actor) as db:
            event = await record(db, actor, Event.SCREENING_TUNING_RUN, uuid4(), details)
        return Report(facts, written, pdf, sha256, pdf_sha256, event)

    async def _measured(self, actor: Actor, wanted: Wanted, tell: Tell) -> Facts:
        screener, tenant = self._registry.screener, actor.tenant_id
        random = Random(wanted.seed)
        async with self._database.tenant_session(actor) as db:
            every = await applied(db, tenant)
        state = every if wanted.lists is None else every.only(wanted.lists)
        if not state.lists:
            raise InvalidInput("No list is in use: import one, then measure.")
        async with (
            screener.against(actor, every) as leased,
            self._database.tenant_session(actor) as db,
        ):
            against = Against(state, leased.index)
            lists, drawn = await self._lists(db, tenant, against, wanted, random)
            tried = await trials.try_variants(
                db, tenant, screener, against, drawn, random, of_stage(tell, Stage.NAMES)
            )
            total, people = await sampling.customers(
                db, tenant, self._registry.customers, wanted.customers, random
            )
            crowd = await trials.try_customers(
                db, tenant, screener, against, people, of_stage(tell, Stage.CUSTOMERS)
            )
            decided = await sampling.decided(db, tenant, wanted.lists)
            made_at = await db.fetchval("SELECT now()")
        lines = [x.threshold for x in lists]
        return Facts(
            engine=screener.engine.version, made_at=made_at, tenant=tenant, wanted=wanted, lists=lists,
            classes=tried.classes(), misses=tried.misses, customers_in_all=total,
            customers_sampled=len(people), customers_hit=crowd.hit,
            above=crowd.side(crowd.above, wanted.pairs, random),
            below=crowd.side(crowd.below, wanted.pairs, random),
            decided={k: len(v) for k, v in sorted(decided.items())},
            curve=simulation.curve(tried.scores, crowd.best, decided, lines),
            bins=simulation.bins(tried.scores, crowd.scores, decided),
        )  # fmt: skip

    async def _lists(
        self, db: asyncpg.Connection, tenant: UUID, against: Against, wanted: Wanted, random: Random
    ) -> tuple[list[ListFacts], list[tuple[ListState, Stored]]]:
        """Facts of each list, and the entries drawn: each list's part is as large as its share."""
        screener, entries = self._registry.screener, self._registry.entries
        rows = {s.ref.id: await _version(db, tenant, s) for s in against.state.lists}
        shares = _shares([rows[s.ref.id]["total"] for s in against.state.lists], wanted.entries)
        facts: list[ListFacts] = []
        drawn: list[tuple[ListState, Stored]] = []
        for one, count in zip(against.state.lists, shares, strict=True):
            own = (
                await sampling.entries(db, tenant, entries, one.ref, count, random) if count else []
            )
            added, fresh = await sampling.newest(db, tenant, entries, one.ref, _NEWEST, random)
            found = await trials.find_exactly(db, tenant, screener, against, one, fresh)
            row = rows[one.ref.id]
            facts.append(
                ListFacts(
                    id=one.ref.id, name=one.ref.name, kind=one.ref.kind, version=one.ref.version,
                    published=row["published"], imported_at=row["imported_at"], entries=row["total"],
                    threshold=round(one.threshold_for("", screener.engine.threshold), 4),
                    sampled=len(own), drawn=sorted(s.entity.id for s in own),
                    newest=added, newest_sampled=len(fresh), newest_found=found,
                )
            )  # fmt: skip
            drawn += [(one, stored) for stored in own]
        return facts, drawn


async def _version(db: asyncpg.Connection, tenant: UUID, one: ListState) -> Any:
    return await db.fetchrow(
        "SELECT published, imported_at, total FROM screening_versions"
        " WHERE tenant_id = $1 AND list_id = $2 AND number = $3",
        *(tenant, one.ref.id, one.ref.version),
    )


def _shares(sizes: Sequence[int], count: int) -> list[int]:
    """`count` in proportion to the sizes; every list that has entries gets one at least."""
    whole = sum(sizes)
    return [min(size, max(1, count * size // whole)) if size else 0 for size in sizes]

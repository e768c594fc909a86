"""Keeping the hits of customers what a full screening would find, by screening what a change can affect.

A customer that was added, changed or ended is `pending` and screened against every list. A list that
changed leaves a rescreen: of entries added, changed and removed alone, looked for in an index of the
customers; or, where that is less work, every customer becomes pending. Every step is one transaction
and may be repeated, so a process killed anywhere loses nothing.

Why nothing is missed: customers are screened under the tenant's lock held shared, entries under it
held alone. Whoever holds it reads the lists as they are then. A rescreen leaves out customers that
are pending, and those that changed after the index it uses was built: these are, or have been,
screened against lists no older than the rescreen's.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity
from lionrock.screening.registry import faults, rescreens
from lionrock.screening.registry.customers import Customer, Customers
from lionrock.screening.registry.entries import Stored
from lionrock.screening.registry.faults import Fault
from lionrock.screening.registry.hits import Hit, HitSink
from lionrock.screening.registry.keeping import HitTable, Known
from lionrock.screening.registry.rescreens import Rescreen
from lionrock.screening.registry.screener import Against, Screener, in_order
from lionrock.screening.registry.screens import RANGE
from lionrock.screening.registry.states import ListState, applied

if TYPE_CHECKING:
    import asyncpg

    from lionrock.screening.registry.engine import SearchIndex

log = logging.getLogger(__name__)
_CUSTOMERS: Final = 50
_MOST_CUSTOMERS: Final = 1000
_ENTRIES: Final = 20
_PAGE: Final = 1000
_IDLE_SECONDS: Final = 2.0
CUSTOMERS_PER_ENTRY: Final = 10
"""From so many customers an affected entry on, entries are looked for among customers."""


class Continuous:
    def __init__(
        self, database: Database, vault: Vault, customers: Customers, screener: Screener,
        sink: HitSink | None = None, *, customers_per_entry: int = CUSTOMERS_PER_ENTRY,
    ) -> None:  # fmt: skip
        self._database, self._customers, self._screener = database, customers, screener
        self._hits = HitTable(vault, screener.engine.version)
        self._sink, self._per_entry = sink, customers_per_entry
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something changed: look now, not at the next tick."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled. What fails for one tenant is logged and does not stop the others."""
        while True:
            self._wake.clear()
            for tenant in await self._database.active_tenants():
                try:
                    await self.settle(tenant)
                except LionrockError as error:
                    log.warning("screening of tenant %s waits: %s", tenant, error.detail)
                except Exception:
                    log.exception("screening of tenant %s failed", tenant)
            try:
                await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
            except TimeoutError:
                continue

    async def settle(self, tenant: UUID) -> None:
        """Do all there is to do for a tenant."""
        async with self._database.tenant_session(worker(tenant)) as db:
            await rescreens.renew_engine(db, tenant, self._screener.engine.version)
        while await self._lists(tenant) or await self._pending(tenant):
            pass

    async def rescreen_all(self, tenant: UUID) -> None:
        """Screen every customer against every list."""
        async with self._database.tenant_session(worker(tenant)) as db:
            await rescreens.everyone(db, tenant)
        await self.settle(tenant)

    # -- Customers against lists -------------------------------------------------------------------

    async def _pending(self, tenant: UUID) -> bool:
        """Screen pending customers; False if there were none."""
        house, worked = worker(tenant), False
        async with self._database.tenant_session(house) as db:
            if not await rescreens.any_pending(db, tenant):
                return False
            state = await applied(db, tenant)
        most = await self._screener.screens.width() * RANGE
        most = min(max(most, _CUSTOMERS), _MOST_CUSTOMERS)
        async with self._screener.against(house, state) as against:
            while True:
                async with self._database.tenant_session(house) as db:
                    await rescreens.lock(db, tenant, alone=False)
                    if await applied(db, tenant) != state:
                        return True  # a list changed: screen against what it is now
                    rows = await rescreens.take_pending(db, tenant, most)
                    if not rows:
                        return worked
                    found = [self._customers.opened(r) for r in rows]
                    await self._screen(db, tenant, against, found)
                    worked = True

    async def _screen(
        self, db: asyncpg.Connection, tenant: UUID, against: Against, customers: Sequence[Customer]
    ) -> None:
        active = [c for c in customers if c.active]
        asked = [c.asked for c in active]
        each = await faults.each(self._screener, db, tenant, against, asked)
        by_id = dict(zip([c.id for c in active], each, strict=True))
        found = {id: hits for id, hits in by_id.items() if not isinstance(hits, Fault)}
        broken = {id: fault for id, fault in by_id.items() if isinstance(fault, Fault)}
        await self._failed(db, tenant, broken)
        ids = [c.id for c in customers if c.id not in broken]
        known = await self._hits.of_customers(db, tenant, ids)
        for id in ids:
            own = [k for k in known if k.customer_id == id]
            await self._write(db, tenant, id, own, found.get(id, []))
        await rescreens.screened(db, tenant, ids)

    async def _failed(
        self, db: asyncpg.Connection, tenant: UUID, broken: Mapping[UUID, Fault]
    ) -> None:
        """They stay pending, with the hits they had, and it is on record."""
        await rescreens.failed(db, tenant, list(broken))
        for id, fault in broken.items():
            details = {"error": fault.error}
            await record(db, worker(tenant), Event.SCREENING_CUSTOMER_FAIL, id, details)

    async def _write(
        self, db: asyncpg.Connection, tenant: UUID, customer: UUID, known: Sequence[Known],
        hits: Sequence[Hit],
    ) -> None:  # fmt: skip
        """Put `hits` in the place of `known`; tell the sink of those that are new or changed."""
        before = {k.pair: k for k in known}
        now = {(h.list.id, h.entry_id) for h in hits}
        changed = [
            h for h in hits
            if (k := before.get((h.list.id, h.entry_id))) is None or not k.same(h)
        ]  # fmt: skip
        gone = [k for k in known if k.pair not in now]
        if gone:
            await self._hits.remove(db, tenant, gone)
        if changed:
            await self._hits.keep(db, tenant, customer, changed)
        if self._sink is not None and (gone or changed):
            pairs = [k.pair for k in gone]
            await self._sink.hits_changed(db, worker(tenant), customer, changed, pairs)

    # -- Entries against customers -----------------------------------------------------------------

    async def _lists(self, tenant: UUID) -> bool:
        """Work off the oldest rescreen; False if there is none."""
        house = worker(tenant)
        async with self._database.tenant_session(house) as db:
            await rescreens.lock(db, tenant, alone=True)
            job = await rescreens.oldest(db, tenant)
            if job is None:
                return False
            await rescreens.again(db, tenant)
            plan = await rescreens.plan(db, tenant, job)
            if not plan.entries:
                await rescreens.finish(db, tenant, job)
                await self._finished(db, house, job, job.entries)
                return True
            if plan.entries * self._per_entry > plan.customers:
                await self._everyone(db, house, job, plan.entries)
                return True
            change = await rescreens.last_change(db, tenant)
        named = f"{self._screener.engine.version} {change}"
        name = hashlib.sha256(named.encode()).hexdigest()[:32]
        async with self._screener.indexes.lease(
            tenant, "customers", name, lambda: self._pages(house)
        ) as index:
            while await self._chunk(house, job.id, index, change):
                pass
        return True

    async def _everyone(
        self, db: asyncpg.Connection, house: Actor, job: Rescreen, entries: int
    ) -> None:
        """All customers instead. Rescreens that came later are done with it: all lists are screened
        as they are now."""
        await rescreens.everyone(db, house.tenant_id)
        await self._finished(db, house, job, entries)
        await rescreens.finish_all(db, house.tenant_id)

    async def _chunk(self, house: Actor, id: UUID, index: SearchIndex, change: int) -> bool:
        """Some entries of a rescreen; False once it is finished. `change` was read after it began."""
        tenant = house.tenant_id
        async with self._database.tenant_session(house) as db:
            await rescreens.lock(db, tenant, alone=True)
            job = await rescreens.oldest(db, tenant)
            if job is None or job.id != id:
                return False
            affected = await rescreens.affected(db, tenant, job, _ENTRIES)
            if not affected:
                await rescreens.finish(db, tenant, job)
                await self._finished(db, house, job, job.entries)
                return False
            state = (await applied(db, tenant)).get(job.list_id)
            live: dict[UUID, Stored] = {}
            if state is not None:
                ref = state.ref
                live = await self._screener.entries.these(db, tenant, ref.id, ref.version, affected)
            known = await self._hits.of_entries(db, tenant, job.list_id, affected)
            try:
                pairs = await asyncio.to_thread(self._candidates, index, state, live)
            except Exception as error:
                if not faults.of_one(error):
                    raise
                faults.fault_of(error)
                await self._everyone(db, house, job, job.entries + len(affected))
                return False
            for hit in known:
                pairs.setdefault(hit.entry_id, set()).add(hit.customer_id)
            wanted = set().union(*pairs.values())
            rows = await rescreens.settled(db, tenant, wanted, change)
            customers = [self._customers.opened(r) for r in rows]
            hits, broken = await asyncio.to_thread(
                self._judged, tenant, state, live, pairs, customers
            )
            await self._failed(db, tenant, broken)
            for id, found in hits.items():
                own = [k for k in known if k.customer_id == id]
                await self._write(db, tenant, id, own, found)
            await rescreens.advance(db, tenant, job, affected)
        return True

    def _candidates(
        self, index: SearchIndex, state: ListState | None, live: dict[UUID, Stored]
    ) -> dict[UUID, set[UUID]]:
        """Customers that each entry would be a hit of."""
        if state is None:
            return {}
        default = self._screener.engine.threshold
        lowest = min([state.threshold_for("", default), *state.types.values()])
        return {
            id: {UUID(hex=found) for found in index.reached(s.entity, threshold=lowest)}
            for id, s in live.items()
        }

    def _judged(
        self, tenant: UUID, state: ListState | None, live: dict[UUID, Stored],
        pairs: dict[UUID, set[UUID]], customers: Sequence[Customer],
    ) -> tuple[dict[UUID, list[Hit]], dict[UUID, Fault]]:  # fmt: skip
        hits: dict[UUID, list[Hit]] = {}
        broken: dict[UUID, Fault] = {}
        for c in customers:
            likely = [e for e, found in pairs.items() if c.id in found and e in live]
            try:
                hits[c.id] = in_order(
                    self._screener.judge(tenant, c.asked, state, live[e])
                    for e in likely
                    if state is not None
                )
            except Exception as error:
                if not faults.of_one(error):
                    raise
                broken[c.id] = faults.fault_of(error)
        return hits, broken

    async def _pages(self, house: Actor) -> AsyncIterator[Sequence[Entity]]:
        """Active customers under their ids here."""
        last = UUID(int=0)
        while True:
            async with self._database.tenant_session(house) as db:
                rows = await rescreens.page_of_active(db, house.tenant_id, last, _PAGE)
            yield [replace(self._customers.opened(r).entity, id=r["id"].hex) for r in rows]
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]

    async def _finished(
        self, db: asyncpg.Connection, house: Actor, job: Rescreen, entries: int
    ) -> None:
        await record(db, house, Event.SCREENING_RESCREEN_FINISH, job.list_id, {"entries": entries})

"""Screening a file of names: a job in PostgreSQL, cut into chunks that any number of workers take.

The file is read once and kept, sealed, some hundred rows a chunk. A worker locks a chunk (FOR UPDATE
SKIP LOCKED), screens it, and commits the result with it: a worker killed in between lets go of its
chunk, and none is done twice. List versions and thresholds are those of the moment the file came, so
that the result is the same whichever worker does what and when.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from uuid import UUID, uuid4

from lionrock.errors import Conflict, Forbidden, LionrockError, NotFound
from lionrock.kernel.actors import NOBODY, Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, Resource, decide, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.holds import refuse_held, take_turns
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entity_json import told, understood
from lionrock.screening.registry import batch_rows
from lionrock.screening.registry.batch_results import Output, hit_told, written
from lionrock.screening.registry.batch_rows import Batch, batch_of
from lionrock.screening.registry.coding import pack, unpack
from lionrock.screening.registry.faults import Fault, each
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.rows import Row, read
from lionrock.screening.registry.screener import Against, Asked, Screener
from lionrock.screening.registry.screens import RANGE
from lionrock.screening.registry.states import State, applied
from lionrock.screening.registry.tabular import Format, sha256_of

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger(__name__)
TABLE: Final = "screening_batch_chunks"
CHUNK: Final = 100
STALE: Final = timedelta(minutes=10)
_LANES: Final = 8
"""Chunks that one process works on at once, at most: each holds a connection to the database."""
_IDLE_SECONDS: Final = 2.0


class Batches:
    def __init__(
        self, database: Database, vault: Vault, screener: Screener, *, chunk: int = CHUNK,
        after: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`chunk`: rows a worker takes at once. `after` is told of each chunk committed; tests stop
        the process there."""
        self._database, self._vault, self._screener = database, vault, screener
        self._rows, self._after = chunk, after
        self._wake = asyncio.Event()

    async def submit(self, actor: Actor, file: BinaryIO, format: Format) -> UUID:
        """Take a file in (see `rows`), to be screened against the lists in use now.

        The same bytes sent again by the same, while they are screened against the same lists, are the
        file they were. `file` can be sought in. Nothing of it stays if it cannot be read to its end.
        Memory: a chunk.
        """
        require(actor, P.SCREENING_BATCH_RUN)
        if actor.zero_retention:
            raise Conflict(
                "A file is kept until its results are removed; nothing of yours is kept."
            )
        sha256, made = await asyncio.to_thread(sha256_of, file), uuid4()
        engine = self._screener.engine.version
        async with self._database.tenant_session(actor) as db:
            state = await applied(db, actor.tenant_id)
            if not state.lists:
                raise Conflict("There is no list to screen against: import one first.")
            same = (sha256, state.written(), actor.id)
            if there := await batch_rows.running_like(db, actor.tenant_id, *same):
                return there
            await batch_rows.begin(db, actor.tenant_id, made, state.written(), engine, actor.id)
        try:
            total = await self._take_in(actor, made, read(file, format))
            async with self._database.tenant_session(actor) as db:
                await batch_rows.start(db, actor.tenant_id, made, sha256, total)
                details = {"sha256": sha256.hex(), "rows": total, "lists": len(state.lists)}
                await record(db, actor, Event.SCREENING_BATCH_START, made, details)
        except BaseException:
            await asyncio.shield(self._forget(actor, made))
            raise
        self._wake.set()
        return made

    async def _take_in(self, actor: Actor, batch: UUID, reading: Iterator[Row]) -> int:
        number, total = 0, 0

        def chunk() -> tuple[int, bytes]:
            found = list(islice(reading, self._rows))
            return len(found), self._sealed(actor.tenant_id, batch, number, "body", _rows(found))

        while True:
            count, body = await asyncio.to_thread(chunk)
            if not count:
                return total
            async with self._database.tenant_session(actor) as db:
                await batch_rows.add(db, actor.tenant_id, batch, number, total + 1, count, body)
            number, total = number + 1, total + count

    async def get(self, actor: Actor, batch: UUID) -> Batch:
        """State and progress."""
        require(actor, P.SCREENING_BATCH_RUN)
        async with self._database.tenant_session(actor) as db:
            return batch_of(await batch_rows.row(db, actor.tenant_id, batch))

    async def listing(self, actor: Actor) -> list[Batch]:
        """The newest first, 200 at most."""
        require(actor, P.SCREENING_BATCH_RUN)
        async with self._database.tenant_session(actor) as db:
            rows = await batch_rows.all_of(db, actor.tenant_id)
        return [batch_of(r) for r in rows]

    async def stop(self, actor: Actor, batch: UUID) -> None:
        """No further chunk is begun; what is done stays."""
        require(actor, P.SCREENING_BATCH_RUN)
        async with self._database.tenant_session(actor) as db:
            _theirs(actor, await batch_rows.row(db, actor.tenant_id, batch))
            if not await batch_rows.stop(db, actor.tenant_id, batch):
                raise NotFound(ABSENT)
            await record(db, actor, Event.SCREENING_BATCH_STOP, batch)

    async def remove(self, actor: Actor, batch: UUID) -> None:
        """The file and its results. `Conflict` if a hold keeps them."""
        require(actor, P.SCREENING_BATCH_RUN)
        async with self._database.tenant_session(actor) as db:
            await take_turns(db, actor.tenant_id)
            await refuse_held(db, "batch", batch)
            _theirs(actor, await batch_rows.row(db, actor.tenant_id, batch))
            await batch_rows.remove(db, actor.tenant_id, batch)
            await record(db, actor, Event.SCREENING_BATCH_REMOVE, batch)

    async def results(self, actor: Actor, batch: UUID, output: Output) -> AsyncIterator[bytes]:
        """What has been screened so far, in the order of the file. Memory: a chunk."""
        require(actor, P.SCREENING_BATCH_RUN)
        async with self._database.tenant_session(actor) as db:
            _theirs(actor, await batch_rows.row(db, actor.tenant_id, batch))
            await record(db, actor, Event.SCREENING_BATCH_EXPORT, batch, {"format": output})
        number = -1
        while True:
            async with self._database.tenant_session(actor) as db:
                row = await batch_rows.next_done(db, actor.tenant_id, batch, number)
            if row is None:
                break
            found = self._opened(actor.tenant_id, batch, row["number"], "result", row["result"])
            yield written(output, found, first=number < 0)
            number = row["number"]

    # -- Workers -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled. Several processes may."""
        while True:
            self._wake.clear()
            for tenant in await self._database.active_tenants():
                try:
                    await self.work(tenant)
                except LionrockError as error:
                    log.warning("a file of tenant %s waits: %s", tenant, error.detail)
                except Exception:
                    log.exception("screening a file of tenant %s failed", tenant)
            try:
                await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
            except TimeoutError:
                continue

    async def work(self, tenant: UUID) -> int:
        """Every chunk of the tenant's that no other worker has; how many."""
        house, done = worker(tenant), 0
        async with self._database.tenant_session(house) as db:
            await batch_rows.forget_stale(db, tenant, STALE)
            running = await batch_rows.running(db, tenant)
            current = await applied(db, tenant)
        for row in running:
            try:
                done += await self._work(house, row, current)
            except LionrockError as error:
                log.warning("a file of tenant %s waits: %s", tenant, error.detail)
            except Exception:
                log.exception("screening a file of tenant %s failed", tenant)
        return done

    async def _work(self, house: Actor, row: asyncpg.Record, current: State) -> int:
        await self._renew(house, row)
        state = State.read(row["settings"])
        keep = state.versions() == current.versions()
        async with self._screener.against(house, state, keep=keep) as against:
            return await self._lanes(house, row["id"], against)

    async def _lanes(self, house: Actor, batch: UUID, against: Against) -> int:
        """As many chunks at once as keep busy who searches."""
        lanes = -(-await self._screener.screens.width() // -(-self._rows // RANGE))
        working = [self._chunks(house, batch, against) for _ in range(min(lanes, _LANES))]
        found = await asyncio.gather(*working, return_exceptions=True)
        for error in found:
            if isinstance(error, BaseException):
                raise error
        return sum(n for n in found if isinstance(n, int))

    async def _chunks(self, house: Actor, batch: UUID, against: Against) -> int:
        done = 0
        while await self._chunk(house, batch, against):
            done += 1
            self._after()
        return done

    async def _renew(self, house: Actor, row: asyncpg.Record) -> None:
        """What another engine has done is done again: one file, one engine."""
        engine = self._screener.engine.version
        if row["engine"] != engine:
            async with self._database.tenant_session(house) as db:
                await batch_rows.restart(db, house.tenant_id, row["id"], engine)

    async def _chunk(self, house: Actor, batch: UUID, against: Against) -> bool:
        """Screen one; False if there is none to take."""
        tenant = house.tenant_id
        async with self._database.tenant_session(house) as db:
            row = await batch_rows.take(db, tenant, batch)
            if row is None:
                return False
            rows = _read(self._opened(tenant, batch, row["number"], "body", row["body"]))
            asked = [Asked(r.entity, r.type) for r in rows if r.entity is not None]
            hits = iter(await each(self._screener, db, tenant, against, asked))
            result = [_result(r, [] if r.entity is None else next(hits)) for r in rows]
            sealed = self._sealed(tenant, batch, row["number"], "result", result)
            counts = sum(len(r["hits"]) for r in result), sum(bool(r["fault"]) for r in result)
            done = await batch_rows.done(db, tenant, batch, row["number"], *counts, sealed)
            if done is not None and done["state"] == "done":
                details = {"names": done["total"], "hits": done["hits"], "failed": done["failed"]}
                await record(db, house, Event.SCREENING_BATCH_FINISH, batch, details)
        return True

    async def _forget(self, actor: Actor, batch: UUID) -> None:
        async with self._database.tenant_session(actor) as db:
            await batch_rows.remove(db, actor.tenant_id, batch)

    def _sealed(self, tenant: UUID, batch: UUID, number: int, column: str, value: Any) -> bytes:
        key = self._vault.make(tenant)
        return key.seal(TABLE, f"{batch.hex}/{number}", column, pack(value))

    def _opened(self, tenant: UUID, batch: UUID, number: int, column: str, sealed: bytes) -> Any:
        key = self._vault.key(tenant)
        return unpack(key.open(TABLE, f"{batch.hex}/{number}", column, sealed))


def may_have(actor: Actor, created_by: UUID) -> bool:
    """Results, and an end put to them: for whoever sent the file, and for those who decide on hits."""
    others = Resource(actor.tenant_id, created_by=frozenset({NOBODY}), state="pending")
    return created_by in actor.people or bool(decide(actor, P.SCREENING_ALERT_DECIDE, others))


def _theirs(actor: Actor, row: asyncpg.Record) -> None:
    if not may_have(actor, row["created_by"]):
        raise Forbidden("The file is another's: they, or a reviewer, may do this.")


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [_row(r) for r in rows]


def _row(row: Row) -> dict[str, Any]:
    entity = None if row.entity is None else told(row.entity)
    return {"number": row.number, "type": row.type, "entity": entity, "fault": row.fault}


def _result(row: Row, found: list[Hit] | Fault) -> dict[str, Any]:
    if isinstance(found, Fault):
        return {**_row(row), "fault": found.words, "hits": []}
    return {**_row(row), "hits": [hit_told(h) for h in found]}


def _read(kept: list[dict[str, Any]]) -> list[Row]:
    return [
        Row(k["number"], k["type"], understood(k["entity"]) if k["entity"] else None, k["fault"])
        for k in kept
    ]

"""Group commit: one task writes what has queued since its last round trip, in one transaction.

A group that the server refused is tried one call at a time, so that nobody fails for another's call.
Where nobody knows whether a group was written (the connection broke), its admissions are refused and
voided later, and its settlements, which count once, are written again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import LedgerUnavailable
from lionrock.gateway.ledger.calls import NOTHING, Admission
from lionrock.gateway.ledger.group import COMMIT, Beginning, Ending, Group
from lionrock.gateway.ledger.refusals import refusal
from lionrock.kernel.database import Database, Line
from lionrock.kernel.telemetry import Telemetry

log = logging.getLogger(__name__)

LARGEST_GROUP: Final = 256
MOST_WAITING: Final = 10_000
_PAUSE: Final = 0.2
"""Seconds before the next connection is tried."""
_LINGER: Final = 0.005
"""Seconds that settlements nobody waits for wait for an admission: one round trip and one write to
disk for both, and the admission does not wait for theirs."""
RETRY_AFTER: Final = 5.0

Clock = Callable[[], datetime]
_PASSING: Final = frozenset({"25", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that are not the call's doing: read only, deadlock, disk full, locks, I/O."""
_GONE: Final = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


class Writer:
    def __init__(
        self, database: Database, instance: UUID, clock: Clock | None, patience: float
    ) -> None:
        """`clock`: of tests; otherwise PostgreSQL's, which all processes share."""
        self._database, self._instance = database, instance
        self._clock, self._patience = clock, patience
        self.telemetry = Telemetry()
        self._waiting = Group()
        self._doubtful: list[Ending] = []
        self._doubted_before: list[Ending] = []
        self._answers = True
        self.doubted = False
        """Was it ever unknown whether something had been written?"""
        self._wake = asyncio.Event()
        self._awaited = asyncio.Event()
        """Set while someone waits for what is queued."""
        self._beat = False
        self.quiet = asyncio.Event()
        """Set while nothing waits and nothing is being written."""
        self.quiet.set()

    @property
    def waiting(self) -> int:
        """Admissions and settlements for the next groups."""
        return len(self._waiting)

    async def admit(self, admission: Admission) -> None:
        """Returns once the call is admitted and that is durable; raises what speaks against it."""
        if len(self._waiting.beginnings) >= MOST_WAITING:
            raise _unavailable("too many calls wait for it")
        future = asyncio.get_running_loop().create_future()
        self._waiting.beginnings.append(Beginning(admission, future))
        self._awaited.set()
        self._stir()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.settle(_void(admission))  # admitted in the moment in which the caller went
            raise

    def settle(self, ending: Ending) -> None:
        """Queued; `ending.future` is done when it is written."""
        self._waiting.endings.append(ending)
        if ending.future is not None:
            self._awaited.set()
        self._stir()

    def beat(self) -> None:
        """Have the lease renewed with the next group, and voided what is in doubt since the last beat
        but one: the server has given it up by then, or it is there."""
        self._waiting.endings += self._doubted_before
        self._doubted_before, self._doubtful = self._doubtful, []
        self._beat = True
        self._stir()

    def _stir(self) -> None:
        self.quiet.clear()
        self._wake.set()

    def _rest(self) -> None:
        if not len(self._waiting):
            self.quiet.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with self._database.line(COMMIT, self._patience) as line:
                    while await self._next(line):
                        pass
                    line.drop()
            except Exception as error:  # whatever it is, who waits is refused and it is tried again
                self._tell("the ledger has no connection", error)
                refused, self._waiting.beginnings = self._waiting.beginnings, []
                _refuse(refused)
                self._rest()
            await asyncio.sleep(_PAUSE)

    def _tell(self, what: str, error: BaseException) -> None:
        """Once for each time that it stops to answer."""
        if self._answers:
            log.warning("%s: %s", what, type(error).__name__)
        self._answers = False

    async def _next(self, line: Line) -> bool:
        """Write one group; False when the connection is not to be used again."""
        await self._wake.wait()
        if not (self._awaited.is_set() or self._beat):
            lingered = asyncio.get_running_loop().call_later(_LINGER, self._awaited.set)
            await self._awaited.wait()
            lingered.cancel()
        await asyncio.sleep(0)  # who is ready in this turn of the loop comes along
        group = self._taken()
        if len(group) or self._beat:
            self._beat = False
            try:
                return await self._write(line, group)
            finally:
                self._rest()
        return True

    def _taken(self) -> Group:
        waiting = self._waiting
        group = Group(waiting.endings[:LARGEST_GROUP], waiting.beginnings[:LARGEST_GROUP])
        self._waiting = Group(waiting.endings[LARGEST_GROUP:], waiting.beginnings[LARGEST_GROUP:])
        if not len(self._waiting):
            self._wake.clear()
            self._awaited.clear()
        return group

    async def _write(self, line: Line, group: Group) -> bool:
        tenants, arguments = group.arguments(self._instance, self._clock and self._clock())
        began = monotonic()
        try:
            verdicts = await line.call(tenants, *arguments)
        except asyncpg.QueryCanceledError:  # rolled back: it waited too long for others
            self._put_back(group)
            return True
        except asyncpg.PostgresError as error:
            if isinstance(error, _GONE):
                return self._in_doubt(group, error)
            return await self._apart(line, group, error)
        except (Exception, asyncio.CancelledError) as error:
            self._in_doubt(group, error)
            if isinstance(error, Exception):
                return False
            line.drop()
            raise
        self._answers = True
        self.telemetry.measures.committed(len(group), monotonic() - began)
        self._deliver(group, verdicts)
        return True

    def _deliver(self, group: Group, verdicts: list[str | None]) -> None:
        for ending in group.endings:
            ending.done()
        for beginning, verdict in zip(group.beginnings, verdicts, strict=True):
            if beginning.future.done():  # nobody waits for it any more
                if verdict is None:
                    self.settle(_void(beginning.admission))
            elif verdict is None:
                beginning.future.set_result(None)
            else:
                beginning.future.set_exception(refusal(verdict, beginning.admission.call))

    async def _apart(self, line: Line, group: Group, error: asyncpg.PostgresError) -> bool:
        if len(group) > 1:
            stands = True
            for one in group.apart():
                if stands:
                    stands = await self._write(line, one)
                else:
                    self._put_back(one)
            return stands
        if (error.sqlstate or "")[:2] in _PASSING:
            self._tell("the ledger's server cannot write", error)
            self._put_back(group)
            return False
        log.error("the ledger refused a call: %s", type(error).__name__)
        _refuse(group.beginnings)
        for ending in group.endings:
            ending.done(_unavailable("it refused a settlement"))
        return True

    def _in_doubt(self, group: Group, error: BaseException) -> bool:
        self._tell("the ledger's connection broke", error)
        self._doubtful += [_void(b.admission) for b in group.beginnings]
        self.doubted |= bool(group.beginnings)
        self._put_back(group)
        return False

    def _put_back(self, group: Group) -> None:
        """Settlements stay until they are written; admissions are refused."""
        self._waiting.endings[:0] = group.endings
        if group.endings:
            self._wake.set()
        _refuse(group.beginnings)


def _void(admission: Admission) -> Ending:
    call = admission.call
    return Ending(call.tenant, admission.id, call.member, call.key, NOTHING, 0)


def _refuse(beginnings: list[Beginning]) -> None:
    for beginning in beginnings:
        if not beginning.future.done():
            beginning.future.set_exception(_unavailable("PostgreSQL does not answer in time"))


def _unavailable(why: str) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"The ledger of usage cannot answer ({why}), and without it no call is made. Try again.",
        retry_after=RETRY_AFTER,
    )

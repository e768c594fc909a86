"""The engines of this installation, and the one way to a place at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable

from lionrock.errors import InvalidInput, NotFound
from lionrock.gateway.pool.connections import Connection
from lionrock.gateway.pool.dispatcher import MOST_WAITING, Dispatcher
from lionrock.gateway.pool.engines import Engine, Worst, not_offered, worst
from lionrock.gateway.pool.health import Watch
from lionrock.gateway.pool.lanes import Lane, LaneState
from lionrock.gateway.pool.leases import Lease
from lionrock.gateway.pool.waiters import Waiter
from lionrock.kernel.egress import Gate
from lionrock.kernel.tasks import stop

_USUAL_TOKENS = 1000.0


class Pool:
    """`start` before use, `close` at the end, all in one event loop. `egress` is asked before each
    request to an engine that is not on a unix socket."""

    def __init__(
        self, engines: Iterable[Engine], *, egress: Gate, most_waiting: int = MOST_WAITING
    ) -> None:
        self._lanes = {engine.name: Lane(engine) for engine in engines}
        self._dispatcher = Dispatcher(self._lanes.values(), most_waiting=most_waiting)
        self._connections = {
            name: Connection(lane.engine, egress) for name, lane in self._lanes.items()
        }
        self._offered: dict[str, Worst] = {}
        for lane in self._lanes.values():
            for offer in lane.engine.offers:
                found = worst(self.engines(), offer.name)
                assert found is not None
                self._offered[offer.name] = found
        self._watching: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Check each engine once, together, then keep checking. One that is down is no error."""
        watches = [
            Watch(lane, self._connections[name].probe, self._dispatcher)
            for name, lane in self._lanes.items()
        ]
        await asyncio.gather(*(watch.check() for watch in watches))
        self._watching = [asyncio.create_task(watch.run()) for watch in watches]

    async def close(self) -> None:
        """Stop checking and close the connections; leases should have ended."""
        watching, self._watching = self._watching, []
        await stop(*watching)
        for connection in self._connections.values():
            await connection.close()

    def engines(self, model: str | None = None) -> tuple[Engine, ...]:
        """Those that serve `model`, or all; in the order of the file, well or not."""
        found = (lane.engine for lane in self._lanes.values())
        return tuple(e for e in found if model is None or e.offer(model) is not None)

    def models(self) -> tuple[Worst, ...]:
        """What is offered, by name."""
        return tuple(self._offered[name] for name in sorted(self._offered))

    def model(self, name: str) -> Worst:
        """For admission: what fits every engine of the model, at the dearest price. Or NotFound."""
        found = self._offered.get(name)
        if found is None:
            raise not_offered(name, self._offered)
        return found

    def lease(
        self,
        model: str,
        tenant: Hashable,
        *,
        deadline: float,
        tokens: float = _USUAL_TOKENS,
        priority: int = 0,
        share: float = 1.0,
        inside_only: bool = False,
        not_engine: tuple[str, ...] = (),
    ) -> Lease:
        """`async with` it for an `Upstream`: the least full engine that is well, or a fair wait.

        `deadline`: of waiting, by the event loop's clock (`loop.time()`); not of the call.
        `tokens`: in and out, estimated. `priority`: lower goes earlier among the tenant's own.
        `share`: the tenant's weight against others'. `not_engine`: names of those that failed
        this request already; ask again with them only while nothing was sent to the client.

        Entering raises NotFound, EngineUnavailable or EngineBusy; the last two tell `retry_after`.
        """
        if not share > 0:
            raise InvalidInput(f"A tenant's share is more than 0; {share} was given.")
        waiter = Waiter(
            model, tenant, max(tokens, 1.0), share, priority, deadline, inside_only, not_engine
        )
        return Lease(self._dispatcher, self._connections, waiter)

    def drain(self, engine: str) -> None:
        """Send it nothing more; what it works on goes on to its end. Until `resume`: to be kept over a
        restart it is for `gateway.operating`."""
        self._dispatcher.drain(self._lane(engine))

    def resume(self, engine: str) -> None:
        lane = self._lane(engine)
        lane.draining = False
        self._dispatcher.dispatch(lane)

    async def drained(self, engine: str) -> None:
        """Return when it works on nothing any more."""
        lane = self._lane(engine)
        while lane.busy:
            lane.quiet.clear()
            await lane.quiet.wait()

    def states(self) -> list[LaneState]:
        """How each engine does, for the operator and for metrics."""
        now = asyncio.get_running_loop().time()
        return [lane.state(now) for lane in self._lanes.values()]

    def state(self, engine: str) -> LaneState:
        """Or NotFound, with the names there are."""
        return self._lane(engine).state(asyncio.get_running_loop().time())

    def engine(self, name: str) -> Engine:
        return self._lane(name).engine

    def _lane(self, engine: str) -> Lane:
        lane = self._lanes.get(engine)
        if lane is None:
            raise NotFound(
                f"There is no engine {engine[:80]!r}. There are: {', '.join(self._lanes)}."
            )
        return lane

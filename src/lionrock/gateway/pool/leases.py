"""A place at an engine for the length of one call: `async with pool.lease(…) as upstream:`."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

import aiohttp
from aiohttp.client import _RequestContextManager

from lionrock.errors import EngineUnavailable
from lionrock.gateway.pool.circuit import Outcome
from lionrock.gateway.pool.connections import Connection
from lionrock.gateway.pool.dispatcher import Dispatcher
from lionrock.gateway.pool.engines import Engine, Offer
from lionrock.gateway.pool.waiters import Waiter

_FAILED = frozenset({401, 403, 502, 503, 504})
# A 500 can be the request's own doing: one tenant's bad request must not close an engine to others.
_PROVES_NOTHING = frozenset({408, 425, 429, 500})


class Upstream:
    """The engine and the model of this call, and what the call tells about them."""

    __slots__ = ("_connection", "_waiter", "engine", "model")

    def __init__(self, waiter: Waiter, engine: Engine, model: Offer, to: Connection) -> None:
        self.engine, self.model = engine, model
        self._waiter, self._connection = waiter, to

    @property
    def waited(self) -> float:
        """Seconds from asking until it had its place."""
        return self._waiter.began - self._waiter.since

    def post(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        silence: float | None = None,
    ) -> _RequestContextManager:
        """See `Connection.post`; aiohttp's errors (`aiohttp.ClientError`) are for the caller."""
        return self._connection.post(path, body, headers, silence)

    def answered(self, status: int) -> None:
        """The HTTP status it answered with. Without word, a block that ends well was a success."""
        if status in _FAILED:
            self._waiter.outcome = Outcome.BAD
        elif status in _PROVES_NOTHING:
            self._waiter.outcome = Outcome.NEITHER
        else:
            self._waiter.outcome = Outcome.GOOD

    def failed(self) -> None:
        """It broke off or fell silent, and the caller has dealt with the error."""
        self._waiter.outcome = Outcome.BAD

    def spent(self, tokens: float) -> None:
        """Tokens in and out that it came to: the tenant's share is put right when the lease ends."""
        self._waiter.real = tokens


class Lease:
    """Made by `Pool.lease`; for one `async with`."""

    __slots__ = ("_connections", "_dispatcher", "_waiter")

    def __init__(
        self, dispatcher: Dispatcher, connections: Mapping[str, Connection], waiter: Waiter
    ) -> None:
        self._dispatcher, self._connections, self._waiter = dispatcher, connections, waiter

    async def __aenter__(self) -> Upstream:
        waiter = self._waiter
        engine = (await self._dispatcher.take(waiter)).engine
        offer = engine.offer(waiter.model)
        assert offer is not None
        return Upstream(waiter, engine, offer, self._connections[engine.name])

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._dispatcher.release(self._waiter, _outcome(self._waiter.outcome, error))


def _outcome(said: Outcome | None, error: BaseException | None) -> Outcome:
    """An error of anyone but the engine (a client that left, say) tells nothing about the engine."""
    if isinstance(error, aiohttp.ClientError):
        return Outcome.BAD
    if said is not None:
        return said
    if error is None:
        return Outcome.GOOD
    return Outcome.BAD if isinstance(error, EngineUnavailable) else Outcome.NEITHER

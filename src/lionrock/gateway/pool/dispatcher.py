"""Gives requests their places: at once where one is free, else in fair order. Timers, but no network.

A request waits in the queue of every engine that could serve it, and goes to the first that has a
place. It costs one future and one timer; no task.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Iterable
from math import ceil

from lionrock.errors import EngineBusy, EngineUnavailable, LionrockError
from lionrock.gateway.pool.circuit import CircuitState, Outcome
from lionrock.gateway.pool.engines import Trust, not_offered
from lionrock.gateway.pool.lanes import Lane
from lionrock.gateway.pool.rates import retry_after, together
from lionrock.gateway.pool.waiters import Waiter

MOST_WAITING = 2000
"""Requests of one tenant that may wait at one engine."""
HEALTH_SECONDS = 5.0
"""Between two health checks; a sick engine is not well again any sooner."""
_DOUBT = 2.0
"""A wait is measured from requests that were not this one: refused before it is tried is only what
would wait this many times longer than it can."""


class Dispatcher:
    """Use it in one event loop."""

    def __init__(self, lanes: Iterable[Lane], *, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._lanes: dict[str, list[Lane]] = {}
        for lane in lanes:
            for offer in lane.engine.offers:
                self._lanes.setdefault(offer.name, []).append(lane)

    async def take(self, waiter: Waiter) -> Lane:
        """A place for it. NotFound, EngineUnavailable, or EngineBusy with an honest `retry_after`.

        Whoever takes it must `release` it.
        """
        loop = get_running_loop()
        now = waiter.since = loop.time()
        lanes = self._candidates(waiter)
        best: Lane | None = None
        for lane in lanes:
            if (
                lane.has_place(now)
                and not lane.queue
                and (best is None or lane.fullness < best.fullness)
            ):
                best = lane
        if best is None:
            return await self._wait(waiter, lanes, loop, now)
        best.queue.serve(waiter.tenant, waiter.share, waiter.tokens)
        _begin(best, waiter, now)
        return best

    def release(self, waiter: Waiter, outcome: Outcome) -> None:
        """Give the place back, once; the next gets it."""
        lane, waiter.lane = waiter.lane, None
        if lane is None:
            return
        loop = get_running_loop()
        if lane.end(waiter, outcome, loop.time()):
            loop.call_at(lane.circuit.until, self.dispatch, lane)
        if lane.queue:
            self.dispatch(lane)

    def dispatch(self, lane: Lane) -> None:
        """Fill its free places with who waits. To be called whenever it may have become usable."""
        now = get_running_loop().time()
        while lane.has_place(now):
            waiter = lane.queue.pop()
            if waiter is None:
                _rest(lane)
                return
            if waiter.future is None or waiter.future.done():  # cancelled just now
                lane.queue.settle(waiter.tenant, waiter.share, waiter.tokens, 0)
                continue
            for other in waiter.lanes:
                if other is not lane:
                    other.queue.discard(waiter)
            _begin(lane, waiter, now)
            waiter.future.set_result(None)

    def drain(self, lane: Lane) -> None:
        """Who waits for it alone is refused; the rest wait on for the others."""
        lane.draining = True
        now = get_running_loop().time()
        kept: list[Waiter] = []
        while waiter := lane.queue.pop():
            kept.append(waiter)
        lane.queue.idle()
        for waiter in kept:
            waiter.lanes.remove(lane)
            if not waiter.lanes and waiter.future is not None and not waiter.future.done():
                waiter.future.set_exception(self._unavailable([lane], now))

    def _candidates(self, waiter: Waiter) -> list[Lane]:
        lanes = self._lanes.get(waiter.model)
        if lanes is None:
            raise not_offered(waiter.model, self._lanes)
        if waiter.inside_only:
            lanes = [lane for lane in lanes if lane.engine.trust is Trust.INSIDE]
            if not lanes:
                raise EngineUnavailable(
                    f"{waiter.model} is served by engines outside the institution only, which this "
                    "request may not go to."
                )
        if waiter.not_engine:
            lanes = [lane for lane in lanes if lane.engine.name not in waiter.not_engine]
            if not lanes:
                raise EngineUnavailable(
                    f"No other engine serves {waiter.model} than those that failed."
                )
        return lanes

    async def _wait(
        self, waiter: Waiter, lanes: list[Lane], loop: AbstractEventLoop, now: float
    ) -> Lane:
        waiter.lanes = [lane for lane in lanes if not lane.draining]
        self._admit(waiter, lanes, now)
        future = waiter.future = loop.create_future()
        expiry = loop.call_at(waiter.deadline, self._expire, waiter)
        for lane in waiter.lanes:
            lane.queue.add(waiter)
        try:
            await future
            assert waiter.lane is not None
            return waiter.lane
        except BaseException:
            _leave(waiter)
            self.release(waiter, Outcome.NEITHER)  # if it was cancelled after it got a place
            raise
        finally:
            expiry.cancel()
            waiter.future, waiter.lanes = None, []

    def _admit(self, waiter: Waiter, lanes: list[Lane], now: float) -> None:
        """Refuse what would wait in vain."""
        if not any(lane.alive(now) for lane in lanes):
            raise self._unavailable(lanes, now)
        patience = waiter.deadline - now
        if min(lane.queue.waiting(waiter.tenant) for lane in waiter.lanes) >= self._most_waiting:
            raise self._busy(
                waiter, 0.0, f"{self._most_waiting} of your requests are waiting already"
            )
        if patience <= 0:
            raise self._busy(waiter, 0.0, "no place was free at once")
        if together([lane.wait_at_most() for lane in waiter.lanes]) <= _DOUBT * patience:
            return
        if together([lane.wait(waiter) for lane in waiter.lanes]) > _DOUBT * patience:
            raise self._busy(waiter, patience, "the line is longer than the request can wait")

    def _expire(self, waiter: Waiter) -> None:
        if waiter.future is None or waiter.future.done():
            return
        _leave(waiter)
        now = get_running_loop().time()
        error: LionrockError
        if any(lane.alive(now) for lane in waiter.lanes):
            seconds = waiter.deadline - waiter.since
            error = self._busy(waiter, seconds, f"none came free within {seconds:.3g} s")
        else:
            error = self._unavailable(waiter.lanes, now)
        waiter.future.set_exception(error)

    def _busy(self, waiter: Waiter, patience: float, why: str) -> EngineBusy:
        wait = together([lane.wait(waiter) for lane in waiter.lanes])
        seconds = retry_after(wait, patience)
        return EngineBusy(
            f"Every place at the engines of {waiter.model} is taken, and {why}. Ask again in "
            f"{seconds} s.",
            seconds,
        )

    def _unavailable(self, lanes: list[Lane], now: float) -> EngineUnavailable:
        """The first engine's reason, and when the first of them may be back."""
        soon = [_back(lane, now) for lane in lanes if not lane.draining]
        seconds = max(1, ceil(min(soon))) if soon else None
        return EngineUnavailable(lanes[0].why_not(now) or "No engine answers.", seconds)


def _begin(lane: Lane, waiter: Waiter, now: float) -> None:
    waiter.lane, waiter.began = lane, now
    lane.begin(waiter, now)


def _leave(waiter: Waiter) -> None:
    for lane in waiter.lanes:
        lane.queue.discard(waiter)
        _rest(lane)


def _rest(lane: Lane) -> None:
    if not lane.busy:
        lane.queue.idle()


def _back(lane: Lane, now: float) -> float:
    if not lane.healthy:
        return HEALTH_SECONDS
    return lane.circuit.until - now if lane.circuit.state is CircuitState.OPEN else 1.0

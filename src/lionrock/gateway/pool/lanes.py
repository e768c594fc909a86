"""One engine at work: its places, its queue, its circuit, its health. Knows no I/O and no clock."""

from __future__ import annotations

from asyncio import Event
from dataclasses import dataclass

from lionrock.gateway.pool.circuit import Circuit, CircuitState, Outcome
from lionrock.gateway.pool.engines import Engine
from lionrock.gateway.pool.fair_queue import FairQueue
from lionrock.gateway.pool.rates import Rate
from lionrock.gateway.pool.waiters import Waiter

UNHEALTHY_AFTER = 2
"""Health checks failed in a row."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """For the operator."""

    engine: str
    models: tuple[str, ...]
    at_once: int
    busy: int
    """Requests it works on."""
    waiting: int
    """Requests that wait for it, perhaps for others too."""
    healthy: bool
    circuit: CircuitState
    draining: bool
    why: str
    """Why it is not used, in words; empty when it is."""
    held_seconds: float
    """Mean time that a request holds its place; 0 when unknown."""


class Lane:
    """The pool alone changes it. `now`: seconds of the event loop's clock."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.queue: FairQueue[Waiter] = FairQueue()
        self.circuit = Circuit()
        self.rate = Rate()
        self.busy = 0
        self.quiet = Event()
        """Set whenever the last request ends."""
        self.draining = False
        self.healthy = True
        """Until a check says otherwise: the circuit watches meanwhile."""
        self._why = ""
        self._missed = UNHEALTHY_AFTER - 1  # of an engine never seen well one is enough

    def usable(self, now: float) -> bool:
        """It may be sent requests, though it may have no place for one."""
        return self.healthy and not self.draining and self.circuit.lets(now)

    def alive(self, now: float) -> bool:
        """As `usable`, or busy with the one request that tries it out."""
        return self.usable(now) or (
            self.healthy and not self.draining and self.circuit.state is CircuitState.HALF_OPEN
        )

    def has_place(self, now: float) -> bool:
        return self.busy < self.engine.at_once and self.usable(now)

    @property
    def fullness(self) -> float:
        """What the next request would make of it: 1 is full, at weight 1."""
        return (self.busy + 1) / (self.engine.at_once * self.engine.weight)

    def begin(self, now: float) -> None:
        self.busy += 1
        self.circuit.begin(now)

    def end(self, waiter: Waiter, outcome: Outcome, now: float) -> bool:
        """A request gives its place back. True if its end opened the circuit."""
        self.busy -= 1
        if outcome is not Outcome.BAD:
            self.rate.served(waiter.tokens, now - waiter.began)
        if waiter.real is not None:
            self.queue.settle(waiter.tenant, waiter.share, waiter.tokens, waiter.real)
        if not self.busy:
            self.queue.idle()
            self.quiet.set()
        return self.circuit.end(outcome, now)

    def checked(self, why: str, now: float) -> bool:
        """A health check came back; `why` it failed, or empty. True if the lane is well again."""
        if not why:
            was_ill = not self.healthy
            self.healthy, self._missed, self._why = True, 0, ""
            if was_ill:
                self.circuit.hasten(now)
            return was_ill
        self._missed += 1
        self._why = why
        self.healthy = self.healthy and self._missed < UNHEALTHY_AFTER
        return False

    def why_not(self, now: float) -> str:
        """Why it is not used, in words; empty when it is."""
        if self.draining:
            return f"The engine {self.engine.name} is being drained for maintenance."
        if not self.healthy:
            return self._why
        if not self.alive(now):
            return f"The engine {self.engine.name} failed and is left alone for a moment."
        return ""

    def wait(self, waiter: Waiter) -> float:
        """Seconds that the request would wait here, by the measured rate."""
        ahead = self.queue.ahead(waiter.tenant, waiter.share, waiter.tokens)
        return self.rate.wait(ahead, self.engine.at_once)

    def wait_at_most(self) -> float:
        return self.rate.wait(self.queue.tokens, self.engine.at_once)

    def state(self, now: float) -> LaneState:
        return LaneState(
            engine=self.engine.name,
            models=tuple(offer.name for offer in self.engine.offers),
            at_once=self.engine.at_once,
            busy=self.busy,
            waiting=len(self.queue),
            healthy=self.healthy,
            circuit=self.circuit.state,
            draining=self.draining,
            why=self.why_not(now),
            held_seconds=self.rate.held(),
        )

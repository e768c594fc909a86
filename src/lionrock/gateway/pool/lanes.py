"""One engine at work: its places, its queue, its circuit, its health. Knows no I/O and no clock."""

from __future__ import annotations

from asyncio import Event
from collections import Counter
from collections.abc import Mapping
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
    """For the operator. Times in seconds from now; None: it does not apply, or never was."""

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
    fault: str
    """What is wrong with it, in words, drained or not; empty when nothing is."""
    ill_for: float | None
    checked_ago: float | None
    check_in: float | None
    """Until the next health check."""
    trial_in: float | None
    """Until an open circuit lets a request through, to try it."""
    running: Mapping[str, int]
    """Requests it works on, by model."""
    oldest_for: float | None
    """How long it has worked on the oldest of them."""


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
        self.checked_at: float | None = None
        self.next_check: float | None = None
        self._working: set[Waiter] = set()
        self._ill_since = 0.0
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

    def begin(self, waiter: Waiter, now: float) -> None:
        self.busy += 1
        self._working.add(waiter)
        self.circuit.begin(now)

    def end(self, waiter: Waiter, outcome: Outcome, now: float) -> bool:
        """A request gives its place back. True if its end opened the circuit."""
        self.busy -= 1
        self._working.discard(waiter)
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
        self.checked_at = now
        if not why:
            was_ill = not self.healthy
            self.healthy, self._missed, self._why = True, 0, ""
            if was_ill:
                self.circuit.hasten(now)
            return was_ill
        self._missed += 1
        self._why = why
        if self.healthy and self._missed >= UNHEALTHY_AFTER:
            self.healthy, self._ill_since = False, now
        return False

    def why_not(self, now: float) -> str:
        """Why it is not used, in words; empty when it is."""
        if self.draining:
            return f"The engine {self.engine.name} is being drained for maintenance."
        return "" if self.alive(now) else self._fault()

    def _fault(self) -> str:
        if not self.healthy:
            return self._why
        if self.circuit.state is not CircuitState.CLOSED:
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
            fault=self._fault(),
            ill_for=self._ill_for(now),
            checked_ago=None if self.checked_at is None else now - self.checked_at,
            check_in=None if self.next_check is None else max(0.0, self.next_check - now),
            trial_in=max(0.0, self.circuit.until - now)
            if self.circuit.state is CircuitState.OPEN
            else None,
            running=Counter(waiter.model for waiter in self._working),
            oldest_for=max((now - w.began for w in self._working), default=None),
        )

    def _ill_for(self, now: float) -> float | None:
        begun = [] if self.healthy else [self._ill_since]
        if self.circuit.state is not CircuitState.CLOSED:
            begun.append(self.circuit.opened_at)
        return now - min(begun) if begun else None

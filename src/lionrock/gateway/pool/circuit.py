"""A circuit breaker: an engine that fails is left alone for a while, then tried with one request.

M. T. Nygard, "Release It!", 2nd ed., 2018, ch. 5. Pure: the clock and the chance are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from random import random

FAILURES = 3
"""In a row, until the circuit opens."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Outcome(StrEnum):
    """How a request ended, as far as it says something about the engine."""

    GOOD = "good"
    BAD = "bad"
    NEITHER = "neither"


class Circuit:
    """Times in seconds of any one clock. `chance` gives numbers in [0, 1): pauses differ by ±10 %."""

    __slots__ = ("_chance", "_failures", "_opened", "_trial", "opened_at", "state", "until")

    def __init__(self, chance: Callable[[], float] = random) -> None:
        self._chance = chance
        self._failures = 0
        self._opened = 0  # times in a row
        self._trial = False
        self.state = CircuitState.CLOSED
        self.until = 0.0
        """When an open circuit may be tried."""
        self.opened_at = 0.0
        """Since when it is not closed."""

    def lets(self, now: float) -> bool:
        """May a request go now? Changes nothing."""
        if self.state is CircuitState.CLOSED:
            return True
        if self.state is CircuitState.OPEN:
            return now >= self.until
        return not self._trial

    def begin(self, now: float) -> None:
        """A request goes, which `lets` allowed."""
        if self.state is CircuitState.CLOSED:
            return
        self.state, self._trial = CircuitState.HALF_OPEN, True

    def end(self, outcome: Outcome, now: float) -> bool:
        """A request ended. True if this opened the circuit."""
        if outcome is Outcome.GOOD:
            # One that began before the circuit opened proves as much as a trial.
            self.close()
        elif outcome is Outcome.BAD:
            self._failures += 1
            if self.state is CircuitState.HALF_OPEN or (
                self.state is CircuitState.CLOSED and self._failures >= FAILURES
            ):
                self._open(now)
                return True
        elif self.state is CircuitState.HALF_OPEN:
            self._trial = False
        return False

    def hasten(self, now: float) -> None:
        """There is a sign of life: if it is open, it may be tried now."""
        self.until = min(self.until, now)

    def close(self) -> None:
        self.state, self._trial = CircuitState.CLOSED, False
        self._failures = self._opened = 0

    def _open(self, now: float) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(self._opened, 16))
        self.until = now + pause * (0.9 + 0.2 * self._chance())
        self.state, self._trial = CircuitState.OPEN, False
        if not self._opened:
            self.opened_at = now
        self._opened += 1

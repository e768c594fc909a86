"""How far a pull is and how fast it goes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

_INTERVAL_SECONDS = 0.1
_SMOOTHING_SECONDS = 3.0


class Progress(NamedTuple):
    done: int
    """Bytes of the final file that are on this machine."""
    total: int
    """Bytes of the final file; 0 while unknown."""
    bytes_per_second: float
    source: str
    """Where they come from; `VERIFYING` or `WAITING` when nothing is being fetched."""


VERIFYING = "verifying SHA-256"
WAITING = "waiting for another pull of the same model"


class Meter:
    """Turns byte counts into `Progress`, at most ten times a second, never going back."""

    def __init__(
        self,
        total: int | None,
        report: Callable[[Progress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total or 0
        self._report = report
        self._clock = clock
        self._done = 0
        self._rate = 0.0
        self._measured: tuple[float, int] | None = None

    def update(self, done: int, source: str) -> None:
        now = self._clock()
        then, before = self._measured or (now, done)
        if self._measured and now - then < _INTERVAL_SECONDS:
            return
        self._measured = (now, done)
        self._smooth(now - then, done - before)
        self._done = max(self._done, min(done, self.total) if self.total else done)
        self._report(Progress(self._done, self.total, self._rate, source))

    def finish(self, done: int, source: str) -> None:
        """Report once whatever the time is, with all bytes there."""
        self.total = self._done = done
        self._report(Progress(done, done, self._rate, source))

    def _smooth(self, seconds: float, fresh: int) -> None:
        """Exponential moving average: a speed of three seconds ago counts 1/e."""
        if seconds > 0:
            speed = max(0, fresh) / seconds
            weight = 1 - math.exp(-seconds / _SMOOTHING_SECONDS)
            self._rate = self._rate + weight * (speed - self._rate) if self._rate else speed

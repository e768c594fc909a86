"""How fast an engine serves, measured, and how long a wait that makes. Pure."""

from __future__ import annotations

from math import ceil, isfinite

LONGEST_RETRY_SECONDS = 600
_FORGET = 0.95
"""Weight left to what was known, at each request that ends: about the last 20 count."""


class Rate:
    """Seconds that a place is held for one estimated token: sums that fade, their ratio is it."""

    __slots__ = ("_requests", "_seconds", "_tokens")

    def __init__(self) -> None:
        self._seconds = self._tokens = self._requests = 0.0

    def served(self, tokens: float, seconds: float) -> None:
        self._seconds = self._seconds * _FORGET + seconds
        self._tokens = self._tokens * _FORGET + tokens
        self._requests = self._requests * _FORGET + 1.0

    @property
    def known(self) -> bool:
        return self._requests > 0

    def held(self) -> float:
        """Mean seconds that a request holds its place; 0 when nothing is known."""
        return self._seconds / self._requests if self._requests else 0.0

    def wait(self, tokens: float, at_once: int) -> float:
        """Seconds until `tokens` that are ahead have gone in and a place is free."""
        if not self._requests:
            return 0.0
        return (tokens * self._seconds / self._tokens + self.held()) / at_once


def together(waits: list[float]) -> float:
    """The wait in a line that several engines serve: their speeds add up. inf when there is none."""
    speeds = [1 / wait if wait > 0 else float("inf") for wait in waits]
    total = sum(speeds)
    return 1 / total if total > 0 else float("inf")


def retry_after(wait: float, patience: float) -> int:
    """Whole seconds after which one who waits `patience` again would be served, were nobody to come.

    From 1 to `LONGEST_RETRY_SECONDS` (RFC 9110 §10.2.3 has whole seconds).
    """
    left = wait - max(patience, 0.0)
    if not isfinite(left):
        return LONGEST_RETRY_SECONDS
    return max(1, min(LONGEST_RETRY_SECONDS, ceil(left)))

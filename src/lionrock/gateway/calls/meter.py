"""What one call came to, as far as it is certain: tokens, times, how it ended."""

from __future__ import annotations

import time

from lionrock.gateway.calls.asked import Asked
from lionrock.gateway.fields.cleaning import Usage
from lionrock.gateway.ledger.calls import MOST_TOKENS, NOTHING, Outcome, Use
from lionrock.gateway.pool import Engine


class Meter:
    """`asked`: the engine that the request may have reached, the last one. `usage` as it told it; without
    it, `pieces` of the answer count for tokens."""

    __slots__ = (
        "_asked", "_began", "_first", "answered", "asked", "outcome", "pieces", "queued", "usage",
    )  # fmt: skip

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._began = time.monotonic()
        self._first: float | None = None
        self.queued = 0.0
        """Seconds in the line, over all attempts."""
        self.asked: Engine | None = None
        self.answered = False
        """Something was passed on to the client."""
        self.usage: Usage | None = None
        self.pieces = 0
        self.outcome = Outcome.CANCELLED

    def passing(self) -> None:
        """The first bytes go to the client now: there is no other attempt any more."""
        if not self.answered:
            self.answered = True
            self._first = time.monotonic()

    @property
    def tokens(self) -> float:
        use = self.use()
        return float(use.tokens_in + use.tokens_out)

    def use(self) -> Use:
        """For the ledger. Nothing where no engine was asked; no tokens where the engine failed before
        its first byte, and its own count or what was seen otherwise."""
        if self.asked is None:
            return NOTHING
        if self.usage is not None:
            inward, outward = self.usage.prompt, self.usage.output
        elif self.outcome is Outcome.FAILED and not self.answered:
            inward = outward = 0
        else:
            inward, outward = self._asked.likely_in(), self.pieces
        return Use(
            min(inward, MOST_TOKENS),
            min(outward, MOST_TOKENS),
            self.outcome,
            _ms(self.queued),
            None if self._first is None else _ms(self._first - self._began),
            _ms(time.monotonic() - self._began),
            self.asked.name,
            self._weights(self.asked),
        )

    def _weights(self, engine: Engine) -> bytes | None:
        offer = engine.offer(self._asked.worst.name)
        return bytes.fromhex(offer.sha256) if offer and offer.sha256 else None


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))

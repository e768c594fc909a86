"""What the ledger is told of a call, before and after: ids, numbers and names, never content."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from lionrock.errors import InvalidInput

MICRO: Final = 1_000_000
"""Money is in millionths of the currency: HKD 1 = 1_000_000. So are tokens in a price's unit."""
MOST_TOKENS: Final = 100_000_000
MOST_PRICE: Final = 10**12
"""Millionths of the currency for a million tokens: HKD 1 a token."""
MOST_COST: Final = 10**15
"""Of one call, and of a budget's cap; as the checks in migration 0012."""
_MOST_MS: Final = 2**31 - 1
_LONGEST_NAME: Final = 200


def _whole(name: str, value: int, most: int) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise InvalidInput(f"{name} must be a whole number from 0 to {most:,}.")


class Retention(StrEnum):
    """What may be kept of a call's content elsewhere; the ledger never has any."""

    STANDARD = "standard"
    METADATA = "metadata"
    NONE = "none"


class Outcome(StrEnum):
    FINISHED = "finished"
    FAILED = "failed"
    """The engine broke off or refused."""
    CANCELLED = "cancelled"
    """The client went away."""
    VOID = "void"
    """Nothing was sent to an engine."""
    LOST = "lost"
    """The process that made the call is gone; charged as its worst case. Set by `recover` alone."""


@dataclass(frozen=True, slots=True)
class Price:
    """Millionths of `currency` (ISO 4217) for a million tokens in and out."""

    tokens_in: int
    tokens_out: int
    currency: str = "HKD"

    def __post_init__(self) -> None:
        _whole("the price of tokens in", self.tokens_in, MOST_PRICE)
        _whole("the price of tokens out", self.tokens_out, MOST_PRICE)
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise InvalidInput("A currency is three capital letters (ISO 4217), as HKD.")

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Millionths, rounded up to a whole one. `InvalidInput` above `MOST_COST`."""
        cost = -(-(tokens_in * self.tokens_in + tokens_out * self.tokens_out) // MICRO)
        if cost > MOST_COST:
            raise InvalidInput(
                f"One call would cost more than {MOST_COST // MICRO:,} {self.currency}: "
                "the model's price or the number of tokens is wrong."
            )
        return cost


FREE: Final = Price(0, 0)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that wants to be admitted, at its worst: `InvalidInput` for numbers that cannot be."""

    tenant: UUID
    member: UUID
    """Of a key: its owner."""
    key: UUID | None
    engine: str
    """That could serve it: where there are several, their names divided by `|`."""
    model: str
    model_sha256: bytes | None
    """None: the engine does not tell, or they differ."""
    tokens_in: int
    """Not fewer than the prompt will be counted as."""
    max_output: int
    """Tokens the answer is cut at, over all choices."""
    price: Price = FREE
    retention: Retention = Retention.STANDARD

    def __post_init__(self) -> None:
        _whole("tokens_in", self.tokens_in, MOST_TOKENS)
        _whole("max_output", self.max_output, MOST_TOKENS)
        if not (0 < len(self.model) <= _LONGEST_NAME and 0 < len(self.engine) <= _LONGEST_NAME):
            raise InvalidInput(f"Names of models and engines have 1 to {_LONGEST_NAME} characters.")
        if "\0" in self.model or "\0" in self.engine:
            raise InvalidInput("Names of models and engines hold no NUL.")
        if self.model_sha256 is not None and len(self.model_sha256) != 32:
            raise InvalidInput("A SHA-256 has 32 bytes.")


@dataclass(frozen=True, slots=True)
class Admission:
    """A call that may be made: what is reserved for it stands until it is settled."""

    id: UUID
    call: Call
    cost: int
    """What is reserved, in millionths of the price's currency."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a call came to, as counted; times in milliseconds from its admission."""

    tokens_in: int
    tokens_out: int
    outcome: Outcome
    queue_ms: int = 0
    first_byte_ms: int | None = None
    """None: nothing came."""
    total_ms: int = 0
    engine: str | None = None
    """Which served it. None: none was asked, and the row keeps those of the `Call`."""
    model_sha256: bytes | None = None
    """Of that engine's weights, where it tells."""

    def __post_init__(self) -> None:
        _whole("tokens_in", self.tokens_in, MOST_TOKENS)
        _whole("tokens_out", self.tokens_out, MOST_TOKENS)
        _whole("queue_ms", self.queue_ms, _MOST_MS)
        _whole("total_ms", self.total_ms, _MOST_MS)
        if self.first_byte_ms is not None:
            _whole("first_byte_ms", self.first_byte_ms, _MOST_MS)


NOTHING: Final = Use(0, 0, Outcome.VOID)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): rows of a moment lie together in the index."""
    moment = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    low = random & (2**62 - 1)
    return UUID(int=(moment << 80) | (7 << 76) | ((random >> 68) & 0xFFF) << 64 | (2 << 62) | low)

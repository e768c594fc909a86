"""Spans of OpenTelemetry's data model: what was done, from when to when, beneath what.

Ids are random and stand nowhere else: not in the ledger, the log or an answer. So by itself a
trace leads to nobody. Nothing is taken from a client's `traceparent`, which is the client's to choose.
"""

from __future__ import annotations

import os
from collections import deque
from contextvars import ContextVar
from enum import IntEnum
from time import time_ns
from typing import Final

from lionrock.errors import LionrockError

MOST: Final = 8192
"""Spans that wait to be sent; beyond, new ones are dropped and counted."""
Value = str | int

current: ContextVar[Span | None] = ContextVar("current_span", default=None)
"""What the present task works on, where that is traced."""


class Kind(IntEnum):
    """Numbers of `opentelemetry.proto.trace.v1.Span.SpanKind`."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3


class Span:
    """Times in nanoseconds since 1970. `error`: the name of a kind of error; empty for none."""

    __slots__ = ("attributes", "began", "ended", "error", "id", "kind", "name", "parent", "trace")

    def __init__(
        self, name: str, kind: Kind, parent: Span | None, attributes: dict[str, Value]
    ) -> None:
        self.name, self.kind, self.attributes = name, kind, attributes
        self.id = os.urandom(8)
        self.trace: bytes = os.urandom(16) if parent is None else parent.trace
        self.parent = b"" if parent is None else parent.id
        self.began, self.ended = time_ns(), 0
        self.error = ""


class Traces:
    """Spans that ended, until they are sent. `sent` and `dropped` count since the start."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: deque[Span] = deque()
        self.sent = self.dropped = 0

    def __len__(self) -> int:
        return len(self._kept)

    def end(self, span: Span, error: BaseException | None = None) -> None:
        span.ended = time_ns()
        if error is not None:
            span.error = _named(error)
        if len(self._kept) >= self._most:
            self.dropped += 1
        else:
            self._kept.append(span)

    def take(self, most: int) -> list[Span]:
        """The oldest."""
        return [self._kept.popleft() for _ in range(min(most, len(self._kept)))]

    def give_back(self, spans: list[Span]) -> None:
        """What was taken and could not be sent."""
        room = max(0, self._most - len(self._kept))
        self.dropped += max(0, len(spans) - room)
        self._kept.extendleft(reversed(spans[:room]))


def _named(error: BaseException) -> str:
    """Never its words: they could hold content."""
    return error.code() if isinstance(error, LionrockError) else type(error).__name__

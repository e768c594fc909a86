"""What one tenant has waiting at one engine: in the order of arrival, moved by priority."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from math import inf
from typing import Generic, Protocol, TypeVar

PRIORITY_SECONDS = 10.0
"""One step of priority is worth having come this much later or earlier: nothing waits for ever."""


class Waiting(Protocol):
    """A request in a queue. Lower `priority` goes earlier within its tenant, as in vLLM."""

    @property
    def tenant(self) -> Hashable: ...
    @property
    def share(self) -> float: ...
    @property
    def priority(self) -> int: ...
    @property
    def tokens(self) -> float: ...
    @property
    def since(self) -> float: ...


W = TypeVar("W", bound=Waiting)


class Flow(Generic[W]):
    """`finish` is the tag of what was served last, `start` that of what is served next."""

    __slots__ = ("_levels", "count", "entry", "finish", "share", "start", "tenant", "tokens")

    def __init__(self, tenant: Hashable) -> None:
        self.tenant = tenant
        self.share = 1.0
        self.finish = -inf
        self.start = 0.0
        self.count = 0
        self.tokens = 0.0
        self.entry: tuple[float, int, Flow[W]] | None = None
        """The one of the queue's heap that counts; None while nothing waits."""
        self._levels: dict[int, OrderedDict[int, W]] = {}

    def add(self, waiting: W) -> None:
        self._levels.setdefault(waiting.priority, OrderedDict())[id(waiting)] = waiting
        self.count += 1
        self.tokens += waiting.tokens

    def remove(self, waiting: W) -> bool:
        """False if it was not there."""
        level = self._levels.get(waiting.priority)
        if level is None or level.pop(id(waiting), None) is None:
            return False
        if not level:
            del self._levels[waiting.priority]
        self.count -= 1
        self.tokens = self.tokens - waiting.tokens if self.count else 0.0
        return True

    def head(self) -> W:
        """Who goes next. The flow must not be empty."""
        heads = (next(iter(level.values())) for level in self._levels.values())
        return min(heads, key=lambda w: w.since + w.priority * PRIORITY_SECONDS)

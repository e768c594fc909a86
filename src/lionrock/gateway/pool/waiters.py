"""A request that wants a place at an engine, from its coming until it gives the place back."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lionrock.gateway.pool.circuit import Outcome

if TYPE_CHECKING:
    from lionrock.gateway.pool.lanes import Lane


@dataclass(slots=True, eq=False)
class Waiter:
    """`deadline`, `since`, `began`: seconds of the event loop's clock. `tokens` is an estimate."""

    model: str
    tenant: Hashable
    tokens: float
    share: float
    priority: int
    deadline: float
    inside_only: bool = False
    not_engine: tuple[str, ...] = ()
    since: float = 0.0
    began: float = 0.0
    lane: Lane | None = None
    """Where it has a place."""
    lanes: list[Lane] = field(default_factory=list)
    """Where it waits."""
    future: Future[None] | None = None
    outcome: Outcome | None = None
    real: float | None = None
    """Tokens it took in the end."""

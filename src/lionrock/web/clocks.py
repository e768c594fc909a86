"""A request's clock as a page draws it, and the step that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lionrock.kernel.privacy.clock import DAYS, REMINDERS
from lionrock.kernel.privacy.request_models import ENDS, Request, RequestKind, RequestState

Step = Literal["identity", "search", "review", "correct", "fee", "deliver", "ended"]
ACCESS: tuple[Step, ...] = ("identity", "search", "review", "deliver")
CORRECTION: tuple[Step, ...] = ("identity", "correct", "deliver")


@dataclass(frozen=True, slots=True)
class Clock:
    """`used`: hundredths of the 40 days that are over; `left` is negative once all are."""

    left: int
    used: float
    tone: Literal["", "near", "over", "ended"]


def clock(request: Request) -> Clock:
    if request.days_left is None:
        return Clock(0, 100, "ended")
    used = 100 * min(max(DAYS - request.days_left, 0), DAYS) / DAYS
    if request.days_left < 0:
        return Clock(request.days_left, used, "over")
    return Clock(request.days_left, used, "near" if request.days_left <= REMINDERS[0] else "")


def next_step(request: Request) -> Step:
    """What the officer does next. Nothing is looked for before it is known who asks."""
    if request.state in ENDS:
        return "ended"
    if request.identity_checked_at is None:
        return "identity"
    if request.kind is RequestKind.CORRECTION:
        return "correct"
    if request.state in (RequestState.RECEIVED, RequestState.SEARCHING):
        return "search"
    if request.state is RequestState.REVIEWING:
        return "review"
    return "fee" if request.fee_cents and request.fee_paid_on is None else "deliver"


def steps(request: Request) -> Sequence[tuple[Step, str]]:
    """Every step with "past", "now" or ""."""
    order = CORRECTION if request.kind is RequestKind.CORRECTION else ACCESS
    now = next_step(request)
    if now == "ended":
        return [(step, "past" if request.state is RequestState.DELIVERED else "") for step in order]
    at = order.index("deliver" if now == "fee" else now)
    return [
        (step, "past" if place < at else "now" if place == at else "")
        for place, step in enumerate(order)
    ]

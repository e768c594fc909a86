from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from lionrock.kernel.privacy.request_models import Request, RequestKind, RequestState
from lionrock.web.clocks import clock, next_step, steps

DAY = date(2026, 11, 1)


def asked(**other: Any) -> Request:
    """A request just received, but for what is said otherwise."""
    plain: dict[str, Any] = dict.fromkeys(Request.model_fields)
    plain |= {
        "id": UUID(int=1), "subject_id": UUID(int=2), "kind": RequestKind.ACCESS,
        "state": RequestState.RECEIVED, "language": "en", "wording": "", "received_on": DAY,
        "due_on": DAY, "days_left": 40, "extension_reason": "", "refusal_reason": "",
    }  # fmt: skip
    return Request(**plain | other)


@pytest.mark.parametrize(
    ("left", "used", "tone"),
    [(40, 0, ""), (11, 72.5, ""), (10, 75, "near"), (0, 100, "near"), (-1, 100, "over"),
     (-400, 100, "over"), (None, 100, "ended")],
)  # fmt: skip
def test_the_bar_fills_as_the_days_go_and_warns_when_they_are_few(
    left: int | None, used: float, tone: str
) -> None:
    drawn = clock(asked(days_left=left))
    assert (drawn.used, drawn.tone) == (used, tone)


CHECKED = {"identity_checked_at": datetime(2026, 11, 2, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        (asked(), "identity"),
        (asked(state=RequestState.REVIEWING), "identity"),
        (asked(**CHECKED), "search"),
        (asked(**CHECKED, state=RequestState.SEARCHING), "search"),
        (asked(**CHECKED, state=RequestState.REVIEWING), "review"),
        (asked(**CHECKED, state=RequestState.PACKAGED), "deliver"),
        (asked(**CHECKED, state=RequestState.PACKAGED, fee_cents=5000), "fee"),
        (asked(**CHECKED, state=RequestState.PACKAGED, fee_cents=0), "deliver"),
        (asked(**CHECKED, state=RequestState.PACKAGED, fee_cents=5000, fee_paid_on=DAY), "deliver"),
        (asked(**CHECKED, kind=RequestKind.CORRECTION), "correct"),
        (asked(state=RequestState.REFUSED), "ended"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_the_next_step_follows_from_what_was_done(request_: Request, step: str) -> None:
    assert next_step(request_) == step


def test_every_step_is_past_now_or_to_come() -> None:
    halfway = steps(asked(**CHECKED, state=RequestState.REVIEWING))
    assert halfway == [("identity", "past"), ("search", "past"), ("review", "now"), ("deliver", "")]
    assert {when for _, when in steps(asked(state=RequestState.DELIVERED))} == {"past"}
    assert {when for _, when in steps(asked(state=RequestState.REFUSED))} == {""}

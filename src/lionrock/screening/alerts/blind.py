"""What the queue says of an alert to whom it is not to know: enough to take it, too little to link it.

An exact score or moment, or that it was escalated, would name the subject to who screens the same
customer or reads their record. So the score is one of ten bands, a moment its day in Hong Kong, and an
escalated alert that somebody has looks like any that is assigned. One that nobody has is left out:
whether a line that looks free can be taken, anyone may try. Order, filters and counts go by the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy.clock import HONG_KONG, hong_kong_date
from lionrock.screening.alerts.knowing import reviews
from lionrock.screening.alerts.states import AlertState

_BANDS: Final = 10
_HIDDEN: Final = (
    "name", "subject_kind", "subject_id", "escalated", "disposition", "reason", "decided_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sight:
    """SQL by which an actor's queue is filtered, ordered and counted, of alerts `a` and their assignees
    `m`. `shown`: is there a line of it?"""

    shown: str
    score: str
    raised_at: str
    state: str
    escalated: str


def sight(actor: Actor, people: str) -> Sight:
    """`people`: the parameter with every id of the actor. Reviewers see everything as it is."""
    if reviews(actor):
        return Sight("true", "a.score", "a.raised_at", "a.state", "a.escalated_at IS NOT NULL")
    known = f"coalesce(a.assignee = ANY({people}) OR m.person = ANY({people}), false)"
    return Sight(
        "(a.state <> 'escalated' OR a.assignee IS NOT NULL)",
        f"floor(a.score * {_BANDS}) / {_BANDS}",
        "date_trunc('day', a.raised_at, 'Asia/Hong_Kong')",
        f"CASE WHEN a.state = 'escalated' AND NOT {known} THEN 'assigned' ELSE a.state END",
        f"a.escalated_at IS NOT NULL AND {known}",
    )


def blinded(values: dict[str, Any]) -> dict[str, Any]:
    """A summary's values as they may be shown to anyone."""
    state: AlertState | str = values["state"]
    if state == AlertState.ESCALATED:
        state = AlertState.ASSIGNED
    return {
        **values, **dict.fromkeys(_HIDDEN), "state": state,
        "score": math.floor(values["score"] * _BANDS) / _BANDS,
        "raised_at": _day(values["raised_at"]), "opened_at": _day(values["opened_at"]),
    }  # fmt: skip


def _day(moment: datetime) -> datetime:
    return datetime.combine(hong_kong_date(moment), time.min, HONG_KONG)

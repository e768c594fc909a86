"""The days a request may take, counted in Hong Kong's dates.

Cap. 486, s. 19(1) and 23(1): within 40 days after receiving the request; the day of receipt is not
counted. No day is added where the last one is a holiday: the clock is the stricter reading.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HONG_KONG: Final = ZoneInfo("Asia/Hong_Kong")
DAYS: Final = 40
REMINDERS: Final = (10, 5, 1)
"""Days left at which a request that is still open is brought to mind."""


def hong_kong_date(moment: datetime) -> date:
    """The date in Hong Kong at a moment with a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no date in Hong Kong")
    return moment.astimezone(HONG_KONG).date()


def due_on(received_on: date) -> date:
    """The last day on which the request is answered in time."""
    return received_on + timedelta(days=DAYS)


def days_left(due: date, today: date) -> int:
    """0 on the last day, negative once it is over."""
    return (due - today).days


def reminder(due: date, today: date) -> int | None:
    """The latest reminder that has fallen due: 10, 5, 1, or -1 once the time is over."""
    left = days_left(due, today)
    if left < 0:
        return -1
    return min((r for r in REMINDERS if left <= r), default=None)


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later; the month's last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))

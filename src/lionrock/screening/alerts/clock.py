"""By when an alert is to be decided: working days, counted in Hong Kong's dates.

No rule read gives a number of days: the HKMA's Guideline on AML/CFT (For Authorized Institutions,
revised May 2023) wants checks of possible matches (6.18) and a report "as soon as reasonably practical
after the suspicion was first identified" (7.5). The numbers are the institution's own (`policy`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from lionrock.kernel.privacy.clock import HONG_KONG, hong_kong_date

_SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday and no holiday. Without holidays given the clock is the stricter."""
    return day.weekday() < _SATURDAY and day not in holidays


def due_at(raised: datetime, working_days: int, holidays: Collection[date] = ()) -> datetime:
    """The end (midnight in Hong Kong) of the last of so many working days after `raised`'s date.

    0: the end of the day it was raised on, or of the next working day if that is none.
    """
    day, left = hong_kong_date(raised), working_days
    while left > 0 or not is_working_day(day, holidays):
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            left -= 1
    return datetime.combine(day + timedelta(days=1), time.min, HONG_KONG)

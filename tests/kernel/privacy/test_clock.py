from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.privacy import clock


def test_the_day_of_receipt_is_not_counted() -> None:
    assert clock.due_on(date(2026, 11, 1)) == date(2026, 12, 11)


def test_dates_are_hong_kongs() -> None:
    assert clock.hong_kong_date(datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == date(2026, 11, 22)
    assert clock.hong_kong_date(datetime(2026, 11, 21, 15, 59, tzinfo=UTC)) == date(2026, 11, 21)
    with pytest.raises(ValueError, match="time zone"):
        clock.hong_kong_date(datetime(2026, 11, 21))


@pytest.mark.parametrize(
    ("left", "reminder"), [(11, None), (10, 10), (6, 10), (5, 5), (2, 5), (1, 1), (0, 1), (-1, -1)]
)
def test_reminders_come_at_ten_five_and_one_and_when_it_is_over(
    left: int, reminder: int | None
) -> None:
    due = date(2026, 12, 11)
    assert clock.reminder(due, date.fromordinal(due.toordinal() - left)) == reminder


def test_a_month_without_such_a_day_ends_on_its_last() -> None:
    assert clock.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert clock.months_after(date(2026, 11, 30), 60) == date(2031, 11, 30)
    assert clock.months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_months_later_is_never_earlier(day: date, months: int) -> None:
    later = clock.months_after(day, months)
    assert later >= day
    assert (later.year - day.year) * 12 + later.month - day.month == months

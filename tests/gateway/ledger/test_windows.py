from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lionrock.gateway.ledger.windows import (
    DAY,
    WEEK,
    Weekday,
    Window,
    multirange,
    seconds_until_open,
    windows_of,
)

MINUTES = st.integers(0, DAY - 1)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    begins, ends = sorted((draw(MINUTES), draw(MINUTES.filter(bool))))
    days = draw(st.frozensets(st.sampled_from(Weekday), min_size=1))
    if begins == ends:
        begins = 0
    return Window(days=days, begins=time(*divmod(begins, 60)), ends=time(*divmod(ends, 60)))


def minutes(given: list[Window]) -> set[int]:
    return {(d - 1) * DAY + m for w in given for d in w.days for m in range(*w.minutes())}


@given(st.lists(windows(), min_size=1, max_size=4))
def test_what_is_written_is_read_as_the_same_minutes(some: list[Window]) -> None:
    assert minutes(windows_of(multirange(some))) == minutes(some)


@given(windows(), st.integers(0, WEEK - 1))
def test_the_wait_ends_where_a_window_begins(window: Window, minute: int) -> None:
    wait = seconds_until_open(minute, multirange([window]))
    assert wait is not None
    then = (minute + round(wait / 60)) % WEEK
    assert then in minutes([window])


def test_where_there_is_no_window_there_is_no_wait() -> None:
    assert seconds_until_open(0, "{}") is None


@pytest.mark.parametrize(
    ("days", "begins", "ends"),
    [
        (set(), time(9), time(10)),
        ({1}, time(10), time(9)),
        ({1}, time(9), time(9)),
        ({1}, time(9, 0, 30), time(10)),
    ],
)
def test_a_window_that_is_none_is_refused(days: set[int], begins: time, ends: time) -> None:
    with pytest.raises(ValidationError):
        Window(days=frozenset(map(Weekday, days)), begins=begins, ends=ends)


def test_a_window_may_last_all_day() -> None:
    window = Window(days=frozenset({Weekday.SUNDAY}), begins=time(0), ends=time(0))
    assert multirange([window]) == "{[8640,10080)}"

"""Windows and money are read as people write them, and written as they are read."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.gateway.ledger.calls import MOST_COST
from lionrock.gateway.ledger.windows import Weekday, Window, multirange, windows_of
from lionrock.gateway.ledger.writing import amount, millionths, window, written

DAYS = st.frozensets(st.sampled_from(list(Weekday)), min_size=1)
MINUTES = st.integers(0, 24 * 60 - 1)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(MINUTES)
    last = draw(st.integers(first + 1, 24 * 60))
    ends = time(*divmod(last % (24 * 60), 60))
    return Window(days=draw(DAYS), begins=time(*divmod(first, 60)), ends=ends)


@given(st.lists(windows(), min_size=1, max_size=5))
def test_what_is_written_of_windows_reads_back_as_the_same_times(made: list[Window]) -> None:
    again = [window(line) for line in written(made)]
    assert {m for w in again for m in _minutes(w)} == {m for w in made for m in _minutes(w)}


def _minutes(one: Window) -> set[tuple[int, int]]:
    first, after = one.minutes()
    return {(day, minute) for day in one.days for minute in range(first, after)}


def test_days_may_be_names_numbers_spans_and_lists() -> None:
    working = window("Mon-Fri 09:00-18:00")
    assert working == window("1-5 9:00 – 18:00") == window("mon-wed,4,Fri 09:00-18:00")
    assert written(windows_of(multirange([working]))) == ["1-5 09:00-18:00"]
    assert written([window("7 22:00-24:00")]) == ["7 22:00-24:00"]


@pytest.mark.parametrize(
    "line",
    ["", "1-5", "9:00-18:00", "8 09:00-18:00", "Fri-Mon 09:00-18:00", "1 18:00-09:00",
     "1 09:00-09:00", "1 25:00-26:00", "Someday 09:00-18:00"],
)  # fmt: skip
def test_what_is_no_time_of_the_week_is_refused_with_how_to_write_one(line: str) -> None:
    with pytest.raises(InvalidInput, match="1-5 09:00-18:00"):
        window(line)


@given(st.integers(0, MOST_COST))
def test_an_amount_reads_back_to_the_millionth(micro: int) -> None:
    assert millionths(amount(micro)) == micro


def test_amounts_have_two_decimals_or_as_many_as_they_need() -> None:
    assert [amount(n) for n in (0, 12_500_000, 1)] == ["0.00", "12.50", "0.000001"]
    assert millionths(" 1,250.5 ") == 1_250_500_000


@pytest.mark.parametrize("text", ["", "x", "-1", "NaN", "inf", "1e12", "0.0000001"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="An amount"):
        millionths(text)

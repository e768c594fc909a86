"""Dates of birth as lists word them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening import births
from lionrock.screening.entities import Birth


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1962", "1962-01-01", "1962-12-31"),
        ("Mar 1955", "1955-03-01", "1955-03-31"),
        ("Nov. 1973 ", "1973-11-01", "1973-11-30"),
        ("Feb 1960", "1960-02-01", "1960-02-29"),
        ("12 Aug 1970", "1970-08-12", "1970-08-12"),
        ("12-AUG-1970", "1970-08-12", "1970-08-12"),
        ("August 12, 1970", "1970-08-12", "1970-08-12"),
        ("1970-08-12", "1970-08-12", "1970-08-12"),
        ("1970-08-12T00:00:00", "1970-08-12", "1970-08-12"),
        ("1970-08", "1970-08-01", "1970-08-31"),
        ("12/08/1970", "1970-08-12", "1970-08-12"),
        ("00/08/1970", "1970-08-01", "1970-08-31"),
        ("00/00/1970", "1970-01-01", "1970-12-31"),
        ("1958 to 1960", "1958-01-01", "1960-12-31"),
        ("1958-1960", "1958-01-01", "1960-12-31"),
        ("Aug 1970 to Sep 1970", "1970-08-01", "1970-09-30"),
        ("Between Aug. and Sep. 1977", "1977-08-01", "1977-09-30"),
        ("1950s", "1950-01-01", "1959-12-31"),
        ("1970年8月12日", "1970-08-12", "1970-08-12"),
        ("1970年", "1970-01-01", "1970-12-31"),
        ("民國59年8月12日", "1970-08-12", "1970-08-12"),
        ("民国59年", "1970-01-01", "1970-12-31"),
        ("民國元年", "1912-01-01", "1912-12-31"),
    ],
)
def test_each_wording_gives_the_first_and_the_last_day_it_can_mean(
    text: str, first: str, last: str
) -> None:
    assert births.parse(text) == Birth(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["circa 1955", "c. 1955", "Approximately 1955", "about 1955", "約1955"]
)
def test_about_a_year_is_that_year_and_said_to_be_uncertain(text: str) -> None:
    assert births.parse(text) == Birth(date(1955, 1, 1), date(1955, 12, 31), approximate=True)


def test_a_range_between_uncertain_years_is_uncertain() -> None:
    assert births.parse("circa 1958 to circa 1960") == Birth(
        date(1958, 1, 1), date(1960, 12, 31), approximate=True
    )


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "31 Feb 1970", "13/13/1970", "1960 to 1958", "Sep.", "24/06/1402 (Hijri Calendar)",
     "24/06/1402", "30-35 years old", "0000", "1970-00-12x", "1" * 500],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str) -> None:
    assert births.parse(text) is None


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    found = births.parse(text)
    assert found is None or found.earliest <= found.latest


@given(st.dates(date(1850, 1, 1), date(2090, 12, 31)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]))
def test_partial_dates_are_written_as_they_are_read(day: date, form: str) -> None:
    text = day.strftime(form)
    found = births.parse(text)
    assert found is not None and births.written(found) == (text,)


def test_a_range_of_years_is_written_as_each_of_them() -> None:
    found = births.parse("1958 to 1960")
    assert found is not None and births.written(found) == ("1958", "1959", "1960")

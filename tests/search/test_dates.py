"""Dates, however they are written, have one name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.dates import dates

MONTHS = "January February March April May June July August September October November December"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 1st of january, 2024,", ["2024-01-01"]),
        ("this 3rd day of may 2019", ["2019-05-03"]),
        ("民國113年1月1日", ["2024-01-01"]),
        ("113年1月1日起", ["2024-01-01"]),
        ("二零二四年十二月二十五日", ["2024-12-25"]),
        ("in january 2024", ["2024-01"]),
        ("2024年1月份", ["2024-01"]),
        ("31 march of each year", ["--03-31"]),
        ("每年3月31日", ["--03-31"]),
        ("1/13/2024 and 13/1/2024", ["2024-01-13", "2024-01-13"]),
        ("30 june 2023 to 1 july 2024", ["2023-06-30", "2024-07-01"]),
    ],
)
def test_a_date_is_read(text: str, found: list[str]) -> None:
    assert [d.name for d in dates(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "rule 1 may apply", "paragraph 4.1 march", "section 1.1.2024.5", "2024",
        "31/2/2024", "3月", "99/99/2024", "dismay 2024", "12.1.1.2024", "the year 2024年",
    ],
)  # fmt: skip
def test_what_is_no_date_is_not(text: str) -> None:
    assert dates(text) == []


@given(st.dates(date(1850, 1, 1), date(2099, 12, 31)))
def test_every_writing_of_a_day_has_its_name(day: date) -> None:
    name = MONTHS.split()[day.month - 1]
    han = "".join("〇一二三四五六七八九"[int(c)] for c in str(day.year))
    for text in (
        f"{day.day} {name} {day.year}", f"{day.day} {name[:3]} {day.year}",
        f"{name} {day.day}, {day.year}", f"{day.day}-{name[:3]}-{day.year}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{han}年{_han(day.month)}月{_han(day.day)}日", day.isoformat(),
        f"{day.year}/{day.month}/{day.day}", f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
    ):  # fmt: skip
        assert [d.name for d in dates(f"by {text.lower()}, or")] == [day.isoformat()], text


@given(st.text("0123456789年月日.-/ janmy", max_size=60))
def test_any_text_has_places_for_its_dates(text: str) -> None:
    for name, start, end in dates(text):
        assert 0 <= start < end <= len(text) and name


def _han(value: int) -> str:
    tens, ones = divmod(value, 10)
    start = "" if not tens else "十" if tens == 1 else f"{'〇一二三'[tens]}十"
    return start + ("一二三四五六七八九"[ones - 1] if ones else "")

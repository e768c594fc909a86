from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.extraction import dates
from lionrock.documents.figures import MONTHS

DAYS = st.dates(date(1912, 1, 1), date(2199, 12, 31))
_HAN = "〇一二三四五六七八九"


def read(text: str, *, labelled: bool = False) -> list[str]:
    return [found.normal.text for found in dates.find(text, labelled=labelled)]


def han(number: int) -> str:
    """1 to 299 as a Chinese number."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_HAN[hundreds]}百" if hundreds else ""
    if hundreds and 0 < rest < 10:
        return f"{text}零{_HAN[ones]}"
    if tens:
        text += ("" if tens == 1 and not hundreds else _HAN[tens]) + "十"
    return text + (_HAN[ones] if ones else "")


@given(DAYS)
def test_every_writing_of_a_day_is_that_day(day: date) -> None:
    month = next(name for name, number in MONTHS.items() if number == day.month).capitalize()
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    roc = day.year - 1911
    for text in (
        day.isoformat(), f"{day:%Y/%m/%d}", f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 日".translate(wide),
        f"民國{roc}年{day.month}月{day.day}日", f"中華民國{han(roc)}年{han(day.month)}月{han(day.day)}日",
        "".join(_HAN[int(c)] for c in str(day.year)) + f"年{han(day.month)}月{han(day.day)}日",
        f"{day.day:02}/{day.month:02}/{day.year}", f"{day.day} . {day.month} . {day.year}",
    ):  # fmt: skip
        assert read(f"Date {text} end") == [day.isoformat()], text


@given(DAYS)
def test_a_day_in_figures_alone_needs_a_label(day: date) -> None:
    assert read(f"{day:%Y%m%d}") == []
    assert read("20270318", labelled=True) == ["2027-03-18"]
    assert read("18032027", labelled=True) == ["2027-03-18"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("民國元年一月一日", "1912-01-01"), ("二零二五年十二月廿一日", "2025-12-21"), ("12/25/2018", "2018-12-25"),
        ("03/04/2018", "2018-04-03"), ("25/04/68", "2068-04-25"), ("25/04/69", "1969-04-25"),
        ("14th day of July, 2025", "2025-07-14"), ("14-JUL-25", "2025-07-14"), ("July 2025", "2025-07"),
        ("2025年7月", "2025-07"), ("民國 114.7.14", "2025-07-14"), ("29 Feb 2024", "2024-02-29"),
    ],
)  # fmt: skip
def test_days_as_they_are_written_in_hong_kong(text: str, told: str) -> None:
    assert read(text) == [told]


@pytest.mark.parametrize(
    "text",
    ["31/02/2025", "29 Feb 2023", "2025-13-40", "1.2.3.4", "tel 2345-6789", "12/34", "25:61"],
)
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    assert read(text) == []


@given(st.text(max_size=80))
def test_any_text_is_read_and_places_are_in_it(text: str) -> None:
    for found in dates.find(text, labelled=True):
        assert 0 <= found.start < found.end <= len(text)
        assert date.fromisoformat(
            found.normal.text.ljust(10, "-")[:10].rstrip("-")
            + ("-01" if len(found.normal.text) == 7 else "")
        )

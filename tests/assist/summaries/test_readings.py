"""Figures and dates of a sentence held against its source, in whatever form either is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.summaries.readings import unfounded_dates, unfounded_figures

DAYS = st.dates(date(1990, 1, 1), date(2049, 12, 31))
FORMS = (
    "{d.day} {month} {d.year}", "{month} {d.day}, {d.year}", "{d.year}年{d.month}月{d.day}日",
    "民國{roc}年{d.month}月{d.day}日", "{d:%Y-%m-%d}",
)  # fmt: skip


def written(day: date, form: str) -> str:
    return form.format(d=day, month=f"{day:%B}", roc=day.year - 1911)


@given(DAYS, st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_a_day_is_the_same_in_every_form(day: date, said: str, source: str) -> None:
    assert not unfounded_dates(
        f"It began on {written(day, said)}.", f"於 {written(day, source)} 起生效。"
    )


@given(DAYS, DAYS, st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_another_day_is_told(day: date, other: date, said: str, source: str) -> None:
    faults = unfounded_dates(
        f"It began on {written(day, said)}.", f"自 {written(other, source)} 起"
    )
    assert bool(faults) == (day != other)


def test_a_source_that_tells_less_does_not_give_more() -> None:
    assert unfounded_dates("It began on 23 November 2026.", "It began in November 2026.")
    assert unfounded_dates("It began on 23 November 2026.", "It began on 23 November.")
    assert not unfounded_dates("It began in November 2026.", "It began on 23 November 2026.")
    assert not unfounded_dates("It began on 23 November.", "自2026年11月23日起")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("In 2026 five banks paid HK$3.5 million.", "民國115年五間銀行支付350萬元。"),
        ("五間銀行支付350萬元。", "Five banks paid HK$3.5 million."),
        ("The rate rose by 25 basis points to 0.75%.", "利率上調25基點至0.75%。"),
        ("三年內須備存紀錄。", "Records must be kept for three years."),
        ("在這一年，銀行保持穩健。", "During the year banks remained sound."),
    ],
)
def test_figures_are_the_same_in_both_languages(sentence: str, source: str) -> None:
    assert not unfounded_figures(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source", "fault"),
    [
        ("Records are kept for 31 days.", "Records are kept for 30 days.", "31 days"),
        ("六間銀行獲批。", "Five banks were approved.", "六"),
        ("The fee is HK$500.", "The fee is 500 dollars in 5%.", ""),
        ("It grew by 5%.", "It cost HK$5.", "5%"),
        ("罰款為350萬元。", "罰款為35萬元。", "350萬元"),
    ],
)
def test_a_planted_figure_is_named(sentence: str, source: str, fault: str) -> None:
    assert unfounded_figures(sentence, source) == ([fault] if fault else [])

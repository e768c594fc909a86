from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.figures import Figure, figures, unsupported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least five years", {(5, "year")}),
        ("最少五年", {(5, "year")}),
        ("5年", {(5, "year")}),
        ("十二個月", {(12, "month")}),
        ("twenty-one calendar days", {(21, "day")}),
        ("10 business days", {(10, "day")}),
        ("HK$8,000", {(8000, "money")}),
        ("8,000港元", {(8000, "money")}),
        ("百分之二十五", {(25, "percent")}),
        ("25%", {(25, "percent")}),
        ("一百二十萬元", {(1_200_000, "money")}),
        ("3.5 million", {(3_500_000, "")}),
        ("12 November 2024", {(12, ""), (11, "month"), (2024, "")}),
        ("2024年11月12日", {(2024, "year"), (11, "month"), (12, "day")}),
        ("a customer, one of many", set()),
        ("一般而言", set()),
        ("one year", {(1, "year")}),
    ],
)
def test_a_figure_is_read_the_same_in_both_languages(
    text: str, expected: set[tuple[int, str]]
) -> None:
    assert figures(text) == {Figure(Fraction(v), u) for v, u in expected}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("紀錄須備存五年", "Records are kept for at least five years."),
        ("The fee is HK$115.", "電匯收費：115元"),
        ("By 12 November 2024", "須於2024年11月12日前提交"),
        ("25% or more", "百分之二十五或以上"),
    ],
)
def test_a_figure_carried_over_is_supported(claim: str, source: str) -> None:
    assert unsupported(claim, source) == set()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("紀錄須備存十年", "Records are kept for at least five years."),
        ("within 30 months", "within 30 days"),
        ("HK$80,000", "HK$8,000"),
        ("每年百分之五", "the fee is HK$5"),
    ],
)
def test_a_changed_figure_or_unit_is_not(claim: str, source: str) -> None:
    assert unsupported(claim, source)


@given(st.integers(1, 99_999))
def test_arabic_figures_survive(value: int) -> None:
    assert Figure(Fraction(value), "day") in figures(f"within {value:,} days")


@given(st.text(max_size=300))
def test_any_text_supports_itself(text: str) -> None:
    assert unsupported(text, text) == set()

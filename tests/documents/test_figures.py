"""Figures of both languages, read into one form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.figures import Figure, figures


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
        ("within 5 monthly reports", {(5, "")}),
        ("港幣8,000", {(8000, "money")}),
        ("8,000 USD", {(8000, "money")}),
        ("US$5bn", {(5_000_000_000, "money")}),
        ("100 m", {(100, "")}),
        ("百分之 5", {(5, "percent")}),
        ("百分之五點五", {(Fraction("5.5"), "percent")}),
        ("five percentage points", {(5, "percent")}),
        ("1.2百萬元", {(1_200_000, "money")}),
        ("3億2,000萬元", {(320_000_000, "money")}),
        ("三億二千萬元", {(320_000_000, "money")}),
        ("一萬億元", {(10**12, "money")}),
        ("3個月", {(3, "month")}),
        ("9" * 5000, set()),
        ("九" * 5000, set()),
    ],
)
def test_a_figure_is_read_the_same_in_both_languages(
    text: str, expected: set[tuple[int | Fraction, str]]
) -> None:
    assert figures(text) == {Figure(Fraction(v), u) for v, u in expected}


@given(st.integers(1, 99_999))
def test_arabic_figures_survive(value: int) -> None:
    assert Figure(Fraction(value), "day") in figures(f"within {value:,} days")

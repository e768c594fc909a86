"""Figures as index terms: one for all ways of writing one, and none for bare small numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.figures import MARK, figure_terms, figures_in, names, plain
from lionrock.search.tokens import terms


@pytest.mark.parametrize(
    ("name", "writings"),
    [
        ("2024-01-01", ["1 January 2024", "2024年1月1日", "1.1.2024", "1 Jan 2024", "２０２４年１月１日"]),
        ("8000", ["HK$8,000", "港幣8,000元", "8000 港元", "$8,000", "八千元", "eight thousand dollars"]),
        ("1200000", ["HK$1.2 million", "120萬元", "1,200,000", "一百二十万元", "HKD 1.2m"]),
        ("5%", ["5%", "百分之五", "5 per cent", "five percent", "5％", "百分之5"]),
        ("2-years", ["two years", "2 years", "兩年", "两年", "二年", "2年"]),
        ("1-year", ["one year", "1 year", "一年"]),
        ("5-days", ["5 business days", "五個工作日", "five (5) days"]),
        ("3-months", ["3 months", "三個月", "3个月"]),
    ],
)  # fmt: skip
def test_the_writings_of_a_figure_share_one_term(name: str, writings: list[str]) -> None:
    for text in writings:
        assert names(text) == [name], text
        assert MARK + name in figure_terms(text)


@pytest.mark.parametrize(
    "text",
    ["Cap. 486 s.26", "AML-1 para 4.2", "in 2024", "paragraph 4.1.6", "第486章第26條", "3月", "第3年",
     "數百萬元", "1,2,3", "5", "a customer, one of many", "2024年"],
)  # fmt: skip
def test_bare_numbers_years_and_vague_amounts_are_none(text: str) -> None:
    assert names(text) == []


def test_a_day_is_found_by_its_month_but_not_the_other_way_round() -> None:
    assert figure_terms("1 January 2024") == ["=2024-01-01", "=2024-01"]
    assert names("1 January 2024") == ["2024-01-01"]
    assert figure_terms("January 2024") == ["=2024-01"]


@given(
    st.integers(1, 10**11),
    st.sampled_from(["HK${:,}", "{}元", "港幣{:,}元", "US$ {:,}", "{:,} dollars"]),
)
def test_an_amount_has_one_term_in_each_form(value: int, form: str) -> None:
    assert names(form.format(value)) == [str(value)]


@given(st.integers(1, 9999), st.integers(1, 9))
def test_an_amount_with_a_scale_has_the_term_of_its_figures(whole: int, tenth: int) -> None:
    value = str(whole * 10_000 + tenth * 1000)
    for text in (
        f"{whole}.{tenth}萬元",
        f"HK${int(value):,}",
        f"HK${int(value) / 10**6:f} million",
    ):
        assert names(text) == [value], text


@given(st.integers(1, 99), st.sampled_from([("years", "年"), ("months", "個月"), ("days", "日")]))
def test_a_duration_has_one_term_in_both_languages(value: int, units: tuple[str, str]) -> None:
    english, chinese = units
    assert names(f"within {value} {english}") == names(f"於{value}{chinese}內") != []


@given(st.integers(0, 10_000))
def test_a_share_has_one_term_in_each_form(hundredths: int) -> None:
    value = f"{hundredths / 100:.2f}"
    assert names(f"{value}%") == names(f"{value} per cent") == names(f"百分之{value}") != []


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_its_terms_are_no_words(text: str) -> None:
    folded = plain(text)
    assert all(0 <= start < end <= len(folded) for _, start, end in figures_in(folded))
    assert not set(figure_terms(text)) & set(terms(text))
    assert not any(" " in term for term in figure_terms(text))

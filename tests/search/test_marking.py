"""What is marked of a text is what the index found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.marking import marks
from lionrock.search.tokens import terms


def marked(text: str, question: str) -> list[str]:
    return [text[a:b] for a, b in marks(text, terms(question))]


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("客户尽职审查", "客戶盡職審查紀錄須保存五年。", ["客戶盡職審查"]),
        ("diligence customers", "Customer due diligence (ＣＤＤ).", ["Customer", "diligence"]),
        ("cdd", "Customer due diligence (ＣＤＤ).", ["ＣＤＤ"]),
        ("metric", "See metrics³ of Ltd.", ["metrics"]),
        ("border", "cross-border transfers", ["border"]),
        ("4.1.6", "Paragraph 4.1.6 applies.", ["4.1.6"]),
        ("HK$8,000", "of HK$8,000 or more", ["HK", "8,000"]),
        ("nothing", "of all this", []),
    ],
)
def test_words_are_found_in_either_script_width_and_form(
    question: str, text: str, found: list[str]
) -> None:
    assert marked(text, question) == found


def test_no_words_mark_nothing() -> None:
    assert marks("anything", []) == []


@given(st.text(max_size=80), st.text(max_size=20))
def test_marks_are_in_order_apart_and_within(text: str, question: str) -> None:
    found = marks(text, terms(question))
    edges = [edge for mark in found for edge in mark]
    assert edges == sorted(set(edges)) and all(0 <= e <= len(text) for e in edges)


@given(st.text(alphabet="ab 客戶户盡尽-.", max_size=40))
def test_a_text_is_marked_by_its_own_terms(text: str) -> None:
    assert bool(marks(text, terms(text))) == bool(terms(text))


@pytest.mark.parametrize(
    ("figure", "text", "found"),
    [
        ("=2024-01-01", "自２０２４年１月１日起 January 1, 2024", ["２０２４年１月１日", "January 1, 2024"]),
        ("=2024-01", "by 1 Jan 2024 or in 2024年1月", ["1 Jan 2024", "2024年1月"]),
        ("=1200000", "不超過一百二十萬元 (HK$1.2 million).", ["一百二十萬元", "HK$1.2 million"]),
        ("=2-years", "客戶須於兩個月內", []),
    ],
)  # fmt: skip
def test_a_figure_is_marked_however_it_is_written(figure: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in marks(text, [figure])] == found

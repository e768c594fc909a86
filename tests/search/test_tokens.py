from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.cantonese import to_written
from lionrock.search.tokens import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Records are kept", ["record", "kept"]),
        ("銀行帳戶", ["银行", "行帐", "帐户"]),
        ("HK$8,000", ["hk", "8000"]),
        ("paragraph 4.1.6", ["paragraph", "4.1.6"]),
        ("cross-border", ["cross", "border", "crossborder"]),
        ("ＣＤＤ", ["cdd"]),
        ("metrics³³ and limits", ["metric", "limit"]),
        ("的", []),
        ("", []),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_traditional_and_simplified_give_the_same_terms() -> None:
    assert terms("客戶盡職審查紀錄") == terms("客户尽职审查纪录")


@given(st.text(max_size=200))
def test_any_text_has_terms_without_blanks(text: str) -> None:
    assert all(t and not any(c.isspace() for c in t) for t in terms(text))


def test_cantonese_questions_are_read_as_written_chinese() -> None:
    assert to_written("啲紀錄要留幾耐？") == "些紀錄要留多久？"
    assert to_written("邊個負責批核？") == "誰負責批核？"
    assert to_written("How long?") == "How long?"

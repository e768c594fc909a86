"""Characters no reader sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsing.text import plain_characters, tidy


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\u00a0b\tc", "a b c"),
        ("of\ufb01ce", "office"),
        ("com\u00adpli\u200bance", "compliance"),
        ("\u2f00\u2f46 \u7528", "一无 用"),
        ("\uf0b7 item", "• item"),
        ("a\x00b\x07", "ab"),
        ("第二條\u3000定義", "第二條 定義"),
        ("a  b\r\nc", "a b c"),
        ("a \U000e0000 b", "a b"),
        ("嘅喺咗啲哋嚟冇唔㗎揾", "嘅喺咗啲哋嚟冇唔㗎揾"),
    ],
)
def test_what_no_reader_sees_is_taken_out(raw: str, shown: str) -> None:
    assert tidy(raw) == shown


@given(st.text())
def test_tidy_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once == once.strip(" ") and "  " not in once and once.splitlines() in ([], [once])
    once.encode("utf-8")


@given(st.text())
def test_look_alikes_are_replaced_one_for_one(text: str) -> None:
    assert len(plain_characters(text)) == len(text)

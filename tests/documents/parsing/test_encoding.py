"""Encodings of short and long texts in three scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsing.encoding import best_encoding, decoded

TRADITIONAL = [
    "客戶", "銀行", "存款利率", "反洗錢", "合規部", "香港金融管理局", "第三條 定義",
    "姓名：陳大文", "HK$1,000 手續費", "本行須在五個工作天內回覆客戶投訴。",
]  # fmt: skip
CANTONESE = ["嘅喺咗啲", "我哋嘅客戶喺分行開咗戶口", "唔該你幫我揾下張單", "冇人嚟㗎"]
SIMPLIFIED = [
    "客户", "银行", "存款利率", "反洗钱", "合规部", "中国人民银行", "第三条 定义",
    "姓名：张三", "人民币1,000元", "信用证项下单据不符",
]  # fmt: skip
LATIN = ["café", "naïve façade – “quote”", "Zürich Straße", "£5.00 plus 10 °C"]


@pytest.mark.parametrize("text", TRADITIONAL + CANTONESE)
def test_a_short_big5_hkscs_text_is_known(text: str) -> None:
    assert decoded(text.encode("big5hkscs")) == text


@pytest.mark.parametrize("text", SIMPLIFIED)
def test_a_short_gb18030_text_is_known(text: str) -> None:
    assert decoded(text.encode("gb18030")) == text


@pytest.mark.parametrize("text", LATIN)
def test_an_accented_text_is_not_taken_for_chinese(text: str) -> None:
    assert decoded(text.encode("cp1252")) == text


@given(st.lists(st.sampled_from(TRADITIONAL + CANTONESE), min_size=1))
def test_any_mixture_of_traditional_phrases_is_big5(phrases: list[str]) -> None:
    assert best_encoding("，".join(phrases).encode("big5hkscs")) == "big5hkscs"


@given(st.lists(st.sampled_from(SIMPLIFIED), min_size=1))
def test_any_mixture_of_simplified_phrases_is_gb18030(phrases: list[str]) -> None:
    assert best_encoding("，".join(phrases).encode("gb18030")) == "gb18030"


@given(st.text())
def test_utf_8_is_read_as_it_was_written(text: str) -> None:
    assert decoded(b"\xef\xbb\xbf" + text.encode()) == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_utf_16_with_a_mark_is_read_as_it_was_written(text: str) -> None:
    assert decoded(text.encode("utf-16")) == text


def test_utf_16_without_a_mark_is_known_by_its_zeros() -> None:
    text = "Dear Sir, please find enclosed 客戶 the form.\r\n"
    assert decoded(text.encode("utf-16-le")) == text
    assert decoded(text.encode("utf-16-be")) == text


def test_a_declared_encoding_is_believed_if_it_fits() -> None:
    text = "羅馬"
    assert decoded(text.encode("big5hkscs"), "big5") == text
    assert decoded(text.encode("gb18030"), "gb2312") == text
    assert decoded("銀行".encode("big5hkscs"), "no-such-encoding") == "銀行"


@given(st.binary())
def test_any_bytes_become_some_text(data: bytes) -> None:
    assert isinstance(decoded(data), str)

"""What is checked of a translation: each way in which the two languages write the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.checks import CheckName
from lionrock.assist.translate import negation, numbers, references
from lionrock.assist.translate.checking import checks, failed
from lionrock.assist.translate.script import foreign, in_script, simplified_only
from lionrock.documents.language import to_simplified


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("within 14 days", "於14日內"),
        ("HK$68.1 billion", "681億港元"),
        ("fell by 30%", "下跌三成"),
        ("in 2024", "於民國113年"),
        ("on 16 May 2016", "於2016年5月16日"),
        ("on 15–16 October 2015", "於2015年10月15日至16日"),
        ("the 1990s", "九十年代"),
        ("three note-issuing banks", "三間發鈔銀行"),
        ("1.25%", "1.25厘"),
        ("twenty-six members", "二十六名成員"),
        ("1,200,000 accounts", "120萬個戶口"),
        ("the first quarter", "第一季"),
        ("2008/09", "2008至2009年"),
        ("in September and October", "於9月及10月"),
        ("no figures at all", "沒有數字"),
    ],
)
def test_the_same_numbers_written_in_two_languages_agree(english: str, chinese: str) -> None:
    assert numbers.wrong(english, chinese) == numbers.wrong(chinese, english) == []
    assert numbers.wrong_dates(english, chinese) == []


@pytest.mark.parametrize(
    ("english", "chinese", "faults"),
    [
        ("within 14 days", "於40日內", ["14 days", "40日"]),
        ("within 14 days", "於14個月內", ["14 days", "14個月"]),
        ("HK$68.1 billion", "68.1億港元", ["HK$68.1 billion", "68.1億港元"]),
        ("about 31 banks and 7 insurers", "約31間銀行", ["7"]),
        ("some banks", "31間銀行", ["31"]),
    ],
)
def test_a_number_that_differs_is_named_on_both_sides(
    english: str, chinese: str, faults: list[str]
) -> None:
    assert numbers.wrong(english, chinese) == faults


def test_a_day_and_month_that_changed_places_are_named() -> None:
    assert numbers.wrong_dates("on 5 June 2016", "於2016年5月6日") == [
        "5 June 2016",
        "2016年5月6日",
    ]


@given(st.integers(min_value=3, max_value=10**9))
def test_any_number_agrees_with_itself_and_not_with_the_next(number: int) -> None:
    assert numbers.wrong(f"There are {number:,} accounts.", f"共有{number}個戶口。") == []
    assert numbers.wrong(f"There are {number} accounts.", f"共有{number + 1}個戶口。")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("under section 12(3)", "根據第12(3)條"),
        ("Cap. 486", "第486章"),
        ("Schedule 2", "附表2"),
        ("paragraphs 3 to 5", "第3至5段"),
        ("Part IV", "第IV部"),
        ("Part 4", "第四部"),
        ("subsection (2)", "第(2)款"),
        ("sections 12 and 13(2)", "第12及13(2)條"),
        ("Table 1 and Charts 2 and 3", "表1及圖2及3"),
        ("Article IV", "第四條"),
        ("Annex 3", "附件3"),
        ("section 33A", "第33A條"),
    ],
)  # fmt: skip
def test_references_agree_across_the_languages(english: str, chinese: str) -> None:
    assert references.references(english)
    assert references.missing(english, chinese) == references.missing(chinese, english) == []


def test_a_reference_that_differs_is_named_on_both_sides() -> None:
    assert references.missing("see section 12(3)", "見第13(2)條") == ["section 12(3)", "第13(2)條"]
    assert references.missing("see section 12", "見第12段") == ["section 12", "第12段"]


@pytest.mark.parametrize(
    ("source", "target", "held"),
    [
        ("Staff must not accept gifts.", "職員不得收受禮物。", True),
        ("Staff must not accept gifts.", "職員須收受禮物。", False),
        ("銀行不得披露資料。", "Banks may disclose the data.", False),
        ("Staff must accept gifts.", "職員不得收受禮物。", False),
        ("No later than May.", "最遲於五月。", True),
        ("不斷改進", "It improves continuously.", True),
    ],
)
def test_a_lost_or_added_denial_is_seen(source: str, target: str, held: bool) -> None:
    assert (negation.unlike(source, target) == []) is held


def test_hong_kong_characters_that_simplified_writes_too_are_left_alone() -> None:
    text = "皇后大道後面十公里，台灣恒生，干預，發布，群眾，裡面"
    assert in_script(text, "zh-Hant") == text and foreign(text, "zh-Hant") == []


def test_simplified_characters_that_a_model_leaves_are_written_out() -> None:
    mixed = "比率高于法定要求，其后維持穩定；于先生與皇后不變"
    assert in_script(mixed, "zh-Hant") == "比率高於法定要求，其後維持穩定；于先生與皇后不變"


def test_a_quote_that_the_source_has_keeps_its_script() -> None:
    quoted = in_script("报告题为「风险」。", "zh-Hant", "The report is called 风险.")
    assert quoted == "報告題為「风险」。" and foreign(quoted, "zh-Hant", "风险") == []
    assert (
        in_script("报告题为「风险」。", "zh-Hant", "The report is called risk.")
        == "報告題為「風險」。"
    )


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=40))
def test_what_was_repaired_holds_no_simplified_character(text: str) -> None:
    repaired = in_script(text, "zh-Hant")
    assert not [c for c in repaired if simplified_only(c)]
    assert in_script(repaired, "zh-Hans") == to_simplified(repaired)


def test_words_left_in_the_other_language_are_seen() -> None:
    assert foreign("The 銀行 reports.", "en") == ["銀行"]
    assert foreign("銀行 shall report to the regulator 即時。", "zh-Hant", "銀行須") != []
    assert foreign("銀行會搵佢哋嘅客。", "zh-Hant") != []


def test_names_in_latin_letters_come_over() -> None:
    found = checks("IFFO推出iBond平台。", "The office launches a platform.", "zh-Hant", "en", [])
    assert next(c.faults for c in found if c.name is CheckName.NAMES) == ["IFFO", "iBond"]
    assert CheckName.NAMES not in failed(
        checks("IFFO推出平台。", "IFFO launches it.", "zh-Hant", "en", [])
    )


def test_half_a_translation_is_seen_by_its_length() -> None:
    source = (
        "The bank must keep all records of customers for seven years after the relationship ends."
    )
    assert CheckName.LENGTH in failed(checks(source, "銀行。", "en", "zh-Hant", []))

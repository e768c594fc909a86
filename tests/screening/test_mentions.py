from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.entities import Schema
from lionrock.screening.mentions import Mention, mentions, to_screen


def names(text: str) -> list[tuple[str, str]]:
    return [(m.text, m.kind) for m in mentions([(1, text)])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The loan was granted to Mr Ivan Petrov last year.", [("Ivan Petrov", "person")]),
        ("Signed by Dr. Maria de la Cruz, who agreed.", [("Maria de la Cruz", "person")]),
        ("A letter from CHAN Tai Man arrived.", [("CHAN Tai Man", "person")]),
        ("A letter from Chan Tai-man arrived.", [("Chan Tai-man", "person")]),
        ("A letter from Peter Tai-man CHAN arrived.", [("Peter Tai-man CHAN", "person")]),
        ("A letter from CHAN, Tai Man arrived.", [("CHAN, Tai Man", "person")]),
        ("the director, Olga Petrova, resigned", [("Olga Petrova", "unknown")]),
        ("PAID TO OLGA PETROVA, who was paid to leave", [("OLGA PETROVA", "unknown")]),
        (
            "By order of the Blue Kite (Asia) Holdings Limited, the shares",
            [("Blue Kite (Asia) Holdings Limited", "organisation")],
        ),
        ("Harbour Paper Co., Ltd. was paid", [("Harbour Paper Co., Ltd.", "organisation")]),
        ("Smith & Wong Ltd and others", [("Smith & Wong Ltd", "organisation")]),
    ],
)
def test_names_in_english_text(text: str, found: list[tuple[str, str]]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Mr Chan agreed.",
        "The Board of Directors met in Hong Kong. Every board has directors.",
        "Customer Due Diligence: the customer gives due notice and diligence is kept.",
        "a private limited company",
        "Limited liability is limited.",
        "He lives in Tsim Sha Tsui.",
        "",
    ],
)
def test_what_is_no_full_name_is_left(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("付款予陳大文先生。", [("陳大文", "person")]),
        ("歐陽美玲女士出席", [("歐陽美玲", "person")]),
        ("董事：李小明", [("李小明", "person")]),
        ("申請人陈志强及其配偶", [("陈志强", "person")]),
        (
            "出席者：陳大文、李小明、黃美玲。",
            [("陳大文", "person"), ("李小明", "person"), ("黃美玲", "person")],
        ),
        ("款項由藍鳶貿易（香港）有限公司支付", [("藍鳶貿易（香港）有限公司", "organisation")]),
        ("付予和記紙品有限公司。", [("和記紙品有限公司", "organisation")]),
    ],
)
def test_names_in_chinese_text(text: str, found: list[tuple[str, str]]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    ["任何先生或女士", "本公司的董事及經理", "有限公司", "安全、方法、程序", "基金持有人利益"],
)
def test_chinese_words_are_not_names(text: str) -> None:
    assert names(text) == []


def test_a_mention_says_page_place_and_rule() -> None:
    (found,) = mentions([(3, "nobody"), (4, "To Mr Ivan  Petrov.".replace("  ", " "))])
    assert found == Mention(4, 6, 17, "Ivan Petrov", "person", "title")


def test_a_word_of_another_page_in_lower_case_is_no_name() -> None:
    assert mentions([(1, "The Quarterly Outlook is here.")])
    assert not mentions([(1, "The Quarterly Outlook is here."), (2, "a quarterly outlook")])


def test_a_latin_name_and_the_chinese_one_behind_it_are_screened_as_one() -> None:
    (named,) = to_screen(mentions([(1, "paid by CHAN Tai Man (陳大文) in cash")]))
    assert [n.text for n in named.entity.names] == ["CHAN Tai Man", "陳大文"]
    assert named.entity.schema is Schema.PERSON


def test_a_name_on_several_pages_is_screened_once_with_all_its_places() -> None:
    (named,) = to_screen(mentions([(1, "Mr Ivan Petrov"), (2, "met Mr IVAN PETROV")]))
    assert [(m.page, m.start) for m in named.mentions] == [(1, 3), (2, 7)]


@given(st.text(st.sampled_from("ABCabc .,()&'-陳大文先生、有限公司：\n12"), max_size=120))
def test_any_text_gives_places_within_it_in_order(text: str) -> None:
    found = mentions([(1, text)])
    assert all(text[m.start : m.end].split() == m.text.split() and m.text for m in found)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(found))

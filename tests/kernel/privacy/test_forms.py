from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.privacy.folding import fold
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from tests.kernel.privacy.making import CHAN

K = IdentifierKind
HIM = Matcher(CHAN)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Chan Tai Man", "name"), ("CHAN, Tai-man", "name"), ("Tai Man CHAN", "name"),
        ("Tai-Man Chan", "name"), ("Chan Taiman", "name"), ("CHAN TAI MAN", "name"),
        ("陳大文", "name"), ("陈大文", "name"), ("陳 大 文", "name"), ("陳\n大文", "name"),
        ("客戶陳大文先生", "name"), ("Ｃｈａｎ　Ｔａｉ　Ｍａｎ", "name"), ("Chan Tai\u00adMan", "name"),
        ("Chan T. M.", "initials"), ("T.M. Chan", "initials"), ("Tai Man", "name in part"),
        ("A123456(3)", "hkid"), ("A1234563", "hkid"), ("a 123456 ( 3 )", "hkid"),
        ("Ａ１２３４５６（３）", "hkid"), ("A123456【3】", "hkid"), ("身份證A123456(3)號", "hkid"),
        ("A123456", "hkid without check digit"),
        ("91234567", "phone"), ("+852 9123 4567", "phone"), ("(852) 9123-4567", "phone"),
        ("電話:9123 4567。", "phone"), ("mailto:TaiMan.Chan@example.com", "email"),
        ("電郵taiman.chan@example.com。", "email"),
    ],
)  # fmt: skip
def test_a_person_is_found_in_the_forms_people_write(text: str, form: str) -> None:
    found = HIM.matches(f"Re: {text}, as agreed")
    assert form in {m.form for m in found}


@pytest.mark.parametrize(
    "text",
    ["Chandler Tai Manor", "陳大明", "B123456(3)", "A1234567", "XA123456(3)", "191234567", "912345678",
     "Chan"],
)  # fmt: skip
def test_somebody_else_is_not(text: str) -> None:
    assert HIM.matches(text) == []


def test_an_address_that_only_ends_or_begins_like_his_is_not_his() -> None:
    for text in ("xtaiman.chan@example.com", "taiman.chan@example.com.au"):
        assert "email" not in {m.form for m in HIM.matches(text)}


def test_a_match_is_marked_where_it_stands() -> None:
    text = "ﬁle of 陳\u200b大文 (ＣＨＡＮ Tai Man)"
    assert [text[m.start : m.end] for m in HIM.matches(text)] == [
        "陳\u200b大文",
        "ＣＨＡＮ Tai Man",
    ]


def test_a_name_in_both_scripts_is_two_names() -> None:
    both = Matcher([Identifier(kind=K.NAME, value="Ho Chun-yin Steven 何俊賢")])
    for text in (
        "何俊贤",
        "Hon Steven HO Chun-yin",
        "HO Chun Yin Steven",
        "Steven Ho",
        "Ho Chun-yin",
    ):
        assert both.matches(text), text
    assert not both.matches("Steven Chan")


@given(st.text(max_size=200))
def test_folding_knows_the_way_back(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert folded.text[at] in fold(text[start:end]).text


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_stands_around_a_name_it_is_found(before: str, after: str) -> None:
    text = f"{before} 陳大文 {after}"
    assert any("陳大文" in text[m.start : m.end] for m in HIM.matches(text))

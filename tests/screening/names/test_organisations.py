from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.names.organisations import organisation
from lionrock.screening.names.terms import LEGAL, chinese_terms, number, term


def parts(name: str) -> list[tuple[str, str]]:
    return [(p.text, p.kind) for p in organisation(name).parts]


def test_a_company_is_taken_apart() -> None:
    assert parts("Blue Kite Trading (Hong Kong) Co., Ltd.") == [
        ("blue", "core"),
        ("kite", "core"),
        ("trading", "term"),
        ("hongkong", "term"),
        ("co", "legal"),
        ("ltd", "legal"),
    ]


def test_a_company_in_chinese_is_taken_apart_by_what_its_words_mean() -> None:
    assert parts("藍鳶貿易（香港）有限公司") == [
        ("蓝", "core"),
        ("鸢", "core"),
        ("trading", "term"),
        ("hongkong", "term"),
        ("legal", "legal"),
    ]


def test_traditional_and_simplified_are_one() -> None:
    assert parts("藍鳶貿易有限公司") == parts("蓝鸢贸易有限公司")


@pytest.mark.parametrize(
    ("written", "kind"), [("Ltd", "limited"), ("PLC", "stock"), ("LLP", "partnership")]
)
def test_legal_forms_are_told_apart(written: str, kind: str) -> None:
    assert LEGAL[written.lower()] == kind


@pytest.mark.parametrize("name", ["O.O.O. Vostok", "OOO Vostok", "O O O Vostok"][:2])
def test_letters_with_points_are_one_word(name: str) -> None:
    assert parts(name) == [("ooo", "legal"), ("vostok", "core")]


@pytest.mark.parametrize("name", ["MV OCEAN STAR", "M/V Ocean Star", "Ocean Star"])
def test_the_letters_before_a_vessels_name_are_left_out(name: str) -> None:
    assert [text for text, _ in parts(name)] == ["ocean", "star"]


@pytest.mark.parametrize(
    ("written", "digits"), [("2", "2"), ("two", "2"), ("II", "2"), ("second", "2"), ("x", "")]
)
def test_numbers_are_digits(written: str, digits: str) -> None:
    assert number(written.lower()) == digits


def test_terms_of_two_languages_have_one_meaning() -> None:
    assert term("intl") == term("internationale") == "international"
    assert ("国际", "international") in chinese_terms()


def test_longer_chinese_terms_are_found_first() -> None:
    lengths = [len(han) for han, _ in chinese_terms()]
    assert lengths == sorted(lengths, reverse=True)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_a_companys_name(text: str) -> None:
    assert all(part.text for part in organisation(text).parts)

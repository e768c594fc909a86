from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.names.text import is_private, plain, script, visible


def test_what_has_no_width_is_gone() -> None:
    assert visible("Ch\u200ban\u00ad Tai\u2060 \u202eMan\ufeff\x00") == "Chan Tai Man"


def test_full_width_letters_and_wide_blanks_are_ordinary_ones() -> None:
    assert visible("ＣＨＡＮ\u3000Ｔａｉ") == "CHAN Tai"


def test_cyrillic_and_greek_lookalikes_in_a_latin_name_are_latin() -> None:
    assert plain("Сhan", mixed=True) == "chan"
    assert plain("Ρeter", mixed=True) == "peter"


def test_a_name_in_cyrillic_alone_is_transliterated() -> None:
    assert plain("Путин") == "putin"
    assert plain("Сталин") == "stalin"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Müller", "muller"),
        ("Strauß", "strauss"),
        ("Łukasz", "lukasz"),
        ("Nguyễn", "nguyen"),
        ("Þór", "thor"),
        ("İbrahim", "ibrahim"),
    ],
)
def test_marks_and_letters_of_one_language_are_written_in_ascii(written: str, found: str) -> None:
    assert plain(written) == found


@pytest.mark.parametrize(
    ("character", "found"),
    [
        ("陳", "han"),
        ("𠮷", "han"),
        ("\ue001", "han"),
        ("a", "latin"),
        ("é", "latin"),
        ("Ж", "cyrillic"),
        ("ア", "kana"),
        ("김", "hangul"),
        ("5", "digit"),
        ("-", ""),
    ],
)
def test_the_script_of_a_letter(character: str, found: str) -> None:
    assert script(character) == found


def test_private_use_is_told_apart() -> None:
    assert is_private(0xE001) and is_private(0xF0000)
    assert not is_private(ord("陳"))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_word_becomes_ascii(word: str) -> None:
    assert plain(visible(word)).isascii()

"""How a character is spelt, system by system."""

from __future__ import annotations

import pytest

from lionrock.screening.names import cantonese, mandarin, southern
from lionrock.screening.names.syllables import (
    LOWEST,
    bridge,
    is_syllable,
    segments,
    shared,
    spellings,
    syllable_share,
    weight,
)


@pytest.mark.parametrize(
    ("character", "spelt", "system"),
    [
        ("陳", "chan", "Hong Kong"),
        ("陳", "chen", "pinyin"),
        ("陳", "tan", "Malaysia and Singapore"),
        ("陳", "chan", "Macau"),
        ("張", "cheung", "Hong Kong"),
        ("張", "cheong", "Macau"),
        ("張", "zhang", "pinyin"),
        ("張", "chang", "Taiwan"),
        ("黃", "wong", "Hong Kong"),
        ("黃", "vong", "Macau"),
        ("黃", "huang", "pinyin"),
        ("黃", "ng", "Malaysia and Singapore"),
        ("徐", "hsu", "Taiwan"),
        ("呂", "lyu", "pinyin"),
        ("呂", "lu", "pinyin"),
        ("許", "hui", "Hong Kong"),
        ("冼", "sin", "Hong Kong"),
        ("單", "shan", "pinyin"),
    ],
)
def test_a_surname_is_spelt_by_each_system(character: str, spelt: str, system: str) -> None:
    assert system in spellings(character, "surname")[spelt].systems


@pytest.mark.parametrize(("spelt", "system"), [("tai", "Hong Kong"), ("da", "pinyin")])
def test_a_given_name_is_spelt_by_each_system(spelt: str, system: str) -> None:
    assert system in spellings("大", "given")[spelt].systems


def test_the_usual_spelling_is_likeliest() -> None:
    shares = {s: one.share for s, one in spellings("陳", "surname").items()}
    assert max(shares, key=lambda s: shares[s]) == "chan"


@pytest.mark.parametrize("role", ["surname", "given"])
def test_shares_of_a_character_sum_to_about_one(role: str) -> None:
    for character in "陳張黃李大文明志":
        total = sum(s.share for s in spellings(character, role).values())  # type: ignore[arg-type]
        assert 0.9 < total < 1.05


@pytest.mark.parametrize("syllable", ["can", "zi", "gwok", "ng", "jyut", "hoeng"])
def test_hong_kong_and_macau_spellings_of_a_syllable_sum_to_one(syllable: str) -> None:
    assert sum(cantonese.hong_kong(syllable).values()) == pytest.approx(1)
    assert sum(cantonese.macau(syllable).values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("syllable", "parts"), [("gwok", ("gw", "ok")), ("ng", ("", "ng")), ("oi", ("", "oi"))]
)
def test_a_jyutping_syllable_is_split(syllable: str, parts: tuple[str, str]) -> None:
    assert cantonese.split(syllable) == parts


@pytest.mark.parametrize(
    ("syllable", "spelt"),
    [("zhang", "chang"), ("xu", "hsu"), ("guo", "kuo"), ("jiang", "chiang"), ("zi", "tzu")],
)
def test_wade_giles_without_marks(syllable: str, spelt: str) -> None:
    assert mandarin.taiwan(syllable)[spelt] > 0.5


def test_u_with_two_dots_is_v_or_u_or_yu() -> None:
    assert {"lv", "lu", "lyu"} <= mandarin.pinyin("lv").keys()


def test_southern_spellings_come_likeliest_first() -> None:
    surnames, given = southern.spellings()
    assert surnames["陳"][0] == "tan"
    assert given["明"][0] == "beng"


def test_a_spelling_that_fits_speaks_for_a_character_and_another_against() -> None:
    assert weight("chan", "陳", "surname") > 2
    assert weight("xia", "陳", "surname") == LOWEST


def test_a_common_spelling_says_less_than_a_rare_one() -> None:
    assert weight("chan", "陳", "surname") < weight("tsz", "子", "given") + 2
    assert syllable_share("chan", "surname") > syllable_share("sin", "surname")


def test_a_slip_of_one_letter_says_less_than_the_spelling() -> None:
    assert LOWEST < weight("cheng", "張", "surname") < weight("cheung", "張", "surname")


def test_two_spellings_of_one_character_are_bridged_either_way() -> None:
    assert bridge("cheung", "zhang", "surname") > 2
    assert bridge("cheung", "zhang", "surname") == pytest.approx(
        bridge("zhang", "cheung", "surname")
    )
    assert bridge("cheung", "wang", "surname") < 0


def test_the_character_that_two_spellings_share_is_named() -> None:
    assert shared("chan", "chen", "surname") == "陈"
    assert shared("chan", "wang", "surname") == ""


@pytest.mark.parametrize(
    ("word", "cut"),
    [("dawen", ("da", "wen")), ("taiman", ("tai", "man")), ("xiaoming", ("xiao", "ming"))],
)
def test_a_word_is_cut_into_syllables(word: str, cut: tuple[str, ...]) -> None:
    assert cut in segments(word)


@pytest.mark.parametrize("word", ["smith", "xyz", "da", "мария"])
def test_what_is_no_row_of_syllables_is_not_cut(word: str) -> None:
    assert segments(word) == ()


def test_syllables_are_known() -> None:
    assert is_syllable("cheung") and is_syllable("zhuang")
    assert not is_syllable("smith")

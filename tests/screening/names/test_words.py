from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.names.words import (
    doubled,
    information,
    is_given_name,
    likeness,
    scanned,
    sound,
    variant,
    without_vowels,
)

_WORDS = st.text(st.sampled_from("abdeghiklmnorstuvyz01"), min_size=1, max_size=12)


def test_a_common_name_says_less_than_a_rare_one() -> None:
    assert information("ali") < information("suleiman") < information("zawahiri")
    assert information("van") < 1


def test_a_short_word_says_little() -> None:
    assert information("xq") < information("xqzw")


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        ("putin", "putin", "same"),
        ("mohammed", "muhammad", "variant"),
        ("bill", "william", "variant"),
        ("abdulkhaliq", "khaliq", "variant"),
        ("zawahiri", "zawahirii", "sound"),
        ("qaradawi", "karadawi", "sound"),
        ("zawahiri", "zawahuri", "sound"),
        ("marston", "marsten", "sound"),
        ("bernstein", "bernstien", "sound"),
        ("morningstone", "rnorningstone", "scan"),
        ("j", "john", "initial"),
        ("putin", "biden", ""),
        ("chan", "chen", ""),
    ],
)
def test_how_two_words_are_alike(a: str, b: str, how: str) -> None:
    assert likeness(a, b)[1] == how


def test_a_slip_of_the_pen_counts_less_than_the_word() -> None:
    bits, how = likeness("petrosyan", "petrosbyan")
    assert how == "misspelt"
    assert 0 < bits < information("petrosyan")


def test_two_known_names_of_different_groups_are_not_alike() -> None:
    assert likeness("yuri", "yusuf") == (0.0, "")


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_likeness_is_the_same_either_way(a: str, b: str) -> None:
    assert likeness(a, b) == likeness(b, a)


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_no_word_is_more_like_another_than_like_itself(a: str, b: str) -> None:
    assert likeness(a, b)[0] <= max(likeness(a, a)[0], likeness(b, b)[0], 2.5)


def test_forms_of_a_name_are_of_one_group() -> None:
    assert variant("mohammed") == variant("muhammad") is not None
    assert variant("zawahiri") is None


@pytest.mark.parametrize("word", ["jacky", "winky", "john", "mary"])
def test_names_that_people_take_beside_a_chinese_one(word: str) -> None:
    assert is_given_name(word)


def test_keys_of_words() -> None:
    assert doubled("husseinn") == "husein"
    assert without_vowels("muhammad") == "mhmmd"
    assert sound("qaddafi") == sound("kadafi")
    assert scanned("rnodem") == scanned("modem")

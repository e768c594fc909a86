from __future__ import annotations

import pytest

from lionrock.screening.matching.compare import compare
from tests.screening.matching.making import company, person


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("陳大文", "CHAN Tai Man", "陳 read chan in Hong Kong romanisation"),
        ("陳大文", "陈大文", "陳 and 陈 are forms of one character"),
        ("陳大文", "陳大明", "文 against 明"),
        ("Muhammad Zawahiri", "Mohammed Zawahiri", "Muhammad and Mohammed are forms of one name"),
        ("J Wetherby", "John Wetherby", "J may stand for John"),
        ("CHEUNG Siu Ming", "ZHANG Xiaoming", "CHEUNG and ZHANG both spell 张"),
    ],
)
def test_each_part_is_told_in_words(a: str, b: str, words: str) -> None:
    assert words in [one.words for one in compare(person(a), person(b)).evidence]


def test_what_is_left_over_is_told() -> None:
    evidence = compare(company("Blue Kite"), company("Blue Harbour")).evidence
    assert "Kite against Harbour" in [one.words for one in evidence]


def test_acronyms_are_told() -> None:
    evidence = compare(company("NIDC"), company("National Iranian Drilling Company")).evidence
    assert "word_acronym" in [one.feature for one in evidence]


def test_names_that_cannot_be_compared_say_so() -> None:
    (only,) = compare(person("陳大文"), person("Ivan Petrov")).evidence
    assert only.feature == "names_apart" and only.weight < -10
    assert (only.query, only.listed) == ("陳大文", "Ivan Petrov")

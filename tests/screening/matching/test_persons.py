"""Which names are one person's: what speaks for it reaches the threshold, what does not stays below."""

from __future__ import annotations

import pytest

from lionrock.screening.matching.scoring import THRESHOLD, bits
from tests.screening.matching.making import of_persons

_NEEDED = bits(THRESHOLD)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("陳大文", "CHAN Tai Man"),
        ("陳大文", "Chen Dawen"),
        ("陈大文", "陳大文"),
        ("7115 1129 2429", "陳大文"),
        ("張志強", "CHEUNG Chi-keung"),
        ("張志強", "Zhang Zhiqiang"),
        ("CHAN Tai Man", "Tai Man CHAN"),
        ("CHAN Tai Man", "Chan Taiman"),
        ("Peter CHAN Tai-man", "陳大文"),
        ("CHAN, Tai Man Peter", "CHAN Tai Man"),
        ("歐陽娜娜", "Au Yeung Na Na"),
        ("歐陽娜娜", "Ouyang Nana"),
        ("司徒志強", "Szeto Chi Keung"),
        ("陳王美玲", "CHAN WONG Mei Ling"),
    ],
)
def test_chinese_names_in_any_writing(a: str, b: str) -> None:
    assert of_persons(a, b) > _NEEDED


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("陳大文", "WONG Mei Ling"),
        ("陳大文", "陳小明"),
        ("陳大文", "CHAN Siu Ming"),
        ("CHAN Tai Man", "CHAN Siu Man"),
        ("Zhang Zhiqiang", "Wang Zhiqiang"),
        ("Chan", "陳大文"),
    ],
)
def test_other_chinese_names(a: str, b: str) -> None:
    assert of_persons(a, b) < _NEEDED


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ivan Sergeevich Petrov", "PETROV, Ivan Sergeevich"),
        ("Иван Петров", "Ivan Petrov"),
        ("Muhammad Hassan al-Zawahiri", "Mohammed Hasan Zawahiri"),
        ("Abd al-Rahman Zawahiri", "Abdulrahman Zawahiri"),
        ("Сergei Lavrоv", "Sergei Lavrov"),
        ("Jan vander Wetherby", "Jan Vanderwetherby"),
        ("J\u200bohn Wetherby", "John Wetherby"),
        ("Dr Anneliese Wetherby", "Anneliese Wetherby"),
        ("Bob Wetherby", "Robert Wetherby"),
    ],
)
def test_other_names_in_any_writing(a: str, b: str) -> None:
    assert of_persons(a, b) > _NEEDED


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ivan Petrov", "Ivan Wetherby"),
        ("John Wetherby", "Mary Wetherby"),
        ("Ali", "Muhammad Ali Hassan"),
        ("", "Ivan Petrov"),
    ],
)
def test_names_that_share_too_little(a: str, b: str) -> None:
    assert of_persons(a, b) < _NEEDED


def test_a_private_use_character_speaks_neither_for_nor_against() -> None:
    without = of_persons("陳大文", "陳大文") - of_persons("陳\ue001文", "陳大文")
    against = of_persons("陳大文", "陳大文") - of_persons("陳小文", "陳大文")
    assert 0 < without < against


def test_one_private_use_character_is_not_evidence_of_itself() -> None:
    assert of_persons("陳\uf8ff文", "陳\uf8ff文") == of_persons("陳\uf8ff文", "陳\uf8fe文")


def test_a_given_names_order_matters() -> None:
    assert of_persons("WONG Man Ki", "WONG Ki Man") < of_persons("WONG Man Ki", "WONG Man Ki") - 8


@pytest.mark.parametrize(
    ("a", "b"),
    [("陳大文", "CHAN Tai Man"), ("Ivan Petrov", "Petrov Iwan"), ("CHAN Tai Man", "Chen Dawen")],
)
def test_it_does_not_matter_which_name_is_asked_about(a: str, b: str) -> None:
    assert of_persons(a, b) == pytest.approx(of_persons(b, a))

from __future__ import annotations

import pytest

from lionrock.screening.matching.compare import compare
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.names.characters import fold
from lionrock.screening.names.private_use import standard
from tests.screening.matching.making import person


@pytest.mark.parametrize(
    ("private", "today"),
    [("\ue000", "𠕇"), ("\ue003", "𣿅"), ("\uf303", "㇀"), ("\ue3c7", "㑾")],
)
def test_a_code_of_hkscs_1999_is_the_character(private: str, today: str) -> None:
    assert standard(private) == today
    assert fold(private) == fold(today)


@pytest.mark.parametrize("other", ["\uf8ff", "\U000f0000", "陳", "A"])
def test_anything_else_stays(other: str) -> None:
    assert standard(other) == other


def test_every_place_is_one_character_of_big5_or_itself() -> None:
    for point in range(0xE000, 0xF849):
        found = standard(chr(point))
        assert found == chr(point) or found.encode("big5hkscs")


def test_a_name_from_an_old_system_is_the_name_of_today() -> None:
    old, today = person("陳\ue003文"), person("陳𣿅文")
    assert compare(old, today).score >= THRESHOLD
    assert compare(old, today).score == pytest.approx(compare(today, today).score, abs=0.02)


def test_a_house_may_have_put_its_own_there_so_that_nothing_speaks_against_a_name() -> None:
    assert compare(person("陳\ue003文"), person("陳大文")).score == pytest.approx(
        compare(person("陳\uf8ff文"), person("陳大文")).score
    )

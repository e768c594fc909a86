from __future__ import annotations

import pytest

from lionrock.screening.names.characters import fold
from lionrock.screening.names.chinese_names import given_share, surname_length, surname_share


@pytest.mark.parametrize(
    ("name", "length"),
    [("陳大文", 1), ("歐陽娜娜", 2), ("司徒華", 2), ("司徒", 1), ("陳王美玲", 2), ("诸葛亮", 2)],
)
def test_how_many_characters_are_the_surname(name: str, length: int) -> None:
    assert surname_length(name) == length


def test_shares_sum_to_one_and_the_commonest_lead() -> None:
    assert sum(surname_share().values()) == pytest.approx(1)
    assert sum(given_share().values()) == pytest.approx(1)
    assert surname_share()[fold("陳")] > surname_share()[fold("鄂")]
    assert given_share()[fold("文")] > given_share()[fold("倩")]

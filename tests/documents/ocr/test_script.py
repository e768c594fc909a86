"""On a Traditional page a Simplified misreading becomes Traditional; on any other it stays."""

from __future__ import annotations

import numpy as np
import pytest

from lionrock.documents.ocr.cutting import Cut
from lionrock.documents.ocr.lines import Line
from lionrock.documents.ocr.networks import Letter
from lionrock.documents.ocr.script import put_into_traditional

BLANK = Cut(np.zeros((30, 300, 3), np.uint8), np.zeros((4, 2), np.float32))


def line(text: str, **next_likely: tuple[str, float]) -> Line:
    letters = [
        Letter(float(i), [(c, 0.6), *([next_likely[c]] if c in next_likely else [])], np.zeros(120, np.float32))
        for i, c in enumerate(text)
    ]  # fmt: skip
    return Line(BLANK, letters)


PAGE = "客戶盡職審查須於建立業務關係時進行並保留紀錄"


def test_the_next_likely_traditional_character_is_taken_and_noted() -> None:
    found = line("總额", 额=("額", 0.3))
    put_into_traditional([found], PAGE + "总额")
    assert ("".join(found.text), found.read) == ("總額", ["", "额"])
    assert found.sure[1] == pytest.approx(0.9)


def test_without_one_the_only_counterpart_is_taken_as_unsure_as_before() -> None:
    found = line("損失综合")
    put_into_traditional([found], PAGE)
    assert ("".join(found.text), found.sure[2]) == ("損失綜合", 0.6)


def test_characters_of_both_scripts_are_left_alone() -> None:
    found = line("皇后大道中只有一台")
    put_into_traditional([found], PAGE)
    assert "".join(found.text) == "皇后大道中只有一台"


def test_a_simplified_page_stays_simplified() -> None:
    found = line("总额与债务")
    put_into_traditional([found], "本行须保留交易记录总额与债务")
    assert "".join(found.text) == "总额与债务"

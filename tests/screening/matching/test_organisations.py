"""Which names are one company's, body's or vessel's."""

from __future__ import annotations

import pytest

from lionrock.screening.matching.scoring import THRESHOLD, bits
from tests.screening.matching.making import of_companies

_NEEDED = bits(THRESHOLD)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Blue Kite Trading Limited", "Blue Kite Trading Co., Ltd."),
        ("藍鳶貿易有限公司", "蓝鸢贸易有限公司"),
        ("Zhonglong Trading Limited", "中隆貿易有限公司"),
        ("Blue Kite Intl", "Blue Kite International"),
        ("BlueKite Trading", "Blue Kite Trading"),
        ("Vostok OOO", "O.O.O. Vostok"),
        ("MV Ocean Starling", "OCEAN STARLING"),
        ("Blue Kite 2 Ltd", "Blue Kite Two Limited"),
        ("National Iranian Drilling Company", "NIDC"),
    ],
)
def test_one_company_in_two_writings(a: str, b: str) -> None:
    assert of_companies(a, b) >= _NEEDED


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Blue Kite Trading Limited", "Red Harbour Trading Limited"),
        ("International Trading Holdings", "International Investment Holdings"),
        ("藍鳶貿易有限公司", "紅港貿易有限公司"),
        ("", "Blue Kite"),
    ],
)
def test_what_companies_share_makes_them_not_one(a: str, b: str) -> None:
    assert of_companies(a, b) < _NEEDED


def test_another_number_is_another_company() -> None:
    same = of_companies("Blue Kite 2 Limited", "Blue Kite 2 Limited")
    assert of_companies("Blue Kite 2 Limited", "Blue Kite 3 Limited") < same - 7
    assert of_companies("Blue Kite 2 Limited", "Blue Kite Limited") < same - 4


def test_another_legal_form_speaks_against() -> None:
    same = of_companies("Blue Kite Ltd", "Blue Kite Limited")
    assert of_companies("Blue Kite Ltd", "Blue Kite plc") < same
    assert of_companies("Blue Kite", "Blue Kite plc") == pytest.approx(same - 0.5)


def test_an_acronym_must_be_of_all_first_letters() -> None:
    whole = of_companies("NIDC", "National Iranian Drilling Company")
    assert whole > of_companies("NIDX", "National Iranian Drilling Company") + 5


@pytest.mark.parametrize(("a", "b"), [(":", "-"), ("Ltd", "Company"), ("有限公司", "有限公司")])
def test_nothing_in_common_is_not_the_whole_name_in_common(a: str, b: str) -> None:
    assert of_companies(a, b) < _NEEDED

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.extraction import amounts, numerals

CENTS = st.integers(0, 10**11)


def read(text: str, **how: bool) -> list[tuple[str, str]]:
    return [(f.normal.text, f.normal.unit) for f in amounts.find(text, **how)]


@given(CENTS)
def test_every_writing_of_an_amount_is_that_amount(cents: int) -> None:
    value = Decimal(cents) / 100
    told = f"{value:.2f}"
    for text, unit in (
        (f"HK${value:,.2f}", "HKD"), (f"HKD {value:.2f}", "HKD"), (f"{value:,.2f} RM", "MYR"),
        (f"港幣{value:,.2f}元", "HKD"), (f"US${value:,.2f}", "USD"), (f"人民幣 {value:,.2f}", "CNY"),
    ):  # fmt: skip
        assert read(f"paid {text} today") == [(told, unit)], text
    assert read(f"(HK${value:,.2f})") == [(f"-{told}" if cents else told, "HKD")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("港幣壹佰貳拾萬元正", ("1200000.00", "HKD")), ("叁拾叁萬美元整", ("330000.00", "USD")),
        ("人民币三亿二千万元", ("320000000.00", "CNY")), ("五元三角二分", ("5.32", "")),
        ("$8.20", ("8.20", "")), ("NT$1,500", ("1500.00", "TWD")), ("HK$1.2 million", ("1200000.00", "HKD")),
        ("120萬港元", ("1200000.00", "HKD")), ("€1.234,56", ("1234.56", "EUR")),
        ("ＨＫ＄１，２００", ("1200.00", "HKD")),
    ],
)  # fmt: skip
def test_amounts_in_both_scripts(text: str, told: tuple[str, str]) -> None:
    assert read(text) == [told]


def test_a_dollar_sign_alone_names_no_currency() -> None:
    assert read("$12.00") == [("12.00", "")]
    assert amounts.currency("（美元）") == "USD"
    assert amounts.currency("(incl.)") == ""


def test_only_a_page_read_from_a_picture_can_have_misread_signs() -> None:
    assert read("S8.20") == []
    assert read("S8.20", recognised=True) == [("8.20", "")]


@pytest.mark.parametrize("text", ["30-04-2018", "18:24", "12345678", "v1.2.3", "RO1-250714-0032"])
def test_figures_that_are_no_money_need_a_label(text: str) -> None:
    assert read(text) == []


@given(st.integers(1, 10**12 - 1))
def test_chinese_numbers_are_read_back(value: int) -> None:
    assert numerals.chinese(_chinese(value)) == value


def _chinese(value: int) -> str:
    """A Chinese number in the financial figures of cheques, 零 where places are skipped."""
    digits, units = "零壹貳叁肆伍陸柒捌玖", ("仟", "佰", "拾", "")
    text = ""
    for scale, sign in ((10**8, "億"), (10**4, "萬"), (1, "")):
        part, value = divmod(value, scale)
        said, skipped = "", bool(text)
        for unit, digit in zip(units, f"{part:04}", strict=True):
            if digit == "0":
                skipped = bool(text or said)
                continue
            said += (
                ("零" if skipped and (said or (text and part < 1000)) else "")
                + digits[int(digit)]
                + unit
            )
            skipped = False
        text += said + sign if part else ""
    return text


@given(st.text(max_size=80))
def test_any_text_is_read_and_places_are_in_it(text: str) -> None:
    for found in amounts.find(text, labelled=True, recognised=True):
        assert 0 <= found.start < found.end <= len(text)
        assert Decimal(found.normal.text) is not None
    for number in numerals.find(text):
        assert 0 <= number.start < number.end <= len(text)

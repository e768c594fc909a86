"""Hong Kong identity card numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel import hkid

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2)
DIGITS = st.text("0123456789", min_size=6, max_size=6)


@pytest.mark.parametrize(
    ("letters", "digits", "check"),
    [
        ("A", "123456", "3"),
        ("G", "123456", "A"),
        ("AB", "987654", "3"),
        ("C", "668668", "9"),
    ],
)
def test_the_check_digit_follows_the_rule_on_the_card(
    letters: str, digits: str, check: str
) -> None:
    assert hkid.check_digit(letters, digits) == check


@pytest.mark.parametrize(
    "text",
    ["A123456(3)", "a123456(3)", "A1234563", "A123456-3", " A 123456 (3) ", "Ａ１２３４５６（３）"],
)
def test_however_it_is_typed_it_is_one_number(text: str) -> None:
    assert hkid.normalised(text) == "A123456(3)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A12345(3)",
        "ABC123456(3)",
        "1234567",
        "A123456",
        "A123456(B)",
        "no. A123456(3)",
        "A" * 99,
    ],
)
def test_what_has_another_form_is_no_number(text: str) -> None:
    assert hkid.parse(text) is None


@given(LETTERS, DIGITS)
def test_of_the_eleven_check_digits_one_is_right(letters: str, digits: str) -> None:
    written = [f"{letters}{digits}({check})" for check in "0123456789A"]
    assert sum(bool(hkid.normalised(text)) for text in written) == 1


@given(LETTERS, DIGITS, st.integers(0, 5), st.integers(1, 9))
def test_a_mistyped_digit_is_noticed(letters: str, digits: str, place: int, by: int) -> None:
    right = hkid.check_digit(letters, digits)
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert hkid.check_digit(letters, wrong) != right


def test_a_wrong_check_digit_is_kept_but_not_valid() -> None:
    found = hkid.parse("A123456(4)")
    assert found is not None and not found.valid and str(found) == "A123456(4)"

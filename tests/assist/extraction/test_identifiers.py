from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.extraction import identifiers, names
from lionrock.kernel import hkid

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2)
DIGITS = st.text("0123456789", min_size=6, max_size=6)


@given(LETTERS, DIGITS, st.sampled_from("0123456789A"))
def test_an_identity_card_number_is_told_right_or_wrong(
    letters: str, digits: str, check: str
) -> None:
    right = hkid.check_digit(letters, digits) == check
    wide = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in f"{letters}{digits}()"})
    for text in (
        f"{letters}{digits}({check})",
        f"{letters.lower()} {digits} ({check})",
        f"{letters}{digits}({check})".translate(wide),
    ):
        found = list(identifiers.hkids(f"No. {text}, issued"))
        assert [(f.normal.text, f.normal.valid) for f in found] == [
            (f"{letters}{digits}({check})", right)
        ]


@pytest.mark.parametrize("text", ["INV-A1234567", "AB1234567890", "XA123456(3)9"])
def test_a_longer_code_is_no_identity_card(text: str) -> None:
    assert not [f for f in identifiers.hkids(text) if f.end - f.start == len(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2345 6789", "+85223456789"), ("+852 2345 6789", "+85223456789"), ("(852) 2345-6789", "+85223456789"),
        ("+86 138 0013 8000", "+8613800138000"), ("03-4043 7678", ""), ("00852 2345 6789", "+85223456789"),
    ],
)  # fmt: skip
def test_telephones_with_a_label_have_e164_forms_where_their_country_is_known(
    text: str, told: str
) -> None:
    assert [f.normal.text for f in identifiers.phones(text, labelled=True)] == [told]


def test_without_a_label_a_code_is_no_telephone() -> None:
    assert not list(identifiers.phones("QH-2025-0318 and 20250714 and 12345678"))
    assert [f.normal.text for f in identifiers.phones("call 2345 6789")] == ["+85223456789"]


def test_business_registration_numbers_are_their_first_eight_figures() -> None:
    found = [f.normal.text for f in identifiers.registrations("12345678-000-07-25-9 or 123456789")]
    assert found == ["12345678"]


def test_addresses_of_mail_are_compared_in_lower_case() -> None:
    assert [f.normal.text for f in identifiers.emails("Mail: Siu.Man@Example.COM.")] == [
        "siu.man@example.com"
    ]


@pytest.mark.parametrize(
    ("text", "latin", "han"),
    [
        ("CHOW Siu Yin 周小燕 (staff no. 3108)", "CHOW Siu Yin", "周小燕"), ("陳大文先生", "", "陳大文"),
        ("周小燕 CHOW Siu Yin", "CHOW Siu Yin", "周小燕"), ("Mr. CHAN, Tai Man", "CHAN, Tai Man", ""),
        ("TO Yi 杜二, Branch manager", "TO Yi", "杜二"),
        ("翠屏湾贸易（香港）有限公司", "", "翠屏湾贸易（香港）有限公司"),
        ("S.H.H. Motor (Sungai Rengit) Sdn. Bhd.", "S.H.H. Motor (Sungai Rengit) Sdn. Bhd.", ""),
    ],
)  # fmt: skip
def test_both_writings_of_a_name_are_kept_apart(text: str, latin: str, han: str) -> None:
    found = names.normal(text)
    assert found is not None and (found.latin, found.han) == (latin, han)


@pytest.mark.parametrize("text", ["", "  ", "12", "—"])
def test_what_has_no_letters_is_no_name(text: str) -> None:
    assert names.normal(text) is None

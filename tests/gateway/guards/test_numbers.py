"""Numbers: found whole, beside any text, and only where their check digits hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.gateway.guards.finding import find
from lionrock.gateway.guards.kinds import Kind
from tests.gateway.guards import making

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2)
BESIDE = st.sampled_from(
    [
        ("客戶", "的號碼"),
        ("卡號", "，謝謝"),
        ("（", "）"),
        ("", ""),
        ("see ", "."),
        ("號碼：", "\n"),
    ]
)


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


def found(text: str) -> list[tuple[Kind, str]]:
    return [(f.kind, text[f.start : f.end]) for f in find(text)]


@given(LETTERS, digits(6), BESIDE)
def test_an_hkid_is_found_beside_chinese_and_english(
    letters: str, number: str, beside: tuple[str, str]
) -> None:
    hkid = making.hkid(letters, number)
    assert found(f"{beside[0]}{hkid}{beside[1]}") == [(Kind.HKID, hkid)]


@pytest.mark.parametrize(
    "written",
    [
        "A123456(3)",
        "a123456(3)",
        "A1234563",
        "A123456-3",
        "A 123456 (3)",
        "Ａ１２３４５６（３）",
        "G123456(A)",
    ],
)
def test_an_hkid_is_found_however_it_is_typed(written: str) -> None:
    assert found(f"身份證{written}號") == [(Kind.HKID, written)]


@pytest.mark.parametrize("text", ["A123456(4)", "XA123456(3)", "ref A123456"])
def test_what_does_not_hold_is_no_hkid(text: str) -> None:
    assert Kind.HKID not in {kind for kind, _ in found(text)}


@pytest.mark.parametrize("text", ["HKID: A123456(4)", "身份證號碼：A123456(4)", "HKID no. A123456"])
def test_a_label_makes_up_for_a_misprinted_check_digit(text: str) -> None:
    assert [kind for kind, _ in found(text)] == [Kind.HKID]


@given(st.sampled_from(["4111111", "5500000", "6222021"]), digits(8), BESIDE)
def test_a_card_is_found_beside_chinese_and_english(
    head: str, rest: str, beside: tuple[str, str]
) -> None:
    card = making.card(head + rest)
    assert found(f"{beside[0]}{card}{beside[1]}") == [(Kind.CARD, card)]


@pytest.mark.parametrize(
    "written", ["4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005"]
)
def test_a_card_is_found_in_groups(written: str) -> None:
    assert found(f"用{written}付款") == [(Kind.CARD, written)]


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "0000000000000000", "order 9911111111111111", "?id=4111111111111111"],
)
def test_what_has_no_issuer_or_check_digit_or_names_a_page_is_no_card(text: str) -> None:
    assert Kind.CARD not in {kind for kind, _ in found(text)}


@given(st.sampled_from(["110105", "440301"]), st.dates(), digits(3), BESIDE)
def test_a_resident_identity_number_is_found(
    region: str, born: object, order: str, beside: tuple[str, str]
) -> None:
    day = str(born).replace("-", "")
    if not "1800" <= day[:4] <= "2199":
        day = f"19{day[2:4]}0228"
    number = making.cn_id(region + day + order)
    assert (Kind.CN_ID, number) in found(f"{beside[0]}{number}{beside[1]}")


@pytest.mark.parametrize("text", ["110105194912310021", "110105194913310029", "990105194912310028"])
def test_what_has_no_day_province_or_check_is_no_resident_identity(text: str) -> None:
    assert Kind.CN_ID not in {kind for kind, _ in found(text)}


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4), digits(14), BESIDE)
def test_an_iban_is_found_whole_and_in_groups(
    bank: str, account: str, beside: tuple[str, str]
) -> None:
    number = making.iban("GB", bank + account)
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for written in (number, grouped):
        assert found(f"{beside[0]}{written}{beside[1]}") == [(Kind.IBAN, written)]


def test_an_iban_that_does_not_hold_is_none() -> None:
    assert Kind.IBAN not in {kind for kind, _ in found("GB30 NWBK 6016 1331 9268 19")}


@pytest.mark.parametrize(
    "written",
    [
        "91234567", "9123 4567", "2345-6789", "+852 2345 6789", "(852) 2345 6789", "852-23456789",
        "13812345678", "138 1234 5678", "+86 138 1234 5678", "010-12345678", "+1 (415) 555-2671",
        "+44 20 7946 0958", "(415) 555-2671", "+853 6612 3456",
    ],
)  # fmt: skip
def test_a_telephone_number_is_found_after_a_character(written: str) -> None:
    assert [kind for kind, _ in found(f"致{written}查詢")] == [Kind.PHONE]


@pytest.mark.parametrize(
    "text",
    [
        "20240131", "2019-2024", "HK$91234567", "91234567元", "25000000", "1.91234567", "12345678",
        "0x91234567ab", "91,234,567", "550e8400-e29b-41d4-a716-446655440000", "2000 2010",
    ],
)  # fmt: skip
def test_dates_amounts_and_codes_are_no_telephone_numbers(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "written",
    [
        "012-345678-833",
        "004-123-456789-838",
        "123-456789-838",
        "024-388-1234567",
        "012-875-1-234567-8",
    ],
)
def test_an_account_is_found_by_the_banks_forms(written: str) -> None:
    assert found(f"過數到{written}，多謝") == [(Kind.ACCOUNT, written)]


@pytest.mark.parametrize(
    "label", ["account no. ", "A/C: ", "戶口號碼：", "账号", "賬戶為", "Account number is "]
)
def test_a_label_makes_any_number_an_account(label: str) -> None:
    assert found(f"{label}1234567890") == [(Kind.ACCOUNT, "1234567890")]


@pytest.mark.parametrize(
    "written", ["K12345678", "HA1234567", "E12345678", "EA1234567", "G12345678"]
)
def test_passports_of_hong_kong_and_the_mainland_are_found(written: str) -> None:
    assert found(f"證件{written}。") == [(Kind.PASSPORT, written)]


@pytest.mark.parametrize(
    "text", ["passport no. 533380006", "護照號碼：AB1234567", "Passport: P1234567A"]
)
def test_other_passports_are_found_behind_their_label(text: str) -> None:
    assert [kind for kind, _ in found(text)] == [Kind.PASSPORT]


def test_other_codes_are_no_passports() -> None:
    assert found("part B12345678, model XK12345678, E1234567890") == []


def test_numbers_in_a_row_are_each_found() -> None:
    text = "4111 1111 1111 1111 13812345678 9123 4567"
    assert [kind for kind, _ in found(text)] == [Kind.CARD, Kind.PHONE, Kind.PHONE]

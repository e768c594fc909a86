from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Identifier, IdentifierKind
from lionrock.screening.payments.fin import Lines, _message
from lionrock.screening.payments.payment import MessageType, Party, Payment, Role, TextKind
from lionrock.screening.payments.reading import read_payments
from tests.screening.payments.messages import MT103, MT202_COV, UETR


def read(message: str | bytes) -> list[Payment]:
    data = message.encode("latin-1") if isinstance(message, str) else message
    return list(read_payments(BytesIO(data)))


def the(role: Role, payment: Payment) -> Party:
    (party,) = [p for p in payment.parties if p.role is role]
    return party


def test_an_mt103_is_a_payment_with_its_reference_amount_and_date() -> None:
    (payment,) = read(MT103)
    assert (payment.type, payment.reference, payment.uetr) == (MessageType.MT103, "REF-103", UETR)
    assert (payment.amount, payment.currency) == (Decimal("1250.5"), "HKD")
    assert payment.date == date(2026, 11, 20)


def test_option_f_gives_name_country_birth_and_identity() -> None:
    debtor = the(Role.DEBTOR, read(MT103)[0])
    assert (debtor.name, debtor.address) == ("CHAN TAI MAN", ("8 NATHAN ROAD", "HONG KONG"))
    assert (debtor.country, debtor.born) == ("hk", date(1970, 3, 4))
    assert (debtor.birth_country, debtor.birth_place) == ("mo", "MACAU")
    assert debtor.identifiers == (Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),)
    assert (debtor.where.path, debtor.where.line) == ("50F", 5)


def test_banks_are_parties_by_bic_or_by_name() -> None:
    (payment,) = read(MT103)
    assert (the(Role.SENDER, payment).bic, the(Role.RECEIVER, payment).bic) == (
        "FROMHKHH",
        "GOESGB2L",
    )
    assert the(Role.DEBTOR_AGENT, payment).bic == "DEBTHKHH"
    assert the(Role.DEBTOR_AGENT, payment).account == "012345"
    middle = the(Role.INTERMEDIARY, payment)
    assert (middle.name, middle.address) == ("MIDDLE EXAMPLE BANK", ("1 MAIN STREET",))
    assert middle.account == "FW021000089"
    assert the(Role.CREDITOR_AGENT, payment).bic == "CREDGB2L"


def test_commercial_codes_in_a_name_are_given_as_a_run() -> None:
    creditor = the(Role.CREDITOR, read(MT103)[0])
    assert (creditor.account, creditor.codes) == ("0123456789", ("7115 1129 2429",))


def test_texts_keep_their_field_line_and_kind() -> None:
    texts = {t.where.path: t for t in read(MT103)[0].texts}
    assert texts["70"].text == "INVOICE 7 FOR IVAN EXAMPLE"
    assert (texts["70"].kind, texts["70"].where.line) == (TextKind.REMITTANCE, 20)
    assert texts["72"].text == "/INS/THRDSGSG\nON BEHALF OF JANE EXAMPLE"
    assert texts["77B"].kind is TextKind.REGULATORY
    assert texts["59"].text == "12 EXAMPLE ROAD LONDON"
    assert texts["59"].kind is TextKind.ADDRESS


def test_a_field_that_is_not_known_is_screened_as_a_text() -> None:
    (payment,) = read(MT103.replace(":71A:SHA", ":26X:IVAN EXAMPLE"))
    assert ("26X", "IVAN EXAMPLE") in [(t.where.path, t.text) for t in payment.texts]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (":23B:CRED", ":23B:IVAN EXAMPLE"),
        (":71A:SHA", ":71A:IVAN EXAMPLE"),
        (":71A:SHA", ":71A:SHA\r\nIVAN EXAMPLE"),
        (":71A:SHA", ":71F:IVAN EXAMPLE"),
        (":71A:SHA", ":26T:IVAN EXAMPLE"),
        (":71A:SHA", ":32A:IVAN EXAMPLE"),
        (":71A:SHA", ":13C:/IVAN EXAMPLE/"),
        ("NIDN/HK/A123456(3)", "NIDN/HK/IVAN EXAMPLE"),
        (":50F:NIDN/HK/A123456(3)", ":50F:/IVAN EXAMPLE"),
        ("3/HK/HONG KONG", "3/HK/IVAN EXAMPLE"),
        ("4/19700304", "6/HK/IVAN EXAMPLE/123"),
        ("4/19700304", "8/IVAN EXAMPLE"),
        ("5/MO/MACAU", "5/MO/IVAN EXAMPLE"),
        (":52A:/012345", ":52A:/IVAN EXAMPLE"),
        (":59:/0123456789", ":59:/IVAN EXAMPLE"),
    ],
)
def test_words_where_a_code_or_a_number_belongs_are_a_text(old: str, new: str) -> None:
    assert old in MT103
    (payment,) = read(MT103.replace(old, new).replace("IVAN EXAMPLE\r\n:71A", "7\r\n:71A"))
    assert "IVAN EXAMPLE" in "\n".join(t.text for t in payment.texts if t.where.path != "70")


def test_lines_are_counted_once_however_many_messages_a_file_has() -> None:
    class Counted(str):
        looked_at = 0

        def count(self, *args: object) -> int:
            _, start, end = args
            assert isinstance(start, int) and isinstance(end, int)
            Counted.looked_at += end - start
            return super().count("\n", start, end)

    text = Counted(f"{MT103}\r\n" * 50)
    lines, at, numbers = Lines(text), 0, []
    while at < len(text):
        message, at = _message(text, at, lines)
        numbers.append(message.headers.line)
        at += 2
    each = MT103.count("\n") + 1
    assert numbers == [1 + each * n for n in range(50)]
    assert Counted.looked_at < 2 * len(text)


def test_a_cover_payment_has_its_banks_and_the_customers_behind_it() -> None:
    (payment,) = read(MT202_COV)
    assert payment.type is MessageType.MT202_COV
    assert (the(Role.SENDER, payment).bic, the(Role.RECEIVER, payment).bic) == (
        "GOESGB2L",
        "FROMHKHH",
    )
    debtors = [(p.where.path, p.bic, p.name) for p in payment.parties if p.role is Role.DEBTOR]
    assert debtors == [
        ("52A", "PAYSHKHH", ""),
        ("B/50K", "", "THE VERY LONG NAME OF AN INVENTED"),
    ]
    creditors = [(p.where.path, p.bic) for p in payment.parties if p.role is Role.CREDITOR]
    assert creditors == [("58A", "PAIDUS33"), ("B/59A", "CUSTGB2L")]


def test_a_name_that_fills_its_line_may_run_on_in_the_next() -> None:
    customer = next(p for p in read(MT202_COV)[0].parties if p.where.path == "B/50K")
    assert customer.other_names == ("THE VERY LONG NAME OF AN INVENTED TRADING COMPANY LIMITED",)
    assert not the(Role.INTERMEDIARY, read(MT103)[0]).other_names


def test_a_name_cut_at_the_last_place_may_be_one_word() -> None:
    cut = MT103.replace("MIDDLE EXAMPLE BANK", "A" * 30 + " BANK").replace("1 MAIN", "ING MAIN")
    assert the(Role.INTERMEDIARY, read(cut)[0]).other_names == (
        "A" * 30 + " BANK ING MAIN STREET",
        "A" * 30 + " BANKING MAIN STREET",
    )


def test_several_messages_of_a_file_are_each_a_payment() -> None:
    assert [p.number for p in read(f"{MT103}\r\n${MT202_COV}\n")] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (":20:REF-103\r\n", "", "no field 20"),
        (":32A:261120HKD1250,50\r\n", "", "no field 32A"),
        ("261120", "261320", "Field 32A at line 4 has a day that is not one"),
        ("1250,50", "1250.50", "Field 32A at line 4"),
        ("CHAN TAI", "CHÄN TAI", "Line 6 holds a character"),
        ("CHAN TAI", "CHAN_TAI", "Line 6 (field 50F) holds the character U+005F"),
        ("1/CHAN TAI MAN\r\n", "", "50F, line 5 has no name"),
        ("2/8 NATHAN", "8 NATHAN", "does not begin with its number"),
        ("3/HK/", "3/HKG/", "country"),
        ("4/19700304", "4/19701304", "date"),
        ("4/19700304", "4/1970", "not YYYYMMDD"),
        ("4/19700304", "4/19700304\r\n4/CHAN", "not YYYYMMDD"),
        (":59:/0123456789\r\n7115 1129 2429\r\n", ":59C:/0123456789\r\n", "no field 59"),
        ("CREDGB2L", "CRED", "The BIC is not one at 57A, line 16"),
        ("7115 1129 2429\r\n12 EXAMPLE ROAD LONDON\r\n", "", "Field 59 at line 17 has no name"),
        (":59:/0123456789\r\n7115 1129 2429\r\n12 EXAMPLE ROAD LONDON\r\n", "", "no field 59"),
        ("12 EXAMPLE", ":12 EXAMPLE", "Line 19 is neither a field"),
        ("{2:I103", "{2:I940", "MT940"),
        ("{4:\r\n:20:", "{4:\r\n20:", "Line 2 does not begin with a field"),
        ("\r\n-}", "", "has no end"),
        ("{5:{CHK:123456789ABC}}", "{5:{CHK:", "Line 25 is not a basic header"),
        ("{1:F01FROM", "{1:F01", "basic header"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(old: str, new: str, why: str) -> None:
    assert old in MT103
    with pytest.raises(InvalidInput) as refused:
        read(MT103.replace(old, new, 1))
    assert why in refused.value.detail
    assert "CHAN" not in refused.value.detail


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([MT103, MT202_COV]), st.data())
def test_a_truncated_message_is_refused_or_read_the_same(message: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(message)))
    try:
        payments = read(message[:end])
    except InvalidInput:
        return
    assert payments == read(message)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([MT103, MT202_COV]), st.data())
def test_a_damaged_message_is_refused_or_read(message: str, data: st.DataObject) -> None:
    raw = bytearray(message.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        payments = read(bytes(raw))
    except InvalidInput:
        return
    assert len(payments) == 1


_LINE = st.text(st.sampled_from("ABC 0123456789/:,.-()+'?"), max_size=40)
_TAG = st.sampled_from(
    "20 21 32A 50A 50F 50K 52A 52B 52D 53C 56D 57A 58D 59 59A 59F 70 72 77B".split()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_TAG, st.lists(_LINE, min_size=1, max_size=4)), max_size=8))
def test_any_fields_are_refused_or_read(fields: list[tuple[str, list[str]]]) -> None:
    start, end = MT103.index(":20:"), MT103.index("-}")
    known = ":20:A\n:32A:261120HKD1,\n:50A:AAAAHKHH\n:59A:AAAAHKHH\n"
    block = known + "".join(f":{tag}:" + "\n".join(lines) + "\n" for tag, lines in fields)
    try:
        assert len(read(MT103[:start] + block + MT103[end:])) == 1
    except InvalidInput as refused:
        assert refused.detail

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, TooLarge
from lionrock.screening.entities import Identifier, IdentifierKind
from lionrock.screening.payments.iso20022 import read_iso20022
from lionrock.screening.payments.payment import MessageType, Party, Payment, Role, TextKind
from lionrock.screening.payments.reading import read_payments
from lionrock.screening.payments.safe_xml import Bounds
from tests.screening.payments.messages import PACS_008, PACS_009, PAIN_001, UETR

TRANSACTION = PACS_008[PACS_008.index("  <CdtTrfTxInf>") : PACS_008.index("</CdtTrfTxInf>")]


def read(message: str | bytes) -> list[Payment]:
    data = message.encode() if isinstance(message, str) else message
    return list(read_payments(BytesIO(data)))


def the(role: Role, payment: Payment) -> Party:
    (party,) = [p for p in payment.parties if p.role is role]
    return party


def test_each_transaction_is_a_payment_with_its_amount_date_and_reference() -> None:
    first, second = read(PACS_008)
    assert (first.type, first.message) == (MessageType.PACS_008, "pacs.008.001.08")
    assert (first.message_id, first.reference, first.uetr) == ("MSG-1", "E2E-1", UETR)
    assert (first.amount, first.currency) == (Decimal("1250.50"), "HKD")
    assert first.date == date(2026, 11, 20)
    assert (second.reference, second.amount, second.currency) == ("TX-2", Decimal(8), "CNY")
    assert (first.number, second.number) == (1, 2)
    assert {p.name for p in second.parties} == {"Second Payer", "Second Payee"}


def test_a_party_has_its_name_address_birth_identifiers_and_account() -> None:
    debtor = the(Role.DEBTOR, read(PACS_008)[0])
    assert debtor.name == "CHAN Tai Man (陳大文)"
    assert debtor.address == ("Nathan Road", "Kowloon", "c/o Lee Siu Ming")
    assert debtor.loose == ("c/o Lee Siu Ming",)
    assert (debtor.country, debtor.residence, debtor.birth_country) == ("hk", "mo", "mo")
    assert (debtor.born, debtor.birth_place) == (date(1970, 3, 4), "Macau")
    assert debtor.identifiers == (Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),)
    assert debtor.account == "012-345678-001"
    assert debtor.where.path == "CdtTrfTxInf[1]/Dbtr"
    assert PACS_008.splitlines()[debtor.where.line - 1].strip() == "<Dbtr>"


def test_agents_ultimate_parties_contacts_and_account_holders_are_parties() -> None:
    payment = read(PACS_008)[0]
    assert the(Role.DEBTOR_AGENT, payment).bic == "DEBTHKHHXXX"
    assert the(Role.DEBTOR_AGENT, payment).identifiers == ()  # the clearing system's number for it
    assert the(Role.CREDITOR_AGENT, payment).name == "Example Bank plc"
    assert the(Role.INTERMEDIARY, payment).bic == "MIDDHKHHXXX"
    assert the(Role.CHARGES_AGENT, payment).bic == "CHGEHKHH"
    assert the(Role.ULTIMATE_DEBTOR, payment).lei == "5493001KJTIIGC8Y1R12"
    assert the(Role.CONTACT, payment).name == "Miss Ho"
    assert the(Role.ACCOUNT_HOLDER, payment).name == "Chan Family Account"
    assert the(Role.CREDITOR, payment).account == "GB33BUKB20201555555555"


def test_who_is_named_in_remittance_or_reporting_is_a_party_of_another_role() -> None:
    payment = read(PACS_008)[0]
    others = {p.name: p.where.path for p in payment.parties if p.role is Role.OTHER}
    assert others == {
        "Ng Kam Fai": "CdtTrfTxInf[1]/RmtInf/Strd/Invcr",
        "Example Authority": "CdtTrfTxInf[1]/RgltryRptg/Authrty",
    }


def test_texts_say_what_they_are_and_where_they_stand() -> None:
    texts = {t.text: t for t in read(PACS_008)[0].texts}
    invoice = texts["Invoice 7 for Ivan Example\n7115 1129 2429"]
    assert invoice.kind is TextKind.REMITTANCE
    assert invoice.where.path == "CdtTrfTxInf[1]/RmtInf/Ustrd[1]"
    assert "Ivan Example" in PACS_008.splitlines()[invoice.where.line - 1]
    assert texts["Service trade"].kind is TextKind.REGULATORY
    assert texts["School fees"].kind is TextKind.PURPOSE
    assert texts["Phone before paying"].kind is TextKind.INSTRUCTION
    assert texts["INS-1"].kind is TextKind.REFERENCE
    assert texts["c/o Lee Siu Ming"].kind is TextKind.ADDRESS
    assert invoice.codes == ("7115 1129 2429",)


def test_a_cover_payment_in_an_envelope_has_the_banks_and_the_customers_behind_it() -> None:
    (payment,) = read(PACS_009)
    assert payment.type is MessageType.PACS_009
    assert the(Role.SENDER, payment).bic == "FROMHKHH"
    assert the(Role.RECEIVER, payment).bic == "GOESGB2L"
    assert [p.name for p in payment.parties if p.role is Role.DEBTOR] == [
        "Paying Bank",
        "Wong Siu Lan",
    ]
    assert payment.parties[-1].where.path == "CdtTrfTxInf[1]/UndrlygCstmrCdtTrf/Cdtr"


def test_a_transaction_of_a_batch_has_the_batchs_debtor_and_date_and_no_others() -> None:
    payments = read(PAIN_001)
    assert [the(Role.DEBTOR, p).name for p in payments] == [
        "First Employer Ltd",
        "First Employer Ltd",
        "Second Employer Ltd",
    ]
    assert {the(Role.INITIATING_PARTY, p).name for p in payments} == {"Payroll Bureau"}
    assert [p.amount for p in payments] == [1, 2, 3]
    assert payments[2].currency == "USD"
    assert [p.date for p in payments] == [date(2026, 11, d) for d in (25, 25, 26)]
    assert payments[2].where.path == "PmtInf[2]/CdtTrfTxInf[1]"


@pytest.mark.parametrize("version", ["pacs.008.001.02", "pacs.008.001.13"])
def test_any_version_is_read(version: str) -> None:
    assert read(PACS_008.replace("pacs.008.001.08", version))[0].message == version


def test_a_name_is_whole_with_a_comment_or_cdata_inside() -> None:
    split = PACS_008.replace("Jane Example", "Jane<!-- x --> <![CDATA[Exam]]>ple")
    assert the(Role.CREDITOR, read(split)[0]).name == "Jane Example"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<Document", "<!DOCTYPE x><Document", "document type"),
        ("<Document", '<!DOCTYPE x [<!ENTITY e "y">]><Document', "document type"),
        ("Jane Example", "&xxe;", "line 30, column 19: undeclared entity"),
        ("UTF-8", "Big5", "UTF-8"),
        ("pacs.008.001.08", "camt.053.001.08", "pacs.008, pacs.009, pain.001"),
        ("<NbOfTxs>2", "<NbOfTxs>3", "says 3 transactions and the message holds 2"),
        ("1250.50", "-1", "CdtTrfTxInf[1]/IntrBkSttlmAmt, line 10"),
        ('Ccy="HKD">1250', 'Ccy="HK">1250', "currency"),
        ("2026-11-20<", "2026-13-20<", "CdtTrfTxInf[1], line 8"),
        ("CREDGB2L", "CREDIT", "The BIC is not one at CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BICFI"),
        ("<Ctry>GB", "<Ctry>GBR", "country"),
        ("<Nm>Jane Example", "<Nm>A</Nm><Nm>Jane Example", "twice"),
        ("<Nm>Jane Example</Nm>", "<Nm><b>Jane Example</b></Nm>", "within the text"),
        ("<Cdtr><Nm>Jane", "<Cdtr>Ivan<Nm>Jane", "between the elements"),
        ("</CdtTrfTxInf>\n  <CdtTrf", "</CdtTrfTxInf>Ivan<CdtTrf", "after the transaction"),
        (" </FIToFICstmr", "<GrpHdr/></FIToFICstmr", "after the transactions"),
        (" </FIToFICstmr", "<Dbtr/></FIToFICstmr", "after the transactions"),
        ("<NbOfTxs>2", "<NbOfTxs>2<b/>Ivan", "between the elements at GrpHdr"),
        ("  <GrpHdr>", "  Ivan<GrpHdr>", "between the elements at FIToFICstmrCdtTrf, line 3"),
        ("</GrpHdr>", "</GrpHdr>Ivan", "between the elements at FIToFICstmrCdtTrf, line 3"),
        (" <FIToFICstmrCdtTrf>", " Ivan<FIToFICstmrCdtTrf>", "between the elements at Document"),
        (" </FIToFICstmrCdtTrf>", " </FIToFICstmrCdtTrf>Ivan", "between the elements at Document"),
        ("<OrgId><LEI>", "<OrgId><Nm>Ivan</Nm><LEI>", "Nm at CdtTrfTxInf[1]/UltmtDbtr/Id/OrgId/Nm"),
        ("<OrgId><LEI>5493001KJTIIGC8Y1R12", "<OrgId><LEI>IVAN", "The LEI is not one at"),
        ("<BICFI>CREDGB2L", "<AnyBIC>CREDGB2L</AnyBIC><BICFI>CREDGB2L", "is given twice"),
        ("<BirthDt>1970-03-04", "<BirthDt>1970-03-04 Ivan", "The date is not one"),
        ("<BirthDt>", "<BirthDt>1970-03-05</BirthDt><BirthDt>", "is given twice"),
        ("<Ctry>HK", "<Ctry>MO</Ctry><Ctry>HK", "is given twice"),
        ("<Nm>Second Payee</Nm>", "<Nm/>", "CdtTrfTxInf[2]/Cdtr, line 46 has no name"),
        ("<Nm>Second Payer</Nm>", "<Nm>-</Nm>", "debtor at CdtTrfTxInf[2]/Dbtr, line 45 has no"),
        (
            "<Nm>Second Payee</Nm>",
            "<PstlAdr><AdrLine>1 Road</AdrLine></PstlAdr>",
            "no name, BIC, LEI or identification",
        ),
        ("<Cdtr><Nm>Second Payee</Nm></Cdtr>", "", "There is no creditor at CdtTrfTxInf[2]"),
        ('<IntrBkSttlmAmt Ccy="CNY">8</IntrBkSttlmAmt>', "", "There is no amount"),
        ("</Document>", "", "not well-formed XML"),
        ("</Document>", "</Document><Document/>", "not well-formed XML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(old: str, new: str, why: str) -> None:
    assert old in PACS_008
    with pytest.raises(InvalidInput) as refused:
        read(PACS_008.replace(old, new))
    assert why in refused.value.detail
    assert "Jane" not in refused.value.detail and "Ivan" not in refused.value.detail


def test_text_in_a_batch_is_refused() -> None:
    with pytest.raises(InvalidInput, match="between the elements at PmtInf, line 4"):
        read(PAIN_001.replace("   <PmtInfId>", "Ivan<PmtInfId>", 1))


def test_a_customer_behind_a_cover_payment_who_is_not_named_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"The debtor at .*/UndrlygCstmrCdtTrf/Dbtr, line 16 has"
    ):
        read(PACS_009.replace("<Nm>Wong Siu Lan</Nm>", "<Nm/>"))


def test_an_institution_told_by_its_branch_is_told() -> None:
    branch = "<FinInstnId/><BrnchId><Nm>Paying Branch</Nm></BrnchId>"
    named = PACS_009.replace("<FinInstnId><Nm>Paying Bank</Nm></FinInstnId>", branch)
    assert "Paying Branch" in {p.name for p in read(named)[0].parties}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Purp><Prtry>School fees</Prtry>", "<Purp><Cd>IVAN EXAMPLE</Cd>"),
        ("<ChrgBr>SHAR", "<ChrgBr>IVAN EXAMPLE"),
        ("<Othr><Id>A123456(3)", "<Othr><Id>IVAN EXAMPLE"),
        ("<Cd>NIDN", "<Cd>IVAN EXAMPLE"),
        ("<Othr><Id>012-345678-001</Id>", "<Othr><Id>1</Id><Issr>IVAN EXAMPLE</Issr>"),
        ("<Othr><Id>012-345678-001", "<Othr><Id>IVAN EXAMPLE"),
        ("GB33BUKB20201555555555", "IVAN EXAMPLE"),
        ("<MmbId>012", "<MmbId>IVAN EXAMPLE"),
        ("<StrtNm>Nathan Road</StrtNm>", "<Attn>IVAN EXAMPLE</Attn>"),
        ("<StrtNm>Nathan Road</StrtNm>", "<BldgNb>IVAN EXAMPLE</BldgNb>"),
        ("<CityOfBirth>Macau</CityOfBirth>", "<Inf>IVAN EXAMPLE</Inf>"),
    ],
)
def test_words_where_a_code_or_a_number_belongs_are_a_text(old: str, new: str) -> None:
    assert old in PACS_008
    payment = read(PACS_008.replace(old, new))[0]
    assert "IVAN EXAMPLE" in "\n".join(t.text for t in payment.texts)


def test_a_debtor_after_the_batchs_transactions_is_refused() -> None:
    late = PAIN_001.replace("  </PmtInf>", "<UltmtDbtr><Nm>Ivan</Nm></UltmtDbtr></PmtInf>", 1)
    with pytest.raises(InvalidInput, match=r"UltmtDbtr at line 11 .*after the transactions"):
        read(late)


def test_a_message_in_utf16_is_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-16"):
        read(PACS_008.replace("UTF-8", "UTF-16").encode("utf-16"))


@pytest.mark.parametrize("text", ["", "hello", "[]", "<a/>", "<Document/>"])
def test_what_is_no_payment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read(text)


def test_bounds_hold_for_size_depth_elements_and_text() -> None:
    def refuse(message: str, bounds: Bounds, kind: type[Exception]) -> None:
        with pytest.raises(kind):
            list(read_iso20022([message.encode()], bounds=bounds))

    refuse(PACS_008, Bounds(size=1000), TooLarge)
    refuse(PACS_008, Bounds(depth=5), TooLarge)
    refuse(PACS_008, Bounds(elements=20), InvalidInput)
    refuse(PACS_008, Bounds(characters=200), InvalidInput)
    refuse(PACS_008.replace("<SttlmInf>", "<a/>" * 1001 + "<SttlmInf>"), Bounds(), InvalidInput)
    refuse(PACS_008.replace("Jane", "J" * 30_000), Bounds(), InvalidInput)


def test_a_long_message_is_read_as_it_comes() -> None:
    start = PAIN_001.index("   <CdtTrfTxInf>")
    one = PAIN_001[start : PAIN_001.index("</CdtTrfTxInf>") + len("</CdtTrfTxInf>")]
    opening = PAIN_001[:start].replace("<NbOfTxs>3</NbOfTxs>", "").encode()

    def endless() -> object:
        yield opening
        while True:
            yield one.encode()

    payments = read_iso20022(endless())  # type: ignore[arg-type]
    last = [next(payments) for _ in range(5000)][-1]
    assert (last.number, the(Role.DEBTOR, last).name) == (5000, "First Employer Ltd")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PACS_008, PACS_009, PAIN_001]), st.data())
def test_a_truncated_message_is_refused_or_read_the_same(message: str, data: st.DataObject) -> None:
    raw = message.encode()
    end = data.draw(st.integers(0, len(raw)))
    try:
        payments = read(raw[:end])
    except InvalidInput:
        return
    assert payments == read(raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([PACS_008, PACS_009, PAIN_001]), st.data())
def test_a_damaged_message_is_refused_or_read(message: str, data: st.DataObject) -> None:
    raw = bytearray(message.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        payments = read(bytes(raw))
    except (InvalidInput, TooLarge):
        return
    assert len(payments) == len(read(message))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(data)

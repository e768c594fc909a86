from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from lionrock.errors import TooLarge
from lionrock.screening.entities import Entity, IdentifierKind, Name, Schema
from lionrock.screening.matching.results import Evidence, Match
from lionrock.screening.payments import wording
from lionrock.screening.payments.answers import Hit, answer, check
from lionrock.screening.payments.countries import countries, written_out
from lionrock.screening.payments.payment import Payment, Place, Text, TextKind
from lionrock.screening.payments.reading import read_payments
from lionrock.screening.payments.screening import Query, queries, readings
from lionrock.screening.payments.windows import windows
from tests.screening.payments.messages import MT103, PACS_008


class ExactIndex:
    """Equality of folded names, behind the index's interface."""

    def __init__(self, *names: str) -> None:
        self._names = {name.casefold(): name for name in names}

    def screen(self, query: Entity, *, threshold: float = 0.5, limit: int = 50) -> list[Match]:
        return [
            Match(f"L-{listed}", 0.9, name, Name(listed), (_EVIDENCE,))
            for name in query.names
            if (listed := self._names.get(name.text.casefold()))
        ]


_EVIDENCE = Evidence("equal", 9.0, "", "", "The names are the same")


def first(message: str) -> Payment:
    return next(read_payments(BytesIO(message.encode())))


def find(asked: list[Query], name: str) -> Query:
    (found,) = [q for q in asked if name in [n.text for n in q.entity.names]]
    return found


def test_a_party_is_a_query_with_all_that_the_message_says_of_it() -> None:
    query = find(queries(first(PACS_008)), "CHAN Tai Man")
    assert [n.text for n in query.entity.names] == ["CHAN Tai Man", "陳大文"]
    assert query.entity.schema is Schema.LEGAL_ENTITY
    assert query.entity.births[0].earliest.year == 1970
    assert query.entity.identifiers[0].kind is IdentifierKind.HKID
    assert query.entity.addresses[0].country == "hk"
    assert query.what == ("debtor",)
    assert query.where[0].path == "CdtTrfTxInf[1]/Dbtr"


def test_no_party_is_a_person_or_an_organisation_by_the_messages_word_alone() -> None:
    asked = [*queries(first(PACS_008)), *queries(first(MT103))]
    assert {q.entity.schema for q in asked} == {Schema.LEGAL_ENTITY}


def test_a_bank_without_a_name_is_a_query_by_its_bic() -> None:
    asked = queries(first(PACS_008))
    bics = [i.value for q in asked if not q.entity.names for i in q.entity.identifiers]
    assert {"DEBTHKHHXXX", "MIDDHKHHXXX", "CHGEHKHH"} <= set(bics)


def test_names_in_texts_and_loose_address_lines_are_queries() -> None:
    asked = queries(first(PACS_008))
    assert find(asked, "Ivan Example").what == ("remittance information",)
    assert find(asked, "Lee Siu Ming").what == ("address",)


def test_commercial_codes_are_queries_by_their_characters() -> None:
    query = find(queries(first(MT103)), "陳大文")
    assert query.entity.identifiers[0].value == "7115 1129 2429"
    assert query.what == ("creditor",)


def test_a_name_that_stands_twice_is_one_query_with_both_places() -> None:
    twice = PACS_008.replace("Miss Ho", "Jane Example")
    query = find(queries(first(twice)), "Jane Example")
    assert query.what == ("contact", "creditor")
    assert len(query.where) == 2


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ho Ka Yan or Mak Wai Yin", ["Ho Ka Yan", "Mak Wai Yin"]),
        ("Ho Ka Yan trading as Blue Kite Co", ["Ho Ka Yan", "Blue Kite Co"]),
        ("Ho Ka Yan &amp; Mak Wai Yin", ["Ho Ka Yan", "Mak Wai Yin"]),
        ("Ho Ka Yan and Blue Kite Ltd", ["Ho Ka Yan", "Blue Kite Ltd"]),
        ("Blue Kite Ltd &amp; Ho Ka Yan", ["Blue Kite Ltd", "Ho Ka Yan"]),
        ("Ho Ka Yan/Blue Kite Ltd", ["Ho Ka Yan", "Blue Kite Ltd"]),
        ("何家欣及藍鳶有限公司", ["何家欣", "藍鳶有限公司"]),
        ("何家欣及吳錦輝", ["何家欣", "吳錦輝"]),
    ],
)
def test_each_name_of_a_joint_account_is_a_query(written: str, names: list[str]) -> None:
    asked = queries(first(PACS_008.replace("Jane Example", written)))
    assert all(find(asked, name).what == ("creditor",) for name in names)


def test_a_name_with_an_and_in_it_is_a_query_as_a_whole_too() -> None:
    asked = queries(first(PACS_008.replace("Jane Example", "Smith and Wong Ltd")))
    assert find(asked, "Smith and Wong Ltd").what == find(asked, "Wong Ltd").what == ("creditor",)


@pytest.mark.parametrize("name", ["Hansen A/S", "RAVI A/L KUMAR", "AT&T", "王和平", "和記"])
def test_what_only_looks_like_two_names_is_one(name: str) -> None:
    assert wording.separate(name) == []


def test_a_name_of_twenty_thousand_blanks_is_taken_apart_at_once() -> None:
    # It took over a minute when each of the blanks was looked at anew.
    assert wording.separate("Ho" + " " * 19_990 + "or Mak") == ["Ho", "Mak"]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Viktor", False),
        ("CHAN Tai Man (陳大文)", False),
        ("Viktor Example", True),
        ("CHAN Tai Man Peter", False),
        ("CHAN Tai Man Peter Kowloon", True),
        ("CHAN Man Kowloon", True),
        ("CHAN Tai Man Wong", True),
        ("陳大文 李小明", True),
        ("陳大文有限公司", True),
    ],
)
def test_another_name_has_room_beside_more_words_than_a_name_has(name: str, more: bool) -> None:
    assert wording.holds_more(name) is more


def test_long_names_count_as_text_that_is_screened() -> None:
    payment = first(PACS_008)
    party = replace(payment.parties[0], name="A " * 30_000)
    with pytest.raises(TooLarge, match="50000"):
        queries(replace(payment, parties=(party,)))


def test_vessels_are_told_by_the_word_before_and_by_imo_number() -> None:
    named = MT103.replace("INVOICE 7 FOR IVAN EXAMPLE", "FREIGHT M/V MARCH IMO 9074729")
    asked = queries(first(named))
    assert find(asked, "MARCH").what == ("remittance information",)
    numbers = [i.value for q in asked for i in q.entity.identifiers if i.kind is IdentifierKind.IMO]
    assert numbers == ["9074729"]


def test_a_word_cut_at_the_end_of_a_full_line_is_read_whole_too() -> None:
    text = Text(TextKind.REMITTANCE, f"{'A' * 31} IVA\nN EXAMPLE", Place("70", 1), width=35)
    assert readings(text)[1].endswith("IVAN EXAMPLE")
    assert readings(replace(text, width=0)) == [f"{'A' * 31} IVA N EXAMPLE"]


def test_a_name_that_runs_over_from_one_remittance_element_to_the_next_is_a_query() -> None:
    over = PACS_008.replace("7115 1129 2429", "Petrovich fees").replace("Ivan Example", "Ivan")
    assert find(queries(first(over)), "Ivan Petrovich").what == ("remittance information",)


def test_windows_are_words_in_a_row_and_chinese_names() -> None:
    found = {"a1 Bo Li 陳大收到"[a:b] for a, b in windows("a1 Bo Li 陳大收到")}
    assert found == {"a1 Bo", "a1 Bo Li", "Bo Li", "陳大", "陳大收", "陳大收到"}


def test_more_than_can_be_screened_is_refused_and_held() -> None:
    payment = first(PACS_008)
    many = " ".join(f"word{n}" for n in range(200))
    payment = replace(payment, texts=(Text(TextKind.REMITTANCE, many, Place("RmtInf", 3)),))
    with pytest.raises(TooLarge, match="more than 400"):
        queries(payment)
    long = replace(payment, texts=(Text(TextKind.REMITTANCE, "a " * 30_000, Place("x", 3)),))
    with pytest.raises(TooLarge, match="50000"):
        queries(long)
    held = check(payment, ExactIndex())
    assert (held.decision, held.reasons[0].rule) == ("hold", "too much to screen")


def test_a_payment_without_hits_is_released() -> None:
    answered = check(first(PACS_008), ExactIndex("Somebody Else"))
    assert (answered.decision, answered.reasons) == ("release", ())
    assert answered.reference == "E2E-1"


def test_a_hit_holds_the_payment_and_says_who_where_and_why() -> None:
    answered = check(first(PACS_008), ExactIndex("ivan example"))
    (reason,) = answered.reasons
    assert (answered.decision, reason.rule, reason.entity_id) == ("hold", "name", "L-ivan example")
    assert reason.where == ("CdtTrfTxInf[1]/RmtInf/Ustrd[1], line 36",)
    assert (reason.what, reason.written) == ("remittance information", "Ivan Example")
    assert reason.evidence == ("The names are the same",)


def test_the_best_hit_comes_first() -> None:
    payment = first(PACS_008)
    query = queries(payment)[0]
    low = Match("low", 0.6, Name("a"), Name("b"), ())
    high = Match("high", 0.9, Name("a"), Name("b"), ())
    answered = answer(payment, [Hit(query, low), Hit(query, high)])
    assert [r.entity_id for r in answered.reasons] == ["high", "low"]


def test_a_country_that_is_held_holds_the_payment() -> None:
    payment = first(PACS_008)
    assert answer(payment, ()).decision == "release"
    answered = answer(payment, (), held_countries={"MO"})
    assert [(r.rule, r.what) for r in answered.reasons] == [
        ("country", "residence of the debtor"),
        ("country", "country of birth of the debtor"),
    ]


def test_countries_are_those_of_addresses_banks_accounts_and_reports() -> None:
    told = {(u.code, u.what) for u in countries(first(PACS_008))}
    assert ("gb", "IBAN of the creditor") in told
    assert ("hk", "BIC of the debtor agent") in told
    assert ("hk", "address of the debtor") in told
    assert ("mo", "residence reported") in {(u.code, u.what) for u in countries(first(MT103))}


def test_the_country_of_an_account_without_its_owner_is_told() -> None:
    account = "<SttlmAcct><Id><IBAN>IR820540102680020817909002</IBAN></Id></SttlmAcct>"
    uses = countries(first(PACS_008.replace("<SttlmMtd>", account + "<SttlmMtd>")))
    assert [(u.what, u.where.path) for u in uses if u.code == "ir"] == [
        ("IBAN of the account holder", "GrpHdr/SttlmInf/SttlmAcct")
    ]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("12 EXAMPLE STREET TEHRAN IRAN", ["ir"]),
        ("Example Road, Pyongyang, Democratic People's Republic of Korea", ["kp"]),
        ("德黑蘭，伊朗", ["ir"]),
        ("LOS ANGELES, CA", []),
        ("8 NATHAN ROAD", []),
        ("PYONGYANG, KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF", ["kp"]),
        ("PYONGYANG, KOREA (NORTH)", ["kp"]),
        ("KINSHASA, CONGO, DEMOCRATIC REPUBLIC OF THE", ["cd"]),
        ("TEHRAN-IRAN", ["ir"]),
        ("TEHRAN, IRAN 11369", ["ir"]),
        ("TEHRAN I.R.IRAN", ["ir"]),
        ("PYONGYANG DPR KOREA", ["kp"]),
        ("PYONGYANG, N. KOREA", ["kp"]),
        ("BISSAU, GUINEA-BISSAU", ["gw"]),
        ("TEHRAN, IRAN, PO BOX 5", ["ir"]),
        ("SEOUL, SOUTH KOREA / BAGHDAD, IRAQ", ["iq", "kr"]),
    ],
)
def test_countries_written_out_at_the_end_of_an_address_line(line: str, codes: list[str]) -> None:
    assert written_out(line) == codes


def test_one_short_or_ordinary_word_of_a_text_is_nobodys_name() -> None:
    assert all(wording.is_ordinary(word) for word in ("of", "INVOICE", "goods,", "Rent."))
    assert not any(wording.is_ordinary(words) for words in ("Gazprom", "trade winds", "陳大文"))
    assert wording.is_ordinary("德")

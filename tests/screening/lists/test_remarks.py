"""OFAC's remarks, item by item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.entities import Identifier, IdentifierKind, NameKind, Relation
from lionrock.screening.lists import ofac_remarks

KIND = IdentifierKind


@pytest.mark.parametrize(
    ("item", "identifier"),
    [
        ("Passport K0000001 (Hong Kong)", Identifier(KIND.PASSPORT, "K0000001", "hk")),
        (
            "Passport L 191609 issued 28 Feb 1996 expires 27 Feb 2001",
            Identifier(KIND.PASSPORT, "L 191609"),
        ),
        (
            "alt. Passport A1 (Korea, North) expires 1 Jan 2001",
            Identifier(KIND.PASSPORT, "A1", "kp"),
        ),
        ("Diplomatic Passport 1 (Iran) issued 1999", Identifier(KIND.PASSPORT, "1", "ir")),
        ("National ID No. A123456(3) (Hong Kong)", Identifier(KIND.HKID, "A123456(3)", "hk")),
        ("National ID No. A1234564 (Hong Kong)", Identifier(KIND.HKID, "A1234564", "hk")),
        (
            "National ID No. 660000 73767 (Belgium)",
            Identifier(KIND.NATIONAL_ID, "660000 73767", "be"),
        ),
        ("Chinese Commercial Code 7115 1129 2429", Identifier(KIND.CCC, "7115 1129 2429")),
        ("Vessel Registration Identification IMO 9074729", Identifier(KIND.IMO, "9074729")),
        ("Identification Number IMO 5000001", Identifier(KIND.IMO, "5000001")),
        ("MMSI 572000000", Identifier(KIND.MMSI, "572000000")),
        ("NIT # 800000000-7 (Colombia)", Identifier(KIND.TAX, "800000000-7", "co")),
        ("Tax ID No. 100 (Serbia)", Identifier(KIND.TAX, "100", "rs")),
        ("C.R. No. 2400000 (Hong Kong)", Identifier(KIND.REGISTRATION, "2400000", "hk")),
        (
            "Business Registration Document # 1 (Hong Kong)",
            Identifier(KIND.REGISTRATION, "1", "hk"),
        ),
        (
            "Public Registration Number 4, Doc. 6 (Panama)",
            Identifier(KIND.REGISTRATION, "4, Doc. 6", "pa"),
        ),
        ("SWIFT/BIC EXAMHKHH", Identifier(KIND.SWIFT, "EXAMHKHH")),
        ("Digital Currency Address - XBT 1abc2", Identifier(KIND.OTHER, "1abc2")),
    ],
)
def test_a_paper_has_a_kind_a_number_and_a_country(item: str, identifier: Identifier) -> None:
    assert ofac_remarks.parse(f"DOB 1970; {item}.").identifiers == [identifier]


@pytest.mark.parametrize(
    "item",
    ["Passport", "License to nothing", "Filed in 1999", "Secondary sanctions risk: section 1 of 2",
     "Registration pending"],
)  # fmt: skip
def test_text_that_starts_like_a_paper_is_none(item: str) -> None:
    assert ofac_remarks.parse(f"DOB 1970; {item}.").identifiers == []


def test_names_may_hold_semicolons_and_apostrophes() -> None:
    found = ofac_remarks.parse("a.k.a. 'A; B'; f.k.a. 'AL-NU'MAN'; alt. nationality China.")
    assert found.names == [(NameKind.WEAK, "A; B"), (NameKind.FORMER, "AL-NU'MAN")]
    assert found.countries == ["cn"]


def test_text_at_the_start_is_a_position_and_later_text_is_not() -> None:
    found = ofac_remarks.parse("Major General; Minister of Examples; DOB 1970; in custody.")
    assert found.positions == ["Major General", "Minister of Examples"]


def test_ties_are_kept_as_worded() -> None:
    found = ofac_remarks.parse(
        "DOB 1970; Spouse of CHAN Tai Man; Linked To: EXAMPLE, S.A. DE C.V.."
    )
    assert found.relations == [
        Relation("Spouse of", "CHAN Tai Man"),
        Relation("Linked To", "EXAMPLE, S.A. DE C.V."),
    ]


@given(st.text("DOBPa.k'; ()#:No19Passport-\n", max_size=80))
def test_no_remark_makes_it_fail(text: str) -> None:
    ofac_remarks.parse(text)

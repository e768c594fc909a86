"""Payments against an index as the house has one: what is held, and what a message's own words cannot hide."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from lionrock.screening.entities import Entity, Identifier, IdentifierKind, Name, Schema
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.payments.answers import check
from lionrock.screening.payments.reading import read_payments
from tests.screening.payments.messages import MT103, PACS_008

LISTED = (
    Entity("ivan", Schema.PERSON, (Name("Ivan Anatolyevich Exemplov"), Name("金正例"))),
    Entity("chan", Schema.PERSON, (Name("陳大文"),)),
    Entity("iyad", Schema.PERSON, (Name("Iyad ag Ghalo"),)),
    Entity("bank", Schema.ORGANIZATION, (Name("Bank Exempli Utopia"),),
           identifiers=(Identifier(IdentifierKind.SWIFT, "EXEMIRTH"),)),
    Entity("kite", Schema.VESSEL, (Name("ADRIANA KITE 1"),)),
    Entity("papers", Schema.PERSON, (Name("Sergei Falkov"),),
           identifiers=(Identifier(IdentifierKind.PASSPORT, "B1234567"),
                        Identifier(IdentifierKind.HKID, "C668668(E)"))),
)  # fmt: skip
"""Invented: no one of these names is on a list."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> EntityIndex:
    folder: Path = tmp_path_factory.mktemp("listed") / "index"
    EntityIndex.build(LISTED, folder)
    return EntityIndex.open(folder)


def found(message: str, index: EntityIndex) -> set[str]:
    """The entities that the message's first payment is held for."""
    payment = next(read_payments(BytesIO(message.encode())))
    return {reason.entity_id for reason in check(payment, index, index).reasons}


def creditor(content: str) -> str:
    assert "<Nm>Jane Example</Nm>" in PACS_008
    return PACS_008.replace("陳大文", "何家欣").replace("CHAN Tai Man", "HO Ka Yan").replace(
        "7115 1129 2429", "fees").replace("<Nm>Jane Example</Nm>", content)  # fmt: skip


def named(name: str, rest: str = "") -> str:
    return creditor(f"<Nm>{escape(name)}</Nm>{rest}")


def test_a_message_that_names_no_one_listed_is_released(index: EntityIndex) -> None:
    assert found(named("Jane Example"), index) == set()


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("陳大文 李小明", "chan"),
        ("陳大文 九龍彌敦道八號", "chan"),
        ("IVAN ANATOLYEVICH EXEMPLOV DOB 13JAN1967 UTOPIA", "ivan"),
        ("ACME LTD ATTENTION IVAN ANATOLYEVICH EXEMPLOV", "ivan"),
        ("IVAN EXEMPLOV HOLDING", "ivan"),
        ("ACME IVAN EXEMPLOV", "ivan"),
        ("OUR CUSTOMER BANK EXEMPLI UTOPIA TOWN BRANCH", "bank"),
    ],
)
def test_a_listed_name_beside_other_words_of_a_partys_name_is_held(
    name: str, who: str, index: EntityIndex
) -> None:
    assert who in found(named(name), index)


def test_a_listed_name_beside_other_words_of_a_swift_name_is_held(index: EntityIndex) -> None:
    line = "EXEMPLOV IVAN ANATOLYEVICH UTOPIA T"
    assert "ivan" in found(MT103.replace("MIDDLE EXAMPLE BANK", line), index)


@pytest.mark.parametrize(
    "name",
    [
        "IVAN EXEMPLOV AND ACME LIMITED",
        "IVAN EXEMPLOV & ACME TRADING LTD",
        "ACME TRADING LTD/IVAN EXEMPLOV",
        "ACME LIMITED OR IVAN EXEMPLOV",
        "金正例及藍鳶有限公司",
    ],
)
def test_each_of_several_parties_in_one_name_is_held(name: str, index: EntityIndex) -> None:
    assert "ivan" in found(named(name), index)


_CLAIMS = {
    "organisation": "<Id><OrgId><Othr><Id>1</Id></Othr></OrgId></Id>",
    "LEI": "<Id><OrgId><LEI>5493001KJTIIGC8Y1R12</LEI></OrgId></Id>",
    "person": "<Id><PrvtId><Othr><Id>1</Id></Othr></PrvtId></Id>",
}


@pytest.mark.parametrize(
    "name", ["IVAN EXEMPLOV", "IYAD AG GHALO", "陳大文", "BANK EXEMPLI UTOPIA"]
)
@pytest.mark.parametrize("claim", _CLAIMS)
def test_what_a_message_says_its_party_is_never_lowers_a_hit(
    claim: str, name: str, index: EntityIndex
) -> None:
    def best(message: str) -> float:
        payment = next(read_payments(BytesIO(message.encode())))
        reasons = check(payment, index, index).reasons
        return max(r.score or 0.0 for r in reasons)

    assert best(named(name, _CLAIMS[claim])) >= best(named(name)) > 0


def test_a_person_named_after_a_word_for_vessels_is_held(index: EntityIndex) -> None:
    assert "ivan" in found(MT103.replace("INVOICE 7 FOR IVAN EXAMPLE", "SHIP IVAN EXEMPLOV"), index)
    assert "kite" in found(MT103.replace("INVOICE 7 FOR IVAN EXAMPLE", "M/V ADRIANA KITE 1"), index)


@pytest.mark.parametrize("name", ["7115 1129 2429", "7115 9999 2429", "7115 1129 2429 9999"])
def test_a_code_that_no_table_has_does_not_hide_a_name(name: str, index: EntityIndex) -> None:
    assert "chan" in found(named(name), index)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Prtry>School fees</Prtry>", "<Cd>IVAN EXEMPLOV</Cd>"),
        ("<Id>A123456(3)</Id>", "<Id>IVAN EXEMPLOV</Id>"),
        ("<Othr><Id>012-345678-001</Id>", "<Othr><Id>1</Id><Issr>IVAN EXEMPLOV</Issr>"),
        ("<StrtNm>Nathan Road</StrtNm>", "<Attn>IVAN EXEMPLOV</Attn>"),
    ],
)
def test_a_name_where_a_code_belongs_is_held(old: str, new: str, index: EntityIndex) -> None:
    assert old in PACS_008
    assert "ivan" in found(PACS_008.replace(old, new), index)


@pytest.mark.parametrize(
    "scheme", ["", "<SchmeNm><Cd>CCPT</Cd></SchmeNm>", "<SchmeNm><Prtry>x</Prtry></SchmeNm>"]
)
def test_a_number_is_held_though_the_message_does_not_say_what_it_is(
    scheme: str, index: EntityIndex
) -> None:
    number = f"<Id><PrvtId><Othr><Id>B1234567</Id>{scheme}</Othr></PrvtId></Id>"
    assert found(named("Jane Example", number), index) >= {"papers"}
    assert found(creditor(number), index) >= {"papers"}


def test_an_account_number_is_no_identification(index: EntityIndex) -> None:
    assert "papers" not in found(named("Jane Example").replace("012-345678-001", "B1234567"), index)

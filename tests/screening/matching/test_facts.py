from __future__ import annotations

import pytest

from lionrock.screening.entities import Entity, Schema
from lionrock.screening.matching.facts import facts, strong
from tests.screening.matching.making import birth, company, identifier, person


def said(a: Entity, b: Entity) -> list[tuple[str, float]]:
    return [(one.feature, one.weight) for one in facts(a, b)]


@pytest.mark.parametrize(
    ("a", "b", "feature", "weight"),
    [
        ("1970-02-01", "1970-02-01", "birth_same_day", 9.0),
        ("1970-02-01", "1970", "birth_fits", 3.0),
        ("1970", "1970", "birth_fits", 3.0),
        ("1970-02-01", "1970-01-02", "birth_swapped", 5.0),
        ("1970", "1971", "birth_near", 0.0),
        ("~1970", "1972", "birth_near", 0.0),
        ("1970", "1973", "birth_differs", -8.0),
        ("1970-02-01", "1985-05-05", "birth_differs", -8.0),
    ],
)
def test_dates_of_birth(a: str, b: str, feature: str, weight: float) -> None:
    assert said(person("X", born=a), person("X", born=b)) == [(feature, weight)]


def test_of_several_dates_the_best_counts() -> None:
    several = person("X", births=(birth("1985"), birth("1970-02-01")))
    assert said(several, person("X", born="1970-02-01")) == [("birth_same_day", 9.0)]


@pytest.mark.parametrize(
    ("kind", "a", "b", "feature", "weight"),
    [
        ("passport", "K 123-4567", "k1234567", "identifier_same", 25.0),
        ("hkid", "A123456(3)", "A1234563", "identifier_same", 25.0),
        ("imo", "IMO 9123456", "9123456", "identifier_same", 25.0),
        ("hkid", "A123456(3)", "B1234563", "identifier_differs", -12.0),
        ("passport", "K1234567", "K7654321", "identifier_differs", -1.0),
    ],
)
def test_identifiers(kind: str, a: str, b: str, feature: str, weight: float) -> None:
    one, other = (person("X", identifiers=(identifier(kind, v),)) for v in (a, b))
    assert said(one, other) == [(feature, weight)]


def test_identifiers_of_different_kinds_or_of_a_weak_kind_say_nothing() -> None:
    one = person("X", identifiers=(identifier("passport", "K1234567"), identifier("other", "7")))
    other = person(
        "X", identifiers=(identifier("national_id", "K1234567"), identifier("other", "7"))
    )
    assert said(one, other) == []


@pytest.mark.parametrize(("a", "b", "weight"), [("male", "male", 0.7), ("male", "female", -5.0)])
def test_genders(a: str, b: str, weight: float) -> None:
    assert [w for _, w in said(person("X", gender=a), person("X", gender=b))] == [weight]


@pytest.mark.parametrize(
    ("a", "b", "weight"),
    [
        (("hk",), ("hk", "ru"), 1.5),
        (("hk",), ("cn",), 1.5),
        (("mo",), ("cn",), 1.5),
        (("hk",), ("ru",), -2.0),
    ],
)
def test_countries(a: tuple[str, ...], b: tuple[str, ...], weight: float) -> None:
    assert [w for _, w in said(person("X", countries=a), person("X", countries=b))] == [weight]


def test_a_person_is_no_company_and_a_legal_entity_may_be_either() -> None:
    assert said(person("X"), company("X")) == [("other_schema", -9.0)]
    assert said(person("X"), person("X", schema=Schema.LEGAL_ENTITY)) == []
    assert said(company("X"), person("X", schema=Schema.ORGANIZATION)) == []
    assert said(company("X"), person("X", schema=Schema.VESSEL)) == [("other_schema", -9.0)]


def test_what_one_side_lacks_says_nothing() -> None:
    known = person(
        "X", born="1970", gender="male", countries=("hk",), identifiers=(identifier("hkid", "A1"),)
    )
    assert said(known, person("X")) == said(person("X"), known) == []


def plain(kind: str, value: str) -> list[tuple[str, str]]:
    return [(found.value, text) for found, text in strong(identifier(kind, value))]


def test_an_identifier_is_letters_and_digits() -> None:
    assert plain("hkid", "a123456(3)") == [("hkid", "A1234563")]
    assert plain("hkid", "Ａ１２３４５６（３）") == [("hkid", "A1234563")]
    assert plain("imo", "IMO 9123456") == [("imo", "9123456")]
    assert plain("registration", "京字第12345號") == [("registration", "京字第12345號")]


def test_a_national_number_that_is_a_hong_kong_identity_card_is_one() -> None:
    assert plain("national_id", "A1234563") == [("hkid", "A1234563")]
    assert plain("national_id", "A1234564") == [("national_id", "A1234564")]


def test_a_bank_is_known_by_its_bic_whatever_the_branch() -> None:
    assert plain("swift", "MELIIRTHXXX") == plain("swift", "meliirth") == [("swift", "MELIIRTH")]
    a, b = (company("x", identifiers=(identifier("swift", v),)) for v in ("ABCDHKHH", "WXYZHKHH"))
    assert said(a, b) == [("identifier_differs", -1.0)]


@pytest.mark.parametrize("nothing", ["-", "—", "N/A", "unknown", "123", ""])
def test_what_tells_nothing_is_no_identifier(nothing: str) -> None:
    assert plain("passport", nothing) == []


def test_evidence_comes_in_one_order() -> None:
    kinds = ("tax", "lei", "swift", "registration")
    a, b = (
        company("x", identifiers=tuple(identifier(k, f"{digit}2345678") for k in kinds))
        for digit in "19"
    )
    assert [e.words.split()[1].strip(":") for e in facts(a, b)] == [
        "lei",
        "registration",
        "swift",
        "tax",
    ]

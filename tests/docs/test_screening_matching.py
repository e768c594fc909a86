"""The page on matching says what the code does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from lionrock.screening.entities import Entity, Name, NameKind, Schema
from lionrock.screening.matching import compare, explain, facts, mentioning, scoring
from lionrock.web.screening_words import FEATURES
from tests.screening.matching.making import company, identifier, person

_PAGE = (Path(__file__).parents[2] / "docs" / "screening-matching.md").read_text("utf-8")
_ROWS = {
    row[0]: row
    for row in re.findall(r"^\| `(\w+)` \| ([^|]*) \|(?: ([^|]*) \|)?$", _PAGE, re.MULTILINE)
}


def test_every_feature_of_the_engine_is_told_and_no_other() -> None:
    assert set(_ROWS) == set(FEATURES)


def test_every_feature_that_the_code_names_is_told() -> None:
    source = "".join(inspect.getsource(module) for module in (compare, explain, facts))
    named = set(
        re.findall(
            r'"((?:birth|character|country|facts|gender|identifier|name|syllable|word)s?_\w+)"',
            source,
        )
    )
    assert named and named <= set(_ROWS)


def _weights(feature: str) -> list[float]:
    return [float(n) for n in _ROWS[feature][1].replace("−", "-").split(", ")]


@pytest.mark.parametrize(
    ("feature", "one", "other"),
    [
        ("birth_same_day", person("X", born="1970-02-01"), person("X", born="1970-02-01")),
        ("birth_swapped", person("X", born="1970-02-01"), person("X", born="1970-01-02")),
        ("birth_fits", person("X", born="1970"), person("X", born="1970")),
        ("birth_near", person("X", born="1970"), person("X", born="1971")),
        ("birth_differs", person("X", born="1970"), person("X", born="1980")),
        ("gender_same", person("X", gender="male"), person("X", gender="male")),
        ("gender_differs", person("X", gender="male"), person("X", gender="female")),
        ("country_same", person("X", countries=("hk",)), person("X", countries=("cn",))),
        ("country_differs", person("X", countries=("hk",)), person("X", countries=("ru",))),
        ("other_schema", person("X"), company("X")),
    ],
)
def test_the_bits_of_facts_are_those_of_the_page(feature: str, one: Entity, other: Entity) -> None:
    (evidence,) = facts.facts(one, other)
    assert [evidence.weight] == _weights(feature)


def test_the_bits_of_identifiers_are_those_of_the_page() -> None:
    def weight(kind: str, a: str, b: str) -> float:
        (found,) = facts.identifiers((identifier(kind, a),), (identifier(kind, b),))
        return found.weight

    assert [weight("hkid", "A1234", "A1234")] == _weights("identifier_same")
    assert [weight("hkid", "A1234", "A1235"), weight("passport", "A1234", "A1235")] == _weights(
        "identifier_differs"
    )


def test_a_weak_alias_and_other_characters_count_as_the_page_says() -> None:
    weak = Entity(
        "l", Schema.PERSON, (Name("Chan Tai Man", NameKind.WEAK), Name("李小明", NameKind.WEAK))
    )
    found = {e.feature: e for e in compare.compare(person("Chan Tai Man", "陳大文"), weak).evidence}
    for feature in ("weak_alias", "characters_differ"):
        assert _ROWS[feature][1].endswith(f": −{-found[feature].weight:.0f}")


def test_common_facts_are_bounded_as_the_page_says() -> None:
    assert f"lift a name by {compare.LIFT:.0f} bits at most" in _PAGE
    assert f"(less {compare.LIFT:.0f} bits" in _PAGE


def test_the_table_of_scores_is_the_formulas() -> None:
    assert f"((bits − {scoring.MIDDLE:.0f}) / {scoring.STEP:.0f})" in _PAGE
    lines = re.findall(r"^\| (?:bits|score) \|(.*)\|$", _PAGE, re.MULTILINE)
    bits, scores = ([float(cell) for cell in line.split("|")] for line in lines)
    assert [round(scoring.score(b), 3) for b in bits] == scores


def test_the_reach_of_names_in_a_text_is_the_codes() -> None:
    assert f"up to {mentioning._WORDS} words in a row, or {mentioning._CHARACTERS}" in _PAGE

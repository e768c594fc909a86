from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.entities import Entity, Name, NameKind, Schema
from lionrock.screening.matching.compare import LIFT, compare
from lionrock.screening.matching.scoring import THRESHOLD, bits, score
from tests.screening.matching.making import company, entities, identifier, person
from tests.screening.matching.making import score as scored


@settings(deadline=None)
@given(entities, entities)
def test_the_evidence_adds_up_to_the_scores_log_odds(query: Entity, listed: Entity) -> None:
    match = compare(query, listed)
    assert match.score == pytest.approx(score(sum(one.weight for one in match.evidence)), abs=1e-6)


@settings(deadline=None)
@given(entities, entities)
def test_a_score_is_never_nothing_nor_certainty(query: Entity, listed: Entity) -> None:
    assert 0 < compare(query, listed).score < 1


@settings(deadline=None)
@given(st.floats(-100, 150), st.floats(0.01, 50))
def test_more_bits_are_a_greater_score(least: float, more: float) -> None:
    assert score(least) < score(least + more)


@settings(deadline=None)
@given(st.floats(-40, 80))
def test_a_scores_bits_are_those_it_was_made_of(made_of: float) -> None:
    assert bits(score(made_of)) == pytest.approx(made_of, abs=1e-3)


def test_the_best_pair_of_names_counts() -> None:
    match = compare(person("Ivan Petrov", "陳大文"), person("Olga Wetherby", "CHAN Tai Man"))
    assert (match.query_name.text, match.listed_name.text) == ("陳大文", "CHAN Tai Man")


def test_strongest_evidence_comes_first() -> None:
    match = compare(person("陳大文", gender="male"), person("陳大文", gender="female"))
    weights = [abs(one.weight) for one in match.evidence]
    assert weights == sorted(weights, reverse=True)


def test_a_weak_alias_counts_four_bits_less() -> None:
    strong, weak = (
        Entity("p", Schema.PERSON, (Name("Ivan Petrov", kind),))
        for kind in (NameKind.ALIAS, NameKind.WEAK)
    )
    query = person("Ivan Petrov")
    assert bits(scored(query, strong)) - bits(scored(query, weak)) == pytest.approx(4)


def test_chinese_names_that_differ_speak_against_latin_ones_that_agree() -> None:
    query = person("CHAN Tai Man", "陳大文")
    other = compare(query, person("CHAN Tai Man", "陳帶民"))
    assert "characters_differ" in [one.feature for one in other.evidence]
    assert other.score < scored(query, person("CHAN Tai Man"))


def test_common_facts_lift_a_name_no_further_than_allowed() -> None:
    bare = scored(person("Ivan Petrov"), person("Ivan Wetherby"))
    facts = {"born": "1970-02-01", "gender": "male", "countries": ("ru",)}
    known = scored(person("Ivan Petrov", **facts), person("Ivan Wetherby", **facts))  # type: ignore[arg-type]
    assert bits(known) - bits(bare) == pytest.approx(LIFT)


def test_commercial_codes_are_a_name_of_their_bearer() -> None:
    coded = person("Unknown", identifiers=(identifier("ccc", "7115 1129 2429"),))
    assert scored(coded, person("陳大文")) > THRESHOLD


@pytest.mark.parametrize("schema", list(Schema))
def test_an_identifier_alone_finds_its_bearer_whatever_the_name(schema: Schema) -> None:
    known = (identifier("imo", "9123456"),)
    nameless = Entity("q", schema, (), identifiers=known)
    listed = Entity("l", schema, (Name("Ocean Starling"),), identifiers=known)
    assert scored(nameless, listed) > THRESHOLD
    assert scored(listed, nameless) > THRESHOLD


def test_entities_without_names_and_identifiers_are_no_match() -> None:
    assert scored(person(), person()) < THRESHOLD
    assert scored(company(), company()) < THRESHOLD


@pytest.mark.parametrize(("a", "b"), [("陳大文", "CHAN Tai Man"), ("Ivan Petrov", "Petrov, Ivan")])
def test_which_side_asks_does_not_matter_to_names_alone(a: str, b: str) -> None:
    assert scored(person(a), person(b)) == pytest.approx(scored(person(b), person(a)))


def test_a_legal_entity_is_read_as_both() -> None:
    either = person("Blue Kite Trading", schema=Schema.LEGAL_ENTITY)
    assert scored(either, company("Blue Kite Trading Ltd")) > THRESHOLD
    assert scored(person("Ivan Petrov", schema=Schema.LEGAL_ENTITY), person("Ivan Petrov")) > 0.4


def test_a_shared_passport_outweighs_another_name() -> None:
    passport = (identifier("passport", "K1234567"),)
    a, b = person("Ivan Petrov", identifiers=passport), person("Chan Tai Man", identifiers=passport)
    match = compare(a, b)
    assert match.score >= THRESHOLD
    assert "name_outweighed" in {e.feature for e in match.evidence}


def test_a_shared_tax_number_does_not() -> None:
    number = (identifier("tax", "1234567"),)
    a, b = person("Ivan Petrov", identifiers=number), person("Chan Tai Man", identifiers=number)
    assert compare(a, b).score < THRESHOLD

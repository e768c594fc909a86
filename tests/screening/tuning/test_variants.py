"""Variants of listed names: what the report proves the engine against."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.entities import Entity, Name, NameKind, Schema
from lionrock.screening.tuning.variants import variants


def of(*names: str | Name, schema: Schema = Schema.PERSON, seed: int = 1) -> dict[str, list[str]]:
    kept = tuple(n if isinstance(n, Name) else Name(n) for n in names)
    found: dict[str, list[str]] = {}
    for one in variants(Entity("1", schema, kept), Random(seed)):
        found.setdefault(one.kind, []).append(one.text)
    return found


def test_a_person_is_turned_round_shortened_joined_and_misspelt() -> None:
    found = of("Saddam Hussein Al-Tikriti")
    assert found["exact"] == ["Saddam Hussein Al-Tikriti"]
    assert found["reverse"] == ["Al-Tikriti Saddam Hussein"]
    assert found["partial"] == ["Saddam Al-Tikriti"]
    assert found["abbreviated"] == ["Saddam H. Al-Tikriti"]
    assert found["joined"] in (["Saddamhussein Al-Tikriti"], ["Saddam Husseinal-tikriti"])
    (misspelt,) = found["misspelt"]
    assert sorted(misspelt) == sorted("Saddam Hussein Al-Tikriti") and misspelt != found["exact"][0]


def test_the_family_name_is_never_an_initial() -> None:
    found = of(Name("KIM Jong Un", family="KIM", given="Jong Un"))
    assert found["abbreviated"] == ["KIM J. U."]


def test_a_company_loses_its_legal_form_and_has_it_abbreviated() -> None:
    found = of("Golden Harbour Company Limited", schema=Schema.COMPANY)
    assert found["abbreviated"] == ["Golden Harbour Co Ltd"]
    assert found["partial"][0] in ("Golden Harbour Company", "Golden Harbour Limited")
    assert found["joined"] == ["Goldenharbour Company Limited"]


def test_a_chinese_name_is_written_in_the_other_characters_and_spelt() -> None:
    found = of("陳大文")
    assert found["exact"] == ["陳大文"]
    assert found["other-characters"] == ["陈大文"]
    assert found["romanised"] == ["Chan Tai Man"]
    assert of("陈大文")["other-characters"] == ["陳大文"]


def test_what_the_list_says_anyway_is_no_variant_of_it() -> None:
    assert "reverse" not in of("Chan Tai Man", "Man Chan Tai")


def test_weak_aliases_and_other_scripts_are_left_alone() -> None:
    assert of(Name("The Engineer", NameKind.WEAK)) == {}
    assert of("Владимир Петров") == {}


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4), st.sampled_from(Schema))
def test_any_name_gives_variants_that_repeat(names: list[str], schema: Schema) -> None:
    entity = Entity("1", schema, tuple(Name(n) for n in names))
    once, again = (variants(entity, Random(3)) for _ in range(2))
    assert once == again and all(v.text.strip() for v in once)

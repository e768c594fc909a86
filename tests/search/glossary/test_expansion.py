"""Terms found in a question, and what is searched with them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.glossary.expansion import Lexicon
from lionrock.search.glossary.schemas import Entry
from lionrock.search.tokens import terms

OWNER = Entry(id=uuid4(), terms={"en": ["beneficial owner", "BO"], "zh-Hant": ["實益擁有人"]})
PLAIN_OWNER = Entry(id=uuid4(), terms={"en": ["owner"], "zh-Hant": ["擁有人"]})
HOW_LONG = Entry(id=uuid4(), terms={"yue": ["幾耐"], "en": ["retention period"]})
LEXICON = Lexicon([OWNER, PLAIN_OWNER, HOW_LONG])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who is the Beneficial Owners' agent?", ["beneficial owner"]),
        ("an owner of the house", ["owner"]),
        ("what is a BO?", ["BO"]),
        ("實益擁有人是誰", ["實益擁有人"]),
        ("实益拥有人是谁", ["實益擁有人"]),
        ("擁 有 人", ["擁有人"]),
        ("紀錄要留幾耐", ["幾耐"]),
        ("nothing of it", []),
        ("", []),
    ],
)
def test_the_longest_term_is_found_in_either_script(question: str, found: list[str]) -> None:
    assert [u.found for u in LEXICON.expand(question).used] == found


def test_the_other_languages_terms_count_whole_and_variants_half() -> None:
    expansion = LEXICON.expand("the beneficial owner")
    assert set(expansion.of(chinese=True)) == set(terms("實益擁有人"))
    assert expansion.of(chinese=True)[terms("實益")[0]] == 1.0
    assert dict(expansion.of(chinese=False)) == {"bo": 0.5}
    assert expansion.used[0].also == ["BO", "實益擁有人"]


def test_an_empty_glossary_adds_nothing() -> None:
    assert Lexicon([]).expand("beneficial owner").used == ()


@given(st.text(max_size=80))
def test_what_is_found_stands_in_the_glossary(question: str) -> None:
    known = {t for e in (OWNER, PLAIN_OWNER, HOW_LONG) for v in e.terms.values() for t in v}
    assert {u.found for u in LEXICON.expand(question).used} <= known

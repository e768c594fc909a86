from __future__ import annotations

import pytest

from lionrock.screening.documents.standing import may_stand, own_words, stands
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.compare import compare

PROSE = "The sources say the day was long. Every day the sources of a person are named by a person."


def named(words: str, listed: str, text: str = PROSE) -> bool:
    query = Entity("q", Schema.LEGAL_ENTITY, (Name(words),))
    match = compare(query, Entity("1", Schema.LEGAL_ENTITY, (Name(listed),)))
    own = own_words([text])
    return may_stand(words, own) and stands(words, match, own)


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ("viktor anatolyevich bout", "Viktor Anatolyevich Bout"),
        ("Bank Melli Iran", "Bank Melli Iran"),
        ("KHALIDI", "Khalidi Company"),
        ("陳大文", "陈大文"),
        ("chan tai man", "CHAN Tai Man"),
        ("CHAN Tai Man", "陳大文"),
        ("Wong Ho", "王浩"),
        ("the long day sources", "Long Day Sources"),
    ],
)
def test_what_is_written_as_listed_is_a_name_in_any_surroundings(words: str, listed: str) -> None:
    assert named(words, listed)


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ("person", "Parisan"),
        ("day", "Day Company"),
        ("Sources", "Seahorse"),
        ("Day", "Day Company"),
        ("the day, the sources", "Day Sources"),
        ("United", "United Company OJSC"),
        ("Access", "E.C.A. S.A."),
        ("大", "大"),
    ],
)
def test_the_documents_own_words_and_what_only_sounds_alike_are_none(
    words: str, listed: str
) -> None:
    assert not named(words, listed)


def test_a_word_is_the_documents_own_where_it_writes_it_in_lower_case() -> None:
    own = own_words(["A bank, the Bank", "the bank's", "O'bank non-bank"])
    assert own == {"bank": 2, "the": 2, "non": 1}


@pytest.mark.parametrize(
    "more", ["", " Contact: sales@rosneft.com", " (see www.rosneft.com/en)", " https://rosneft.ru/"]
)
def test_an_address_does_not_make_a_companys_name_an_ordinary_word(more: str) -> None:
    text = f"The cargo was sold by Rosneft in May.{more}"
    assert may_stand("Rosneft", own_words([text]))


def test_a_word_the_document_writes_small_again_and_again_is_its_own() -> None:
    assert not may_stand("Sources", own_words(["many sources and other sources"]))

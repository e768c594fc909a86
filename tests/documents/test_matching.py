"""Paragraphs of two texts matched: a bounded number is weighed, numbers hold where words do not."""

from __future__ import annotations

import pytest

from lionrock.documents import matching
from lionrock.documents.comparing import compared, counts
from lionrock.documents.matching import Matching
from tests.documents.test_comparing import of


def test_paragraphs_are_weighed_with_a_bounded_number_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weighed = 0
    whole = matching._share

    def counted(a: dict[str, int], b: dict[str, int]) -> float:
        nonlocal weighed
        weighed += 1
        return whole(a, b)

    monkeypatch.setattr(matching, "_MOST_COMPARED", 900)
    monkeypatch.setattr(matching, "_share", counted)
    older = of(*(f"w{n} x{n} y{n} old" for n in range(300)))
    newer = of(*(f"w{n} x{n} y{n} new" for n in range(300)))
    found = compared(older, newer)
    assert weighed <= 900
    assert counts(found)["changed"] == 300


def test_what_has_no_pair_is_left_on_both_sides() -> None:
    found = Matching(of("1 one", "2 two"), of("2 two", "3 three"))
    found.by_words()
    assert found.pairs == {1: 0} and found.left() == ([0], [1])


def test_texts_of_two_languages_are_matched_by_number_when_likeness_is_not_asked() -> None:
    english = of(
        "4 Keep each record for five years after the relationship with the customer has ended"
    )
    found = Matching(english, of("4 與顧客的關係終止後，每份紀錄須保存五年"))
    found.by_number()
    assert not found.pairs
    found.by_number(least=0)
    assert found.pairs == {0: 0}

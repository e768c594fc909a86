"""Passages set side by side, and the terms that go together in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.search.glossary import aligning, mining
from lionrock.search.glossary.aligning import Part, align
from lionrock.search.glossary.mining import mine

TEXTS = [
    (
        "Customers expect customer due diligence before an account is opened.",
        "開戶前客戶須接受客戶盡職審查。",
    ),
    ("A branch records customer due diligence on paper.", "分行以書面記錄客戶盡職審查。"),
    ("Auditors test how customer due diligence works.", "核數師測試客戶盡職審查的成效。"),
    ("Without customer due diligence no broker may trade.", "經紀若無客戶盡職審查不得買賣。"),
    ("A branch closes at noon on Saturdays.", "分行逢星期六中午關門。"),
    ("Auditors visit twice.", "核數師到訪兩次。"),
]


def test_terms_of_the_same_places_are_a_pair() -> None:
    found = {p.english: p.chinese for p in mine(TEXTS, floor=3)}
    assert found["customer due diligence"] == "客戶盡職審查"
    assert all("the" not in english.split() for english in found)


def test_a_term_that_stands_too_seldom_is_no_pair() -> None:
    assert mine(TEXTS[:2], floor=3) == []
    assert mine([], floor=1) == []


def test_what_has_no_counterpart_is_left_out() -> None:
    first = [Part("Records are kept for 6 years.", "4.1"), Part("An English footnote that nobody "
             "translated, and which is long enough to be seen as one of its own.", ""),
             Part("Fees are HK$200.", "4.2")]  # fmt: skip
    second = [Part("紀錄須保存6年。", "4.1"), Part("費用為200港元。", "4.2")]
    assert align(first, second) == [
        (first[0].text, second[0].text), (first[2].text, second[1].text),
    ]  # fmt: skip


def test_two_that_stand_for_one_are_joined() -> None:
    first = [Part("All records of every customer must be kept safe for six years after the end."),
             Part("They are then destroyed.")]  # fmt: skip
    second = [Part("每名客戶的所有紀錄均須在關係結束後穩妥保存六年，其後予以銷毀。")]
    assert len(align(first, second)) == 1


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8))
def test_any_texts_are_aligned_in_order_and_mined(texts: list[tuple[str, str]]) -> None:
    aligned = align([Part(a) for a, _ in texts], [Part(b) for _, b in texts])
    assert len(aligned) <= len(texts)
    mine(texts, floor=1)


def test_sides_of_unlike_length_are_aligned_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed = 0
    whole = aligning._cost

    def counted(a: Sequence[aligning._Side], b: Sequence[aligning._Side]) -> float:
        nonlocal weighed
        weighed += 1
        return whole(a, b)

    monkeypatch.setattr(aligning, "_cost", counted)
    monkeypatch.setattr(aligning, "_BAND", 5)
    monkeypatch.setattr(aligning, "_MOST_PLACES", 10_000)
    align([Part("a text")] * 400, [Part("文字")] * 100)
    assert weighed <= 5 * (10_000 + 400)


def test_the_more_places_the_fewer_phrases_are_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(mine(TEXTS, floor=1)) > 1
    monkeypatch.setattr(mining, "_MOST_MARKS", len(TEXTS))
    assert len(mine(TEXTS, floor=1)) <= 1

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.sentiment.words import Phrases, folded, listed, units

PHRASES = Phrases(
    {"good": ["唔錯", "good value"], "bad": ["錯", "late"], "time": ["within # days"], "not": ["5"]}
)


def found(text: str) -> list[tuple[str, str]]:
    matched = PHRASES.find(units(text))
    return [(m.kinds[0], text[m.start : m.end]) for m in matched]


def test_the_longest_phrase_stands_and_none_within_it() -> None:
    assert found("都唔錯，冇錯") == [("good", "唔錯"), ("bad", "錯")]


def test_english_is_found_by_its_stem_and_whole_words_only() -> None:
    assert found("Good  values; latest") == [("good", "Good  values")]


def test_any_number_stands_for_a_number() -> None:
    assert found("Within 14 days or within two days") == [("time", "Within 14 days")]
    assert found("5 of 14") == [("not", "5")]


def test_both_scripts_and_widths_are_one() -> None:
    assert found("唔错") == [("good", "唔错")]
    assert folded("ＡＢＣ錯") == "abc错"


def test_a_phrase_may_be_several_things() -> None:
    both = Phrases({"a": ["up"], "b": ["up"]})
    assert [m.kinds for m in both.find(units("up"))] == [("a", "b")]


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


@given(st.text(alphabet="唔錯 goodvaluelate within17days。", max_size=60))
def test_matches_follow_each_other_and_lie_within_the_text(text: str) -> None:
    ends = 0
    for match in PHRASES.find(units(text)):
        assert ends <= match.start < match.end <= len(text)
        ends = match.end


def test_the_lists_of_each_language_tell_the_same_kinds() -> None:
    assert set(listed("polarity.zh")) - {"none"} == set(listed("polarity.en"))
    assert set(listed("polarity.yue")) < set(listed("polarity.zh"))
    assert set(listed("signs.en")) == set(listed("signs.zh"))

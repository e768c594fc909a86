from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.names.forms import decoded, personal


def words(name: str) -> list[str]:
    return [word.text for word in personal(name).words]


@pytest.mark.parametrize(
    "name", ["Mr. John Smith", "Dr John Smith", "John Smith, PhD", "Sheikh John Smith Jr."]
)
def test_titles_are_left_out(name: str) -> None:
    assert words(name) == ["john", "smith"]


def test_a_name_of_titles_alone_keeps_them() -> None:
    assert words("General") == ["general"]


def test_titles_behind_a_chinese_name_are_left_out() -> None:
    assert personal("陳大文先生").han == "陳大文"


@pytest.mark.parametrize("codes", ["7115 1129 2429", "7115-1129-2429", " 7115/1129/2429 "])
def test_chinese_commercial_codes_are_a_name(codes: str) -> None:
    assert personal(codes).han == "陳大文"


def test_a_code_that_no_table_has_leaves_a_gap() -> None:
    assert decoded("7115 0000") == "陳〓"


def test_a_text_in_two_scripts_gives_both_names() -> None:
    form = personal("CHAN Tai Man 陳大文")
    assert form.han == "陳大文"
    assert [w.text for w in form.words] == ["chan", "tai", "man"]


def test_words_before_a_comma_are_counted_without_titles() -> None:
    assert personal("Dr VAN DER BERG, Jan").before_comma == 3
    assert personal("Jan van der Berg").before_comma == 0


def test_an_apostrophe_joins_and_a_hyphen_parts() -> None:
    assert words("O'Brien Al-Said") == ["obrien", "al", "said"]


def test_a_word_is_kept_as_written_too() -> None:
    assert [w.written for w in personal("CHAN Tai-man").words] == ["CHAN", "Tai", "man"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_form(text: str) -> None:
    form = personal(text)
    assert form.before_comma <= len(form.words)
    assert all(word.text.isascii() for word in form.words)

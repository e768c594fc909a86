"""A template's file: what it must be, and what is refused with the reason."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.drafting.kept import built_in
from lionrock.assist.drafting.template import FieldType, Genre, read
from lionrock.errors import InvalidInput
from tests.assist.drafting.samples import NOTE


def test_a_file_is_read_into_fields_and_lines() -> None:
    template = read(NOTE.encode())
    assert template.name == "note-en"
    assert template.fields["date"].type is FieldType.DATE
    assert [[line.shape for line in block] for block in template.body.blocks] == [
        ["left", "right"], ["heading"], ["section"], ["left"],
    ]  # fmt: skip
    assert [line.name for line in template.body.sections()] == ["Rule"]


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    assert read(b"\xef\xbb\xbf" + NOTE.replace("\n", "\r\n").encode()).name == "note-en"


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("+++\nname", "name", "between two lines"),
        ('name = "note-en"', "name = ", "not TOML"),
        ('name = "note-en"', 'name = "../note"', "not right at name"),
        ('name = "note-en"', 'name = "note-en"\nscript = "x"', "not right at script"),
        ('genre = "file-note"', 'genre = "poem"', "not right at genre"),
        ('type = "date"', 'type = "choice"', "not right at field.1"),
        ('type = "date"', 'choices = ["a"]', "not right at field.1"),
        ('name = "date"', 'name = "our_ref"', "declared twice: our_ref"),
        ("{{ date }}", "today", "not in the text: date"),
        ("{{ date }}", "{{ date }} {{ other }}", "not declared: other"),
        ("{{ date }}", "{{ date }} {{ date.x }}", "Line 2: a field is"),
        ("{{ date }}", "{{ date }} {{ ''.__class__ }}", "Line 2: a field is"),
        ("[[ Rule:", "[[ Rule", "Line 6: a section is"),
        ("# The matter", "| a | b | c | d | e | f | g |", "at most 6 cells"),
        ("# The matter", "# The \u202ematter", r"U\+202E"),
        ("# The matter", "# The \x00matter", r"U\+0000"),
        ("# The matter", "line\n" * 700, "at most 600 lines"),
        ("# The matter", "\n\n".join(f"[[ s{n}: x ]]" for n in range(20)), "at most 12 sections"),
        ("# The matter", "[[ Rule: again ]]", "each of its own name"),
        ("# The matter", "x" * 70_000, "at most 64 KB"),
        ('title = "A note"', f"title = {'[' * 5000}", "not TOML"),
    ],
)
def test_what_is_no_template_is_refused(was: str, becomes: str, reason: str) -> None:
    assert was in NOTE
    with pytest.raises(InvalidInput, match=reason):
        read(NOTE.replace(was, becomes).encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        read(b"\xff\xfe+++")


@given(st.binary(max_size=300) | st.text("+=[]{}\"'\n|>#^*: ab1", max_size=300).map(str.encode))
def test_whatever_the_bytes_it_is_a_template_or_refused(data: bytes) -> None:
    with suppress(InvalidInput):
        read(data)
    head, _, _ = NOTE.rpartition("+++\n")
    with suppress(InvalidInput):
        read(head.encode() + b"+++\n" + data)


def test_every_genre_comes_in_english_and_traditional_chinese() -> None:
    found = {(kept.template.front.genre, kept.template.language) for kept in built_in()}
    assert found == {(genre, language) for genre in Genre for language in ("en", "zh-Hant")}
    assert all(kept.template.body.sections() for kept in built_in())


@pytest.mark.parametrize("kept", built_in(), ids=lambda kept: str(kept.name))
def test_a_built_in_template_declares_what_its_language_needs(kept: object) -> None:
    template = kept.template  # type: ignore[attr-defined]
    assert template.fields["date"].type is FieldType.DATE
    if template.language == "zh-Hant":
        assert "政府公文寫作手冊" in template.front.source


def test_chinese_letters_have_the_words_of_the_register() -> None:
    texts = {kept.name: kept.template.text for kept in built_in()}
    assert "台鑒：" in texts["reply-to-citizen-zh"] and "檔號：" in texts["reply-to-citizen-zh"]
    assert "敬啟者：" in texts["circular-zh"] and "謹啟" in texts["circular-zh"]
    assert "Yours sincerely," in texts["reply-to-citizen-en"]

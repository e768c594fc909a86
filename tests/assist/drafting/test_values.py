"""Values of fields: read by their type, printed in the form of the language, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lionrock.assist.drafting.template import FieldType, Template, read
from lionrock.assist.drafting.values import given, in_words
from lionrock.documents.language import Language
from lionrock.errors import InvalidInput


def template(language: str = "en", **types: str) -> Template:
    fields = "".join(
        f'[[field]]\nname = "{name}"\nlabel = "L"\ntype = "{kind}"\n'
        + ('choices = ["yes", "no"]\n' if kind == "choice" else "")
        for name, kind in types.items()
    )
    body = " ".join(f"{{{{ {name} }}}}" for name in types)
    front = f'name = "t"\ntitle = "T"\ngenre = "memo"\nlanguage = "{language}"\n{fields}'
    return read(f"+++\n{front}+++\n{body}\n".encode())


@pytest.mark.parametrize("typed", ["2026-11-23", "23 November 2026", "2026年11月23日"])
@pytest.mark.parametrize(
    ("language", "printed"),
    [("en", "23 November 2026"), ("zh-Hant", "2026年11月23日"), ("zh-Hans", "2026年11月23日")],
)
def test_a_date_is_printed_as_its_language_has_it(typed: str, language: str, printed: str) -> None:
    assert given(template(language, d="date"), [f"d={typed}"]) == {"d": printed}


@for_all(st.dates(min_value=date(1900, 1, 1)), st.sampled_from(["en", "zh-Hant"]))
def test_a_printed_date_is_read_as_the_same_day(day: date, language: Language) -> None:
    printed = in_words(day, language)
    assert given(template(language, d="date"), [f"d={printed}"]) == {"d": printed}


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("en", "1234.5", "HK$1,234.50"),
        ("en", "HK$1,234", "HK$1,234"),
        ("zh-Hant", "港幣1,234.50元", "1,234.50港元"),
        ("zh-Hant", "500", "500港元"),
    ],
)
def test_an_amount_is_printed_with_its_currency(language: str, typed: str, printed: str) -> None:
    assert given(template(language, a="amount"), [f"a={typed}"]) == {"a": printed}


@pytest.mark.parametrize(
    ("kind", "typed", "printed"),
    [
        ("hkid", "a123456(3)", "A123456(3)"),
        ("reference", "(12) in L/M (3) to ABC 4/2/1 Pt. 3", "(12) in L/M (3) to ABC 4/2/1 Pt. 3"),
        ("choice", "yes", "yes"),
        ("line", "陳大文先生", "陳大文先生"),
    ],
)
def test_values_of_the_other_types(kind: str, typed: str, printed: str) -> None:
    assert given(template(x=kind), [f"x = {typed}"]) == {"x": printed}


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        ("date", "2026-02-30", "takes a date"),
        ("date", "tomorrow", "takes a date"),
        ("date", "2026年13月1日", "takes a date"),
        ("amount", "five", "Hong Kong dollars"),
        ("amount", "1.234", "Hong Kong dollars"),
        ("hkid", "A123456(4)", "check digit"),
        ("reference", "no number", "a number in it"),
        ("reference", "x" * 90 + "1", "a number in it"),
        ("choice", "maybe", "one of: yes; no"),
        ("line", "x" * 301, "at most 300"),
        ("text", "x" * 4001, "at most 4000"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_refused(kind: str, typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        given(template(x=kind), [f"x={typed}"])


def test_lines_without_a_name_go_on_with_the_value_above() -> None:
    lines = ["a=1 Queen's Road", "Central", "", "b=x"]
    assert given(template(a="text", b="line"), lines) == {"a": "1 Queen's Road\nCentral", "b": "x"}


def test_an_empty_value_is_not_given() -> None:
    assert given(template(a="date"), ["a= "]) == {}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["c=1"], "no field c. It has: a"),
        (["a=1", "a=2"], "given twice"),
        (["just words"], "field=value"),
        (["a=1", "2"], "one line"),
    ],
)
def test_lines_that_make_no_sense_are_refused(lines: list[str], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        given(template(a="line"), lines)


def test_every_type_has_a_test_above() -> None:
    assert {*map(str, FieldType)} == {
        "amount",
        "choice",
        "date",
        "hkid",
        "line",
        "reference",
        "text",
    }

"""Country names to codes."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening import countries


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Korea, North", "kp"),
        ("Democratic People's Republic of Korea", "kp"),
        ("朝鮮", "kp"),
        ("Iran (Islamic Republic of)", "ir"),
        ("Congo, Democratic Republic of the", "cd"),
        ("Congo", "cg"),
        ("Côte d'Ivoire", "ci"),
        ("Cote d Ivoire", "ci"),
        ("Saint Vincent and the Grenadines", "vc"),
        ("St. Kitts and Nevis", "kn"),
        ("UNITED STATES OF AMERICA", "us"),
        ("Burma", "mm"),
        ("China, Hong Kong Special Administrative Region", "hk"),
        ("香港", "hk"),
        ("澳門", "mo"),
        ("中華人民共和國", "cn"),
        ("中国", "cn"),
        ("台灣", "tw"),
        ("马来西亚", "my"),
        ("馬來西亞", "my"),
        ("Palestinian", "ps"),
        ("former Soviet Union", "su"),
        ("HK", "hk"),
        ("hk", "hk"),
        ("HKG", "hk"),
        ("Namibia", "na"),
    ],
)
def test_a_name_as_a_list_writes_it_has_its_code(name: str, code: str) -> None:
    assert countries.code(name) == code


@pytest.mark.parametrize(
    "name", ["", "UNKNOWN", "undetermined", "n/a", "00", "ZZ", "Example", "()"]
)
def test_what_names_no_country_has_no_code(name: str) -> None:
    assert countries.code(name) == ""


@pytest.mark.parametrize("locale", ["en", "zh_Hant", "zh_Hans"])
def test_every_name_in_the_locale_data_leads_back_to_its_code(locale: str) -> None:
    names = Locale.parse(locale).territories
    codes = {
        "hk",
        "mo",
        "tw",
        "cn",
        "kp",
        "kr",
        "ir",
        "gb",
        "us",
        "cd",
        "cg",
        "mm",
        "tr",
        "ps",
        "vg",
        "ae",
    }
    assert {countries.code(names[code.upper()]) for code in codes} == codes


@given(st.text(max_size=40))
def test_any_text_gives_two_letters_or_nothing(text: str) -> None:
    assert len(countries.code(text)) in (0, 2)


def test_a_code_has_a_name_in_each_language() -> None:
    assert countries.name("hk", "zh_Hant") == "中國香港特別行政區"
    assert countries.name("fr") == "France"
    assert countries.name("q?") == "q?"

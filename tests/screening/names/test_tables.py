from __future__ import annotations

from collections import Counter
from importlib import resources

import pytest

from lionrock.screening.names import characters

_FOLDER = resources.files("lionrock.screening.names").joinpath("tables")
_LISTS = sorted(p.name.removesuffix(".txt") for p in _FOLDER.iterdir() if p.name.endswith(".txt"))
_LISTS.remove("LICENSES")


@pytest.mark.parametrize("name", _LISTS)
def test_a_list_says_in_its_first_line_what_it_is(name: str) -> None:
    text = _FOLDER.joinpath(f"{name}.txt").read_text("utf-8")
    assert text.startswith("# ") and "general knowledge" in text.splitlines()[0]


@pytest.mark.parametrize("name", ["chosen_names", "surnames_compound", "word_variants"])
def test_no_word_stands_twice_in_a_list(name: str) -> None:
    words = Counter(word for line in characters.lines(name) for word in line.split())
    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize("name", ["surnames", "given_often", "given_sometimes"])
def test_no_character_stands_twice_in_a_list(name: str) -> None:
    found = Counter("".join(characters.lines(name)))
    assert [c for c, times in found.items() if times > 1] == []


@pytest.mark.parametrize(
    "name",
    ["cantonese_onsets", "cantonese_rimes", "cantonese_syllables", "macau_onsets", "macau_rimes"],
)
def test_no_sound_stands_twice_in_a_table_of_spellings(name: str) -> None:
    sounds = Counter(line.partition(":")[0] for line in characters.lines(name))
    assert [sound for sound, times in sounds.items() if times > 1] == []


def test_the_sources_of_the_tables_are_named_with_their_licences() -> None:
    said = _FOLDER.joinpath("PROVENANCE.md").read_text("utf-8")
    for source in ("Unihan", "ToJyutping", "pypinyin", "names", "OpenCC"):
        assert source in said
    licences = _FOLDER.joinpath("LICENSES.txt").read_text("utf-8")
    assert "Unicode, Inc." in licences and "Cantonese Computational Linguistics" in licences

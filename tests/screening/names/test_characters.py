from __future__ import annotations

import pytest

from lionrock.screening.names.characters import by_code, character, fold, keyed, lines, unfolded


@pytest.mark.parametrize(
    "forms", ["陳陈", "峯峰", "黃黄", "衞衛卫", "羣群", "温溫", "恆恒", "台臺", "敘敍叙", "滬沪"]
)
def test_forms_of_one_character_fold_to_one(forms: str) -> None:
    assert len({fold(c) for c in forms}) == 1


@pytest.mark.parametrize("others", ["陳張", "干午", "王玉", "己已"])
def test_other_characters_stay_apart(others: str) -> None:
    assert fold(others[0]) != fold(others[1])


def test_a_character_without_a_table_is_itself_and_has_no_reading() -> None:
    assert fold("\uf8ff") == "\uf8ff"
    assert character("\ue001").cantonese == ()


def test_readings_come_likeliest_first() -> None:
    assert character("陳").cantonese[0] == "can"
    assert character("陳").mandarin[0] == "chen"


def test_commercial_codes_give_the_characters_of_identity_cards() -> None:
    assert [by_code()[code][0] for code in ("7115", "1129", "2429")] == list("陳大文")


def test_a_folded_form_gives_the_characters_in_use() -> None:
    assert {"陳", "陈"} <= set(unfolded(fold("陳")))


def test_a_list_is_read_without_its_heading() -> None:
    assert lines("terms")[0].startswith("group|")
    assert not any(line.startswith("#") for line in lines("surnames"))


def test_lines_of_one_key_are_all_read() -> None:
    words = [w for key, group in keyed("legal_forms") if key == "limited" for w in group]
    assert {"limited", "responsabilite"} <= set(words)

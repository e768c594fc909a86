from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from lionrock.documents.language import to_simplified
from lionrock.web.i18n import LANGUAGES, choose, translator
from tests.web import texts

CHINESE = ["zh-Hant", "zh-Hans"]
VALUE = re.compile(r"%\(\w+\)s|\{\d+\}")


@pytest.mark.parametrize("language", CHINESE)
def test_every_text_of_the_pages_is_translated(language: str) -> None:
    missing = texts.asked_for() - translator(language).messages.keys()
    assert not missing, f"add to the {language} catalogue: {sorted(missing)}"


def test_what_a_page_calls_by_name_is_worded_in_english_too() -> None:
    by_name = {"capability", "heading", "field", "stage", "document", "run", "language"}
    wanted = {key for key in texts.asked_for() if key[0] in by_name}
    assert not wanted - translator("en").messages.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    kept = {k for k in translator(language).messages if k[0] not in ("detail", "placeholder")}
    assert not kept - texts.asked_for()


@pytest.mark.parametrize("language", CHINESE)
def test_a_translation_holds_the_values_of_its_text_and_no_other(language: str) -> None:
    for (_, text), forms in translator(language).messages.items():
        for form in forms:
            assert sorted(VALUE.findall(form)) == sorted(VALUE.findall(text)), text


def test_each_catalogue_is_in_its_own_script() -> None:
    hant = [f for forms in translator("zh-Hant").messages.values() for f in forms]
    hans = [f for forms in translator("zh-Hans").messages.values() for f in forms]
    assert not [text for text in hans if to_simplified(text) != text and "廣" not in text]
    only_simplified = set("".join(hans)) - set("".join(hant))
    assert set("们这门问题语").isdisjoint(hant) and set("这问题语录") & only_simplified


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr, de;q=0.9", "en"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("yue-HK", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("en;q=0.1, zh-Hant-HK;q=0.5", "zh-Hant"),
        ("en-GB;q=0, zh-SG", "zh-Hans"),
        ("zh;q=nonsense, en", "en"),
    ],
)
def test_the_browsers_languages_choose(accepted: str, language: str) -> None:
    assert choose(None, accepted) == language


def test_a_readers_own_choice_comes_first_if_it_is_one() -> None:
    assert choose("zh-Hant", "en") == "zh-Hant"
    assert choose("klingon", "zh-CN") == "zh-Hans"


def test_an_errors_text_is_translated_around_its_values() -> None:
    speak = translator("zh-Hant")
    text = "policy {0}.pdf cannot be read: it took longer than 300 s"
    assert speak.detail(text) == "無法讀取「policy {0}.pdf」：處理時間超過 300 秒"
    assert speak.detail("Nobody has translated this.") == "Nobody has translated this."


def test_counts_follow_the_languages_plural() -> None:
    pages = ("%(count)s page", "%(count)s pages")
    assert translator("en").ngettext(*pages, 1) == "1 page"
    assert translator("en").ngettext(*pages, 1200) == "1,200 pages"
    assert translator("zh-Hans").ngettext(*pages, 1) == "1 页"


def test_a_name_without_a_wording_is_shown_readably() -> None:
    assert translator("en").name("field", "due_date") == "Due date"


@pytest.mark.parametrize(
    ("count", "size"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (123_456, "123 kB"), (25_600_000, "26 MB")],
)
def test_sizes_are_in_the_nearest_unit(count: int, size: str) -> None:
    assert translator("en").size(count) == size


def test_dates_are_written_as_the_language_writes_them() -> None:
    noon = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert translator("en").day(noon).endswith("Mar 2026")
    assert translator("zh-Hant").moment(noon).startswith("2026年3月")

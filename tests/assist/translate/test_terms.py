"""Terms of the glossary: found, longest first, required, and put right where it is plain how."""

from __future__ import annotations

import pytest

from lionrock.assist.translate.mending import mended
from lionrock.assist.translate.termbase import Termbase, missing, present, replaced, shortfall
from lionrock.documents.language import Language
from lionrock.search.glossary.schemas import NewEntry

ENTRIES = [
    NewEntry(terms={"en": ["capital"], "zh-Hant": ["資本"]}),
    NewEntry(
        terms={"en": ["countercyclical capital buffer", "CCyB"], "zh-Hant": ["逆周期緩衝資本"]}
    ),
    NewEntry(terms={"en": ["US"], "zh-Hant": ["美國"]}),
    NewEntry(terms={"en": ["authorized institution"], "zh-Hant": ["認可機構", "認可金融機構"]}),
]


def base(source: Language = "en", into: Language = "zh-Hant") -> Termbase:
    return Termbase(ENTRIES, source, into)


def test_the_longest_term_wins_and_what_stands_in_it_does_not_count() -> None:
    found = base().terms("The Countercyclical capital-buffer needs capital.")
    assert [t.words for t in found] == ["Countercyclical capital-buffer", "capital"]
    assert found[0].forms == ("逆周期緩衝資本",)


def test_the_form_that_says_the_terms_inside_is_preferred() -> None:
    entries = [
        NewEntry(terms={"en": ["Hong Kong Monetary Authority", "HKMA"],
                        "zh-Hant": ["金管局", "香港金融管理局"]}),
        NewEntry(terms={"en": ["Hong Kong"], "zh-Hant": ["香港"]}),
    ]  # fmt: skip
    terms = Termbase(entries, "en", "zh-Hant").terms(
        "The Hong Kong Monetary Authority (HKMA) of Hong Kong"
    )
    assert [(t.words, t.forms[0]) for t in terms] == [
        ("Hong Kong Monetary Authority", "香港金融管理局"), ("HKMA", "金管局"), ("Hong Kong", "香港"),
    ]  # fmt: skip
    assert missing(terms, "香港") == [terms[1]], "one concept is missing once"
    assert shortfall(terms, "香港金融管理局") == 0, "the short name in brackets is not counted"


def test_plurals_are_found_and_acronyms_only_in_capitals() -> None:
    assert [t.words for t in base().terms("Authorized institutions in the US told us.")] == [
        "Authorized institutions", "US",
    ]  # fmt: skip


def test_chinese_is_found_in_either_script_and_across_white_space() -> None:
    found = base("zh-Hant", "en").terms("认可 机构的逆周期緩衝資本")
    assert [t.words for t in found] == ["认可 机构", "逆周期緩衝資本"]
    assert found[1].forms == ("countercyclical capital buffer", "CCyB")


def test_any_variant_will_do() -> None:
    [term] = base().terms("An authorized institution.")
    assert term.met("認可金融機構須報告") and not term.met("機構須報告")
    assert missing([term, term], "機構須報告") == [term]
    assert present("stress tests", "Stress-tests were run") and present("認可機構", "认可机构")


def test_a_form_in_letters_is_words_and_no_part_of_others() -> None:
    assert present("AI", "The AIs of 金管局AI計劃") and not present("AI", "as was said, again")
    assert present("stress test", "stress testing") and not present("risk", "asterisk")


def test_a_term_that_is_said_less_often_than_in_the_source_is_counted() -> None:
    terms = base().terms("The US told the US about an authorized institution.")
    assert shortfall(terms, "美國告知美國有關認可機構") == 0
    assert shortfall(terms, "美國告知其認可機構") == 1 and shortfall(terms, "告知") == 3
    assert not missing(terms, "美國告知其認可機構")
    both = base().terms("A countercyclical capital buffer (CCyB) is a CCyB.")
    assert shortfall(both, "逆周期緩衝資本") == 1


def test_terms_take_the_place_of_the_sources_words() -> None:
    text = "The US raises the CCyB."
    assert replaced(text, base().terms(text)) == "The 美國 raises the 逆周期緩衝資本."


def test_brackets_that_were_left_off_are_put_back_wherever_they_lack() -> None:
    entry = NewEntry(terms={"en": ["Banking Ordinance"], "zh-Hant": ["《銀行業條例》"]})
    terms = Termbase([entry], "en", "zh-Hant").terms("the Banking Ordinance")
    assert mended("銀行業條例規定《銀行業條例》", terms) == "《銀行業條例》規定《銀行業條例》"


@pytest.mark.parametrize(
    ("source", "target", "right"),
    [
        ("the US", "在 US 的銀行", "在美國的銀行"),
        ("the US's rate and the US", "美國的利率，以及 US 的銀行", "美國的利率，以及美國的銀行"),
        ("the US (US)", "美國（US）", "美國（US）"),
        ("the CCyB", "逆周期資本緩衝上調", "逆周期緩衝資本上調"),
        ("the CCyB", "有關比率上調", "有關比率上調"),
    ],
)
def test_what_plainly_stands_for_a_term_is_put_right(source: str, target: str, right: str) -> None:
    assert mended(target, base().terms(source)) == right

"""Cantonese is read as Cantonese, formal Chinese stays as it was read, corrections are on record."""

from __future__ import annotations

from lionrock.documents.ocr import Recogniser
from tests.documents.ocr.making import pixels, sheet

SPOKEN = [
    "佢哋嘅戶口喺邊度開㗎？我哋唔知喎。", "嗰啲文件你攞咗嚟未呀？冇帶就唔得㗎。", "揾到嘅嘢要即刻交返畀我哋。"
]  # fmt: skip
KNOWN = set("佢哋嘅喺㗎唔喎嗰啲攞咗嚟冇揾嘢")


def test_cantonese_characters_that_the_reader_does_not_know_are_read(
    recogniser: Recogniser,
) -> None:
    read = recogniser.page(pixels(sheet(SPOKEN)), 150)
    got = "".join(fragment.text for fragment in read.fragments)
    wanted = [letter for letter in "".join(SPOKEN) if letter in KNOWN]
    found = [letter for letter in got if letter in KNOWN]
    assert sum(letter in found for letter in wanted) >= len(wanted) - 2
    assert read.language == "yue"


def test_each_correction_says_what_was_read_first(recogniser: Recogniser) -> None:
    read = recogniser.page(pixels(sheet(SPOKEN)), 150)
    corrected = [doubt for doubt in read.doubtful if doubt.read]
    assert corrected
    for doubt in corrected:
        now = read.fragments[doubt.fragment].text[doubt.start : doubt.end]
        assert now in KNOWN | set("呀嘛畀呢")
        assert now != doubt.read


def test_lookalikes_in_formal_text_are_left_alone(recogniser: Recogniser) -> None:
    formal = [
        "病人喉部不適，須按既定概念咀嚼進食。",
        "但本人並無異議，有關五間公司亦無意見。",
        "係指該野外地區之的士及渡輪。",
    ]
    read = recogniser.page(pixels(sheet(formal)), 150)
    assert "".join(f.text for f in read.fragments).translate({0xFF0C: ","}) == "".join(
        formal
    ).translate({0xFF0C: ","})
    assert not [doubt for doubt in read.doubtful if doubt.read]

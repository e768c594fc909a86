"""Hong Kong e-Legislation XML: structure, paths, notes, and what is not let in."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.documents.parsing.detect import Format, detect
from lionrock.documents.parsing.flow import Flow
from lionrock.documents.parsing.hklm import acronym, parse_hklm
from lionrock.errors import UnreadableDocument

HERE = Path(__file__).parent
EN, ZH = HERE / "law_en.xml", HERE / "law_zh.xml"


def by_path(flow: Flow) -> dict[str, str]:
    return {b.number: b.text for b in flow.blocks if b.number}


def test_a_law_is_told_by_its_schema_whatever_its_name() -> None:
    assert detect(EN, "download.txt") is Format.HKLM
    assert detect(ZH, "cap.xml") is Format.HKLM


def test_title_and_facts_come_from_the_law_itself() -> None:
    english, chinese = parse_hklm(EN), parse_hklm(ZH)
    assert english.title == "Sample Records Ordinance (Cap. 9999)"
    assert chinese.title == "《樣本紀錄條例》(第9999章)"
    assert english.facts["effective"] == "2024-03-01"
    assert english.facts["work"] == chinese.facts["work"] == "cap9999"
    assert english.facts["names"].splitlines()[-2:] == ["Sample Records Ordinance", "SRO"]


def test_provisions_have_the_same_paths_in_both_languages() -> None:
    english, chinese = by_path(parse_hklm(EN)), by_path(parse_hklm(ZH))
    assert set(chinese) <= set(english)
    assert english["s3(1)(b)(ii)"] == "(ii) complete."
    assert chinese["s3(1)(b)(ii)"] == "(ii) 完整。"
    assert english["s2(1)[record](a)"] == "(a) a book; and"
    assert chinese["s2(1)[keeper]"] == "備存人 (keeper)指第3(1)條所指的人；"
    assert set(english) - set(chinese) == {"s5", "sch1", "sch1/s1"}


def test_headings_have_their_levels_and_numbers() -> None:
    found = [(b.level, b.number, b.text) for b in parse_hklm(EN).blocks if b.kind == "heading"]
    assert found[1:4] == [
        (2, "P1", "Part 1 Preliminary"),
        (4, "s1", "1. Short title"),
        (4, "s2", "2. Interpretation"),
    ]
    assert (3, "P2/D1", "Division 1 Duties") in found
    assert (2, "sch1", "Schedule 1 Fees") in found


def test_what_is_repealed_or_pending_is_marked_and_its_notes_are_kept() -> None:
    blocks = parse_hklm(EN).blocks
    texts = [b.text for b in blocks]
    assert "4. [Repealed]" in texts and "(Repealed 3 of 2023 s. 1)" in texts
    assert "5. Penalty [Not yet in operation]" in texts
    assert "[1 March 2020] L.N. 1 of 2020" in texts
    assert "(Amended 2 of 2023 s. 5)" in texts
    assert "4. 〔已廢除〕" in [b.text for b in parse_hklm(ZH).blocks]


def test_every_word_of_the_law_is_in_the_blocks_once() -> None:
    from lxml import etree

    for path in (EN, ZH):
        main = next(e for e in etree.parse(str(path)).getroot() if e.tag.endswith("}main"))
        raw = sorted("".join("".join(main.itertext()).split()))
        blocks = [b for b in parse_hklm(path).blocks[1:]]
        said = "".join("".join(b.text for b in blocks).split())
        for mark in ("[Repealed]", "[Notyetinoperation]", "〔已廢除〕"):
            said = said.replace(mark, "")
        assert sorted(said) == raw


def test_a_table_comes_as_rows() -> None:
    rows = [b.cells for b in parse_hklm(EN).blocks if b.kind == "row"]
    assert rows == [("Copy", "HK$10"), ("Search", "HK$25")]


def test_lines_wrapped_inside_chinese_are_joined() -> None:
    assert "本條例為測試而撰寫。" in [b.text for b in parse_hklm(ZH).blocks]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><ordinance xmlns="http://www.xml.gov.hk/schemas/hklm/1.0">&a;</ordinance>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><ordinance xmlns="http://www.xml.gov.hk/schemas/hklm/1.0"/>',
        '<ordinance xmlns="http://www.xml.gov.hk/schemas/hklm/1.0"><main>',
        "<a>" * 2000 + '<b xmlns="http://www.xml.gov.hk/schemas/hklm/1.0"/>' + "</a>" * 2000,
    ],
    ids=["entities", "outside", "cut off", "deep"],
)
def test_hostile_xml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "law.xml"
    path.write_text(text)
    with pytest.raises(UnreadableDocument):
        parse_hklm(path)


@pytest.mark.parametrize(
    ("title", "short"),
    [("Personal Data (Privacy) Ordinance", "PDPO"), ("Rules", ""), ("個人資料(私隱)條例", "")],
)
def test_the_short_form_of_a_title(title: str, short: str) -> None:
    assert acronym(title) == short

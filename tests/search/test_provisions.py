"""Citations in questions, and the passages they name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.app import House
from lionrock.documents.numerals import figure, number
from lionrock.documents.provisions import canonical, item, steps
from lionrock.documents.schemas import Document
from lionrock.documents.standing import folded, short_names
from lionrock.documents.versions import today
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search.filters import Filters
from lionrock.search.law import LawService
from lionrock.search.provisions import find, named
from lionrock.search.references import references, refers_to
from tests.building import chunks, house_of, settled, taught

LAWS = Path(__file__).parent.parent / "documents" / "parsing"


@pytest.mark.parametrize(
    ("question", "documents", "path"),
    [
        ("Cap. 486 s.26", ("cap486",), "s26"),
        ("what does cap 486 section 26(1)(a) say?", ("cap486",), "s26(1)(a)"),
        ("s 26(1) PDPO", ("pdpo",), "s26(1)"),
        ("AML-1 para 4.2", ("aml1",), "4.2"),
        ("第486章第26條", ("cap486",), "s26"),
        ("第四百八十六章", (), None),
        ("第五條第一款", (), "s5(1)"),
        ("第二十六条第（2）款", (), "s26(2)"),
        ("GL33 4.1", ("gl33",), "4.1"),
        ("《個人資料(私隱)條例》第35C(2)條講乜嘢？", ("個人資料私隱條例",), "s35C(2)"),
        (
            "section 26(1) of the Personal Data (Privacy) Ordinance",
            ("personaldataprivacyordinance",),
            "s26(1)",
        ),
        ("SPM module IC-1, paragraph 2.3.1", ("ic1", "spm"), "2.3.1"),
        ("附表1第2條", (), "sch1/s2"),
        ("section 2(1) of Schedule 1 to Cap. 486", ("cap486",), "sch1/s2(1)"),
        ("Annex A of AML-1", ("aml1",), "annex:a"),
        ("第三條之一", (), "s3-1"),
        ("What fee of HK$4.20, or 4.2%, is due by 1.1.2026?", (), None),
        ("How many of the 3.5 million customers?", (), None),
    ],
)
def test_a_citation_is_read(question: str, documents: tuple[str, ...], path: str | None) -> None:
    found = [n for n in named(question) if n.path]
    assert [(n.documents, n.path) for n in found] == ([(documents, path)] if path else [])


@given(st.text(max_size=200))
def test_any_question_is_read_and_what_is_said_of_it_stands_in_it(question: str) -> None:
    for n in named(question):
        assert question[n.start : n.end] == n.said and n.said


_LETTERS = st.sampled_from(["", "A", "B", "ZA"])
_STEPS = st.lists(st.sampled_from(["1", "2", "a", "b", "ii"]), max_size=3)


@given(st.integers(1, 1200), _LETTERS, st.integers(1, 400), _STEPS)
def test_english_and_chinese_citations_of_one_provision_are_the_same(
    cap: int, letter: str, section: int, inner: list[str]
) -> None:
    brackets = "".join(f"({s})" for s in inner)
    english = named(f"What does section {section}{letter}{brackets} of Cap. {cap} require?")
    chinese = named(f"第{cap}章第{section}{letter}{brackets}條有甚麼規定？")
    wanted = [((f"cap{cap}",), f"s{section}{letter}{brackets}")]
    assert [(n.documents, n.path) for n in english] == wanted
    assert [(n.documents, n.path) for n in chinese] == wanted


def _han(value: int) -> str:
    digits, found = "零一二三四五六七八九", ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十")):
        found += digits[value // unit] + sign if value >= unit else ""
        value %= unit
    return found + (digits[value] if value else "")


@given(st.integers(1, 9999))
def test_chinese_numerals_are_their_numbers(value: int) -> None:
    assert number(_han(value)) == value
    assert figure(str(value)) == str(value)


def test_labels_become_paths_and_steps() -> None:
    assert [canonical(x) for x in ("Annex A", "第三條", "4.1.6", "附件一", "(a)", "Schedule 2")] == [
        "annex:a", "s3", "4.1.6", "annex:1", "", "sch2",
    ]  # fmt: skip
    assert [item(x) for x in ("(a)", "（一）", "1、", "•")] == ["(a)", "(1)", "(1)", "(•)"]
    assert steps("sch1/s2(1)(a)") == ("sch1", "sch1/s2", "sch1/s2(1)", "sch1/s2(1)(a)")


def test_short_names_come_from_title_file_and_the_law() -> None:
    names = short_names(
        "Guideline on Anti-Money Laundering (AMLG) AML-1", "aml-1_v2.pdf", ["Cap. 486"]
    )
    assert {"cap486", "aml1", "amlg", "aml1v2"} <= set(names)
    assert folded("Cap. 486") == folded("第486章") == "cap486"


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


async def law(house: House, actor: Actor, name: str) -> Document:
    data = (LAWS / name).read_bytes()
    added = await house.documents.add(actor, name, chunks(data))
    house.ingest.wake()
    return await settled(house, actor, added)


async def texts(house: House, actor: Actor, question: str) -> list[str]:
    async with house.database.tenant_session(actor) as db:
        allowed = await readable_collections(db, actor)
        ids = await find(db, actor, house.vault, named(question), allowed)
    loaded = await house.documents.passages(actor, ids)
    return [loaded[id].text for id in ids]


async def test_a_citation_finds_its_provision_in_the_document_it_names(
    house: House, actor: Actor, stranger: Actor
) -> None:
    await law(house, actor, "law_en.xml")
    await law(house, actor, "law_zh.xml")
    await taught(house, actor, "AML-1.md", "# Rules\n\n4.2 Ask for a passport.\n\n4.3 Keep it.\n")
    [english, chinese] = sorted(await texts(house, actor, "Cap. 9999 s.3(2)"))
    assert english.startswith("(2) Subsection (1) is subject") and chinese.startswith("(2) 第(1)款")
    assert sorted(await texts(house, actor, "s 3(2) SRO")) == [english, chinese]
    assert await texts(house, actor, "aml-1 para 4.2") == ["4.2 Ask for a passport."]
    assert await texts(house, actor, "Cap. 571 s.3") == []
    assert await texts(house, stranger, "Cap. 9999 s.3(2)") == []


async def test_a_passage_refers_to_others_and_a_search_may_take_them_in(
    house: House, actor: Actor
) -> None:
    await law(house, actor, "law_en.xml")
    hits = await house.search.passages(actor, "subject to section 4 subsection")
    passage = next(h.passage for h in hits if h.passage.text.startswith("(2) Subsection (1)"))
    async with house.database.tenant_session(actor) as db:
        allowed = await readable_collections(db, actor)
        to = await refers_to(db, actor, house.vault, [passage], allowed)
    loaded = await house.documents.passages(actor, to[passage.id])
    assert [loaded[id].text[:26] for id in to[passage.id]] == [
        "(1) A keeper must keep eac",
        "(Repealed 3 of 2023 s. 1)",
    ]


def test_references_to_the_same_provision_are_completed() -> None:
    assert [
        n.path for n in references("Subject to subsections (2) and paragraph (a)", "s3(1)")
    ] == [
        "s3(2)",
        "s3(1)(a)",
    ]
    assert [n.path for n in references("第(2)款適用。", "s3(1)")] == ["s3(2)"]


def test_each_of_several_sections_is_a_reference_and_one_of_an_amending_law_is_none() -> None:
    text = "Subject to sections 20, 28(5) and 30A. (Amended 18 of 2012 s. 3)"
    found = references(text)
    assert [n.path for n in found] == ["s20", "s28(5)", "s30A"]
    assert [text[n.start : n.end] for n in found] == ["sections 20", "28(5)", "30A"]


async def test_the_two_languages_of_a_law_are_aligned_by_provision(
    house: House, actor: Actor
) -> None:
    a, b = await law(house, actor, "law_en.xml"), await law(house, actor, "law_zh.xml")
    service = LawService(house.database, house.documents, house.vault)
    pairs = await service.aligned(actor, a.version_id, b.version_id)
    loaded = await house.documents.passages(actor, [i for p in pairs for side in p for i in side])
    said = {loaded[x[0]].text[:9]: loaded[y[0]].text[:6] for x, y in pairs}
    assert said["keeper (備"] == "備存人 (k" or said["keeper (備存"[:9]] == "備存人 (k"
    assert len(pairs) == len({i for x, _ in pairs for i in x})


async def test_a_provision_that_is_named_passes_the_filter_on_languages_too(
    house: House, actor: Actor
) -> None:
    await law(house, actor, "law_en.xml")
    await law(house, actor, "law_zh.xml")
    for language in ("en", "zh-Hant"):
        hits = await house.search.passages(
            actor, "Cap. 9999 s.3(2)", filters=Filters(languages=(language,))
        )
        assert hits and hits[0].cited
        assert {h.passage.language for h in hits} == {language}


async def test_beside_a_page_stands_no_text_that_does_not_hold_with_it(
    house: House, actor: Actor
) -> None:
    english = await law(house, actor, "law_en.xml")
    coming = today() + timedelta(days=30)
    data = (LAWS / "law_zh.xml").read_bytes()
    added = await house.documents.add(actor, "law_zh.xml", chunks(data), effective=coming)
    house.ingest.wake()
    await settled(house, actor, added)
    service = LawService(house.database, house.documents, house.vault)
    page = await house.documents.page(actor, english.id, 1)
    assert await service.parallel(actor, page) is None
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE versions SET effective_from = $1", page.held.since)
    beside = await service.parallel(actor, page)
    assert beside is not None and beside.mate.version_id == added.version_id

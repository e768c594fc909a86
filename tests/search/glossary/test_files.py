"""Files of terms: TBX of both versions, CSV and XLSX in; TBX and CSV out."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from uuid import uuid4

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, UnreadableDocument
from lionrock.search.glossary import files, tables, tbx
from lionrock.search.glossary.schemas import LANGUAGES, Entry, NewEntry

V2 = """<?xml version="1.0"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><descrip type="definition">Who owns it in the end</descrip>
<langSet xml:lang="en-GB"><ntig><termGrp><term>beneficial owner</term></termGrp></ntig>
<tig><term>BO</term></tig></langSet>
<langSet xml:lang="zh-HK"><tig><term>實益擁有人</term></tig></langSet></termEntry>
<termEntry id="2"><langSet xml:lang="fr"><tig><term>caution</term></tig></langSet></termEntry>
</body></text></martif>"""
V3 = """<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>
<conceptEntry id="c1"><langSec xml:lang="en"><termSec><term>due diligence</term></termSec></langSec>
<langSec xml:lang="zh"><termSec><term>尽职审查</term></termSec></langSec></conceptEntry>
</body></text></tbx>"""


def test_tbx_of_2008_is_read_and_what_has_no_term_of_ours_is_named() -> None:
    read = files.read(V2.encode())
    assert read.format == "tbx"
    assert read.entries[0].terms == {"en": ["beneficial owner", "BO"], "zh-Hant": ["實益擁有人"]}
    assert read.entries[0].note == "Who owns it in the end"
    assert [(b.row, "two terms" in b.reason) for b in read.bad] == [(8, True)]


def test_tbx_of_2019_is_read_and_plain_chinese_is_told_by_its_characters() -> None:
    assert files.read(V3.encode()).entries[0].terms == {
        "en": ["due diligence"], "zh-Hans": ["尽职审查"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE tbx [<!ENTITY x SYSTEM "file:///etc/passwd">]><tbx><term>&x;</term></tbx>',
        '<!DOCTYPE tbx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tbx>&b;</tbx>',
        "<html></html>",
        "<tbx>",
        "",
    ],
)
def test_what_is_no_tbx_or_brings_entities_is_refused(attack: str) -> None:
    with pytest.raises(InvalidInput):
        files.read(attack.encode())


def test_a_table_is_read_by_its_heads_and_bad_rows_are_named() -> None:
    data = "English,中文,備註,Owner\nmoney laundering|ML,洗錢|清洗黑錢,AML,x\nalone,,,\n,,,\n"
    read = files.read(data.encode())
    assert read.columns == {"English": "en", "中文": "zh-Hant", "備註": "note", "Owner": ""}
    assert read.entries[0].terms["zh-Hant"] == ["洗錢", "清洗黑錢"]
    assert [b.row for b in read.bad] == [3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5hkscs"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    assert files.read("en,zh\nfee,費用\n".encode(encoding)).entries[0].terms["zh-Hant"] == ["費用"]


def test_a_workbook_is_read() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["en", "yue"])
    book.active.append(["how long", "幾耐"])
    book.save(out)
    read = files.read(out.getvalue())
    assert (read.format, read.entries[0].terms["yue"]) == ("xlsx", ["幾耐"])


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b"0" * 50_000_000)
    with pytest.raises((InvalidInput, UnreadableDocument)):
        files.read(out.getvalue())


def test_a_table_without_a_language_is_refused() -> None:
    with pytest.raises(InvalidInput, match="names no language"):
        files.read(b"a,b\n1,2\n")


_TERM = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=20)
_ENTRY = st.builds(
    lambda en, zh, note: Entry(id=uuid4(), terms={"en": [en], "zh-Hant": [zh]}, note=note),
    _TERM, _TERM, st.text(st.characters(categories=("Lu", "Ll", "Lo", "Zs")), max_size=30).map(str.strip),
)  # fmt: skip


@given(st.lists(_ENTRY, max_size=5))
def test_what_is_written_as_tbx_reads_the_same(entries: list[Entry]) -> None:
    found = [e for _, e in tbx.read(b"".join(tbx.write(entries)))]
    assert [e.terms for e in found if isinstance(e, NewEntry)] == [e.terms for e in entries]


@given(st.lists(_ENTRY, min_size=1, max_size=5))
def test_what_is_written_as_csv_reads_the_same(entries: list[Entry]) -> None:
    read = files.read(b"".join(tables.write(entries)))
    assert [e.terms for e in read.entries] == [e.terms for e in entries]


def test_a_cell_is_no_formula() -> None:
    entry = Entry(id=uuid4(), terms={"en": ["=1+1", "@x"]}, note="-2")
    rows = b"".join(tables.write([entry])).decode("utf-8-sig").splitlines()
    assert rows[0] == ",".join(tables.HEADS) and rows[1].startswith("'=1+1") and "'-2" in rows[1]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InvalidInput):
        files.read(data)


def test_every_language_has_a_column() -> None:
    assert all(tables.field_of(language) == language for language in LANGUAGES)


def test_a_cell_far_to_the_right_widens_no_row() -> None:
    book = openpyxl.Workbook()
    book.active.append(["en", "zh-Hant"])
    book.active.cell(2, 16_384, "far")
    file = io.BytesIO()
    book.save(file)
    assert all(len(row) <= 64 for _, row in tables.xlsx_rows(file.getvalue()))

"""Lists of an institution's own, by a mapping of their columns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Birth, Identifier, IdentifierKind, Name, NameKind, Schema
from lionrock.screening.lists.mapping import guess_mapping, headers, preview
from lionrock.screening.lists.reading import ListKind, read
from tests.screening.lists import making

MAPPING = {
    "客戶編號": "id",
    "英文姓名 (English name)": "name",
    "中文姓名": "chinese_name",
    "出生日期": "birth",
    "身份證號碼": "hkid",
    "中文電碼": "ccc",
    "國籍": "country",
    "備註": "notes",
    "其他欄": "ignore",
}


@pytest.fixture
def internal(tmp_path: Path) -> Path:
    path = tmp_path / "internal.csv"
    path.write_text(making.INTERNAL, encoding="utf-8")
    return path


def test_headers_in_both_languages_are_guessed(internal: Path) -> None:
    assert headers(internal) == list(MAPPING)
    assert guess_mapping(headers(internal)) == MAPPING


@pytest.mark.parametrize(
    ("header", "field"),
    [("Name", "name"), ("Name (English)", "name"), ("姓名 Name", "name"), ("D.O.B.", "birth"),
     ("Surname", "family_name"), ("HKID No.", "hkid"), ("身份证号码", "hkid"), ("Date of Birth 出生日期", "birth"),
     ("CCC", "ccc"), ("Passport No", "passport"), ("護照號碼", "passport"), ("Colour", "ignore"), ("", "ignore")],
)  # fmt: skip
def test_a_header_is_guessed_by_itself(header: str, field: str) -> None:
    assert guess_mapping([header]) == {header: field}


def test_a_row_becomes_an_entity(internal: Path) -> None:
    person, company = preview(internal, MAPPING)
    assert person.id == "C1" and person.schema is Schema.PERSON
    assert person.names == (Name("CHAN Tai Man"), Name("陳大文", language="zh"))
    assert person.births == (Birth(date(1970, 8, 12), date(1970, 8, 12)),)
    assert person.identifiers == (
        Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),
        Identifier(IdentifierKind.CCC, "7115 1129 2429"),
    )
    assert company.names == (Name("示例貿易有限公司"), Name("Example Trading Limited"))
    assert company.countries == ("hk",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5hkscs"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_encoding_and_delimiter_gives_the_same(
    encoding: str, delimiter: str, internal: Path, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(making.INTERNAL.replace(",", delimiter).encode(encoding))
    assert list(read(path, ListKind.TABLE)) == list(read(internal))


def test_a_workbook_gives_the_same_with_a_title_above_and_real_dates(
    internal: Path, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Watch list 2026"])
    for row in making.csv_rows(making.INTERNAL):
        sheet.append([datetime(1970, 8, 12) if cell == "12/08/1970" else cell for cell in row])
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert headers(path) == list(MAPPING)
    assert list(read(path)) == list(read(internal))


def test_family_and_given_names_may_stand_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Surname,Given names,Aliases,Former name\nCHAN,Tai Man,Big Man; 大文,CHAN Siu Man\n"
    )
    (person,) = read(path)
    assert person.names == (
        Name("CHAN Tai Man", NameKind.PRIMARY, "CHAN", "Tai Man"),
        Name("Big Man", NameKind.ALIAS),
        Name("大文", NameKind.ALIAS),
        Name("CHAN Siu Man", NameKind.FORMER),
    )


def test_without_numbers_of_its_own_an_entry_keeps_its_id_when_lines_move(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,dob\nChan Tai Man,1970\nLee Siu Ming,1971\nChan Tai Man,1970\n")
    reading = read(path)
    first = {e.caption: e.id for e in reading}
    assert reading.skipped == ["a.csv, line 4: it repeats an earlier line"]
    path.write_text("name,dob\nLee Siu Ming,1971\nWong Example,1972\nChan Tai Man,1970\n")
    second = {e.caption: e.id for e in read(path)}
    assert first.items() <= second.items()


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"None": "name"}, "the column"),
        ({"備註": "colour"}, "the field"),
        ({"備註": "notes"}, "no column"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    mapping: dict[str, str], says: str, internal: Path
) -> None:
    with pytest.raises(InvalidInput, match=says):
        preview(internal, mapping)


def test_a_row_cut_short_is_refused_and_a_missing_line_break_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,dob\nChan Tai Man,1970\nLee Siu")
    with pytest.raises(InvalidInput, match="line 3"):
        list(read(path))
    path.write_text("name,dob\nChan Tai Man,1970")
    reading = read(path)
    assert len(list(reading)) == 1 and "line break" in reading.notices[0]


def test_a_date_that_is_none_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,dob\nChan Tai Man,soon\n")
    reading = read(path)
    assert [e.births for e in reading] == [()]
    assert reading.notices == ["Line 2: a date of birth was not understood and is left out."]


def test_headers_with_the_same_words_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Name,Name,,Name\na,b,c,d\n")
    assert headers(path) == ["Name", "Name (2)", "Column 3", "Name (3)"]

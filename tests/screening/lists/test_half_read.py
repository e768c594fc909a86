"""Files from which a reader could take a part without noticing: it takes all, refuses, or says what it left."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lionrock.errors import InvalidInput
from lionrock.screening.lists.reading import ListKind, read
from tests.screening.lists import making

TABLE = "name,dob\nChan Tai Man,1970\nLee Siu Ming,1971\n"


def _workbook(path: Path, *sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _changed(path: Path, member: str, pattern: bytes, by: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[member], count = re.subn(pattern, by, files[member])
    assert count, "the test changes what it means to"
    making.zipped(path, files)


def test_a_workbook_that_states_too_few_rows_is_read_to_its_last(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", making.csv_rows(TABLE))
    _changed(path, "xl/worksheets/sheet1.xml", rb'dimension ref="[^"]*"', b'dimension ref="A1:B2"')
    assert [e.caption for e in read(path)] == ["Chan Tai Man", "Lee Siu Ming"]


def test_a_workbook_whose_row_numbers_no_sheet_has_is_refused(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", making.csv_rows(TABLE))
    _changed(path, "xl/worksheets/sheet1.xml", rb'<row r="3"', b'<row r="1048577"')
    with pytest.raises(InvalidInput, match="1,048,576"):
        list(read(path, ListKind.TABLE))


def test_a_workbooks_other_sheets_are_named_unless_they_are_blank(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", making.csv_rows(TABLE), [["name"], ["Wong"]], [])
    reading = read(path)
    assert len(list(reading)) == 2
    (notice,) = reading.notices
    assert "Sheet 2" in notice and "Sheet 3" not in notice


def test_an_ods_files_other_sheets_are_named(tmp_path: Path) -> None:
    path = making.ods(tmp_path / "a.ods", making.csv_rows(TABLE))
    reading = read(path)
    assert len(list(reading)) == 2 and "Other" in reading.notices[0]


@pytest.mark.parametrize(
    ("encoding", "name"), [("gb18030", "李国强"), ("big5hkscs", "李國強"), ("cp1252", "José Pérez")]
)
def test_an_encoding_is_told_by_the_names_however_far_down_they_stand(
    encoding: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    plain = "".join(f"Example Person Number {n},1970\n" for n in range(1000))
    path.write_bytes(f"name,dob\n{plain}{name},1971\n".encode(encoding))
    reading = read(path)
    assert list(reading)[-1].caption == name
    assert len(reading.notices) == 1 and "encoding" in reading.notices[0], "a guess is said"


def test_a_table_in_utf8_is_no_guess(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE + "陳大文,1971\n", encoding="utf-8")
    reading = read(path)
    assert len(list(reading)) == 3 and reading.notices == []


SECTION = (
    "<VESSELS><VESSEL><DATAID>9</DATAID><FIRST_NAME>EXAMPLE STAR</FIRST_NAME></VESSEL></VESSELS>"
)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (making.UN, "</CONSOLIDATED_LIST>"),
        (making.ADVANCED, "</Sanctions>"),
        (making.ENHANCED, "</sanctionsData>"),
        (making.EU, "</export>"),
    ],
    ids=["un", "advanced", "enhanced", "eu"],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_section_that_no_reader_knows_is_refused(
    text: str, last: str, first: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.xml"
    opening = next(m.end() for m in re.finditer(rf"<{last[2:-1]}\b[^>]*>", text))
    at = opening if first else text.index(last)
    path.write_text(text[:at] + SECTION + text[at:])
    with pytest.raises(InvalidInput, match="<VESSELS>"):
        list(read(path))


def test_rows_behind_ofacs_end_mark_are_refused(tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    lines = making.SDN.split("\r\n")
    lines.insert(1, "\x1a")
    primary.write_bytes("\r\n".join(lines).encode())
    for name in ("alt", "add", "sdn_comments"):
        (tmp_path / f"{name}.csv").write_bytes(b"\x1a")
    with pytest.raises(InvalidInput, match=r"line 3.*after the mark"):
        list(read(primary))


def test_remarks_of_no_entry_are_refused(tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    (tmp_path / "sdn_comments.csv").write_bytes(b'99,"LEI 00EXAMPLE0000000000"\r\n\x1a')
    with pytest.raises(InvalidInput, match="entry 99"):
        list(read(primary))


def _filled(folder: Path) -> Path:
    """A primary file whose second entry's remarks fill their 1,000 characters, ending in a blank."""
    primary = making.ofac(folder)
    head = '"C.R. No. 0000001 (Hong Kong); SWIFT/BIC EXAMHK"'
    body = "C.R. No. 0000001 (Hong Kong); " + "Example text. " * 70
    long = f"{body[:993]}Linked "
    assert head in making.SDN and len(long) == 1000
    primary.write_bytes(making.SDN.replace(head, f'"{long}"').encode())
    return primary


def test_remarks_that_fill_their_field_are_said_where_their_rest_is_missing(tmp_path: Path) -> None:
    primary = _filled(tmp_path)
    (tmp_path / "sdn_comments.csv").unlink()
    reading = read(primary)
    list(reading)
    assert "1 entry" in reading.notices[0] and "sdn_comments" in reading.notices[0]


def test_a_blank_where_remarks_spill_over_is_kept(tmp_path: Path) -> None:
    primary = _filled(tmp_path)
    (tmp_path / "sdn_comments.csv").write_bytes(b'37,"To: EXAMPLE STAR."\r\n\x1a')
    reading = read(primary)
    company = next(e for e in reading if e.id == "37")
    assert "Linked To: EXAMPLE STAR" in company.notes and reading.notices == []


@pytest.mark.parametrize("name", ["a.csv", "download.bin", "list.txt", "list"])
def test_a_tables_rows_must_have_its_width_whatever_the_file_is_called(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text("name,dob\nChan Tai Man,1970\nLee Siu\n")
    with pytest.raises(InvalidInput, match="line 3"):
        list(read(path))


@pytest.mark.parametrize("end", [",,,\r\n", "\r\n"], ids=["more", "fewer"])
def test_the_uks_rows_must_have_its_width_whatever_the_file_is_called(
    end: str, tmp_path: Path
) -> None:
    path = tmp_path / "download"
    lines = making.UK_LIST.splitlines(keepends=True)
    cells = lines[-1].rstrip("\r\n")
    lines[-1] = (cells if end.startswith(",") else cells[: cells.rindex(",")]) + end
    path.write_bytes("".join(lines).encode())
    with pytest.raises(InvalidInput, match="cells where the headers have"):
        list(read(path))

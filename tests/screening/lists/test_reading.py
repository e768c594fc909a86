"""Finding, opening and checking a list's files."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Address, Identifier, IdentifierKind
from lionrock.screening.lists.reading import ListKind, detect, read
from tests.screening.lists import making

FILES = {
    ListKind.UN: ("un.xml", making.UN, date(2026, 2, 27)),
    ListKind.OFAC_ADVANCED: ("advanced.xml", making.ADVANCED, date(2026, 5, 21)),
    ListKind.OFAC_ENHANCED: ("enhanced.xml", making.ENHANCED, date(2026, 9, 23)),
    ListKind.EU: ("eu.xml", making.EU, date(2026, 8, 5)),
    ListKind.UK_CONLIST: ("conlist.csv", making.CONLIST, date(2025, 6, 3)),
    ListKind.UK_LIST: ("list.csv", making.UK_LIST, date(2026, 6, 24)),
    ListKind.TABLE: ("internal.csv", making.INTERNAL, None),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_format_is_known_by_its_content_and_says_its_day(kind: ListKind, tmp_path: Path) -> None:
    _, text, day = FILES[kind]
    path = tmp_path / "download.bin"
    path.write_bytes(text.encode())
    reading = read(path)
    assert (detect(path), reading.kind, reading.published) == (kind, kind, day)
    assert reading.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert list(reading) == list(reading), "it can be read again"


@pytest.mark.parametrize("kind", [ListKind.UN, ListKind.UK_LIST, ListKind.OFAC_ADVANCED])
def test_a_zip_with_one_list_is_read_as_the_list(kind: ListKind, tmp_path: Path) -> None:
    name, text, _ = FILES[kind]
    (tmp_path / name).write_bytes(text.encode())
    path = making.zipped(tmp_path / "list.zip", {name: text.encode(), "__MACOSX/x": b"x"})
    assert list(read(path)) == list(read(tmp_path / name))


def test_ofacs_files_are_found_in_a_folder_in_a_zip_and_beside_the_named_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    primary = making.ofac(folder)
    path = making.zipped(tmp_path / "o.zip", {f.name: f.read_bytes() for f in folder.iterdir()})
    (tmp_path / "dated").mkdir()
    dated = making.ofac(tmp_path / "dated", "OFAC_2022_")
    expected = list(read(primary))
    for each in (folder, path, dated):
        reading = read(each)
        assert (reading.kind, list(reading)) == (ListKind.OFAC_CSV, expected)
        assert reading.sha256 == read(primary).sha256
        assert len(reading.files) == 4


def test_ofacs_list_is_not_read_without_its_aliases(tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    (tmp_path / "alt.csv").unlink()
    with pytest.raises(InvalidInput, match=r"alt\.csv"):
        read(primary)


def test_ofacs_addresses_may_be_missing_but_that_is_said(tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    (tmp_path / "add.csv").unlink()
    reading = read(primary)
    assert len(list(reading)) == 3 and "addresses" in reading.notices[0]


def test_a_folder_with_two_lists_asks_which(tmp_path: Path) -> None:
    making.ofac(tmp_path)
    making.ofac(tmp_path, "second_")
    with pytest.raises(InvalidInput, match="name the one"):
        read(tmp_path)


def test_aliases_without_their_entry_mean_that_a_file_is_cut(tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    kept = making.SDN.split("\r\n")[0] + "\r\n\x1a"
    primary.write_bytes(kept.encode())
    with pytest.raises(InvalidInput, match="not of one day"):
        list(read(primary))


@pytest.mark.parametrize("name", ["sdn", "alt", "add", "sdn_comments"])
def test_each_of_ofacs_files_must_end_with_its_mark(name: str, tmp_path: Path) -> None:
    primary = making.ofac(tmp_path)
    path = tmp_path / f"{name}.csv"
    path.write_bytes(path.read_bytes().removesuffix(b"\x1a"))
    with pytest.raises(InvalidInput, match="0x1A"):
        list(read(primary))


def test_the_uks_list_cut_off_within_a_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "uk.csv"
    for text in (making.UK_LIST.removesuffix("\r\n"), making.UK_LIST[:-40] + "\r\n"):
        path.write_bytes(text.encode())
        with pytest.raises(InvalidInput, match="cut off"):
            list(read(path))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("<html><body>Not found</body></html>", "<html>"),
        ("<CONSOLIDATED_LIST><INDIVIDUALS/><ENTITIES/></CONSOLIDATED_LIST>", "no entry"),
        ("<CONSOLIDATED_LIST><INDIVIDUALS><PERSON/></INDIVIDUALS></CONSOLIDATED_LIST>", "<PERSON>"),
        (making.UN.replace("EXe.001", "EXi.001"), "twice"),
        ("colour,size\nred,1\n", "no column is mapped"),
        (
            '{"id": "1", "schema": "Person", "properties": {"name": ["A"]}}\n{"id": "2", "sch',
            "line 2",
        ),
        ('{"id": "1", "schema": "Person", "properties": {"name": ["A"]}}\n[1]\n', "line 2"),
    ],
)
def test_what_cannot_be_a_whole_list_is_refused_in_words(
    text: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "list"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=says):
        list(read(path))


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="check the path"):
        read(tmp_path / "none.xml")
    with pytest.raises(InvalidInput, match="no files"):
        read(tmp_path)


def test_an_entry_without_a_name_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_text(making.UN.replace("EXAMPLE TRADING ; SAMPLE TRADING", "").replace(
        "Older Trading", "").replace("示例貿易(香港)有限公司", ""))  # fmt: skip
    reading = read(path)
    assert [e.id for e in reading] == ["EXi.001"]
    assert reading.skipped == ["ENTITY EXe.001: it has no name"] and reading.skipped_count == 1


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_text(making.UN)
    reading = read(path)
    entries = iter(reading)
    next(entries)
    path.write_text(making.UN + " ")
    with pytest.raises(InvalidInput, match="changed"):
        list(entries)


def test_the_flat_form_of_followthemoney_is_joined(tmp_path: Path) -> None:
    lines = [
        {"id": "p", "schema": "Person",
         "properties": {"name": ["Chan Tai Man"], "addressEntity": ["a"], "nationality": ["cn"]}},
        {"id": "a", "schema": "Address", "properties": {"full": ["1 Example Road"], "country": ["hk"]}},
        {"id": "x", "schema": "Passport", "properties": {"holder": ["p"], "number": ["K0000001"]}},
        {"id": "s", "schema": "Sanction", "properties": {"entity": ["p"], "program": ["EXAMPLE"]}},
        {"id": "c", "schema": "CryptoWallet", "properties": {"publicKey": ["1"]}},
        {"id": "n", "schema": "Company", "properties": {}},
    ]  # fmt: skip
    path = tmp_path / "entities.ftm.json"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    reading = read(path)
    (person,) = reading
    assert person.addresses == (Address("1 Example Road", "hk"),)
    assert person.identifiers == (Identifier(IdentifierKind.PASSPORT, "K0000001"),)
    assert person.programmes == ("EXAMPLE",)
    assert reading.skipped_count == 1 and "CryptoWallet" in reading.notices[0]

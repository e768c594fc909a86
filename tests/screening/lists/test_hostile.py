"""Truncated, damaged and hostile files: the whole list, or `InvalidInput`; nothing else, nothing in part."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity
from lionrock.screening.lists import xml
from lionrock.screening.lists.reading import read
from lionrock.screening.lists.sources import Source
from tests.screening.lists import making

XML = {"un": making.UN, "advanced": making.ADVANCED, "enhanced": making.ENHANCED, "eu": making.EU}
ALL = {**XML, "older": making.UN_OLDER, "conlist": making.CONLIST, "uk": making.UK_LIST}
LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)
) + "]>"  # fmt: skip

fuzz = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def outcome(path: Path) -> list[Entity] | None:
    """The entities, or None if the file was refused. Any other error fails the test."""
    try:
        return list(read(path))
    except InvalidInput as error:
        assert error.detail
        return None


@pytest.mark.parametrize("kind", XML)
@fuzz
@given(data=st.data())
def test_xml_cut_off_anywhere_is_refused_or_whole(
    kind: str, tmp_path: Path, data: st.DataObject
) -> None:
    whole = XML[kind].encode()
    path = tmp_path / f"{kind}.xml"
    path.write_bytes(whole)
    expected = outcome(path)
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert outcome(path) in (None, expected)


@fuzz
@given(data=st.data())
def test_ofacs_files_cut_off_anywhere_are_refused(tmp_path: Path, data: st.DataObject) -> None:
    primary = making.ofac(tmp_path)
    path = data.draw(st.sampled_from(sorted(tmp_path.iterdir())))
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert outcome(primary) is None


@fuzz
@given(data=st.data())
def test_the_uks_csv_cut_off_within_a_row_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    whole = making.UK_LIST.encode()
    path = tmp_path / "uk.csv"
    path.write_bytes(cut := whole[: data.draw(st.integers(0, len(whole) - 1))])
    found = outcome(path)
    # A cut between two rows cannot be seen: there is no count and no mark in the published file.
    assert found is None or cut.endswith((b"\n", b"\r"))


@pytest.mark.parametrize("kind", ALL)
@fuzz
@given(data=st.data())
def test_flipped_bits_end_as_entities_or_as_a_refusal(
    kind: str, tmp_path: Path, data: st.DataObject
) -> None:
    damaged = bytearray(ALL[kind].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    for entity in outcome(path) or ():
        assert entity.id and entity.names


@fuzz
@given(content=st.binary(max_size=300))
def test_any_bytes_end_as_entities_or_as_a_refusal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    outcome(path)


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize(
    "prologue",
    [
        LAUGHS,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!DOCTYPE x>",
    ],
    ids=["laughs", "file", "parameter", "external", "bare"],
)
def test_a_document_type_is_refused(kind: str, prologue: str, tmp_path: Path) -> None:
    start, declaration, rest = XML[kind].partition("?>")
    path = tmp_path / "x.xml"
    path.write_text(start + declaration + prologue + rest.replace("Kowloon", "&e;&a11;"))
    assert outcome(path) is None


def test_entities_in_attributes_of_the_root_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(f'{LAUGHS}<export generationDate="&a11;"></export>')
    assert outcome(path) is None


@pytest.mark.parametrize(
    "inner",
    [
        f'<INDIVIDUAL DATAID="{"9" * 200_000}" FIRST_NAME="A"/>',
        f"<INDIVIDUAL><FIRST_NAME>{'A' * 11_000_000}</FIRST_NAME></INDIVIDUAL>",
        f"<INDIVIDUAL>{'<A>' * 5000}{'</A>' * 5000}</INDIVIDUAL>",
        f"<INDIVIDUAL>{'<VALUE>a</VALUE>' * 700_000}</INDIVIDUAL>",
        f"{'<JUNK/>' * 1_500_000}",
    ],
    ids=["attribute", "text", "depth", "children", "strangers"],
)
def test_an_entry_beyond_bounds_is_refused(inner: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(f"<CONSOLIDATED_LIST><INDIVIDUALS>{inner}</INDIVIDUALS></CONSOLIDATED_LIST>")
    assert outcome(path) is None


def test_what_has_been_read_is_let_go() -> None:
    entry = b"<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>A</FIRST_NAME></INDIVIDUAL>\n"
    whole = (
        b"<CONSOLIDATED_LIST><INDIVIDUALS>" + entry * 20_000 + b"</INDIVIDUALS></CONSOLIDATED_LIST>"
    )
    source = Source("x.xml", lambda: io.BytesIO(whole), lambda: None)
    most = count = 0
    for element in xml.entries(source, ("INDIVIDUAL",), ("INDIVIDUALS",)):
        count += 1
        most = max(most, len(element.getparent()))
    assert count == 20_000
    assert most * len(entry) < 3 * 2**14, "no more than what is read at once"


def test_a_zip_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = making.zipped(tmp_path / "x.zip", {"un.xml": b"\0" * 30_000_000})
    assert outcome(path) is None


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = making.zipped(tmp_path / "x.zip", {"un.xml": making.UN.encode()})
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)
    assert outcome(path) is None


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f"{LAUGHS}<x>&a11;</x>")
        archive.writestr("xl/workbook.xml", "<x/>")
    assert outcome(path) is None


@pytest.mark.parametrize(
    "text",
    ["name\n" + "x" * 2_000_000 + "\n", 'name\n"never closed\n' + "x\n" * 100_000, "name\n\0\n",
     "name" + ",c" * 600 + "\n", "name\n" + '"' + "x" * 200_000 + '"\n'],
    ids=["line", "quote", "zero", "columns", "cell"],
)  # fmt: skip
def test_a_csv_beyond_bounds_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    assert outcome(path) is None


def test_json_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a":' * 100_000 + "\n")
    assert outcome(path) is None
    path.write_text(
        json.dumps({"id": "1", "schema": "Person", "properties": {"name": ["A" * 9_000_000]}})
    )
    assert outcome(path) is None

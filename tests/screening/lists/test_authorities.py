"""Each authority's layout gives the same person with all that it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Relation,
    Schema,
)
from lionrock.screening.lists.reading import ListKind, read
from tests.screening.lists import making

Listed = Callable[[str, str], list[Entity]]


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    def write(name: str, text: str) -> list[Entity]:
        (tmp_path / name).write_bytes(text.encode())
        return list(read(tmp_path / name))

    return write


def year(first: int, last: int = 0, about: bool = False) -> Birth:
    return Birth(date(first, 1, 1), date(last or first, 12, 31), about)


def test_the_un_list_in_todays_layout(listed: Listed) -> None:
    person, company = listed("un.xml", making.UN)
    assert (person.id, person.schema, person.gender) == ("EXi.001", Schema.PERSON, "male")
    assert person.names == (
        Name("TAI MAN CHAN"),
        Name("陳大文"),
        Name("Chen Dawen", NameKind.ALIAS),
        Name("Chan Tai-man", NameKind.ALIAS),
        Name("Big Man", NameKind.WEAK),
        Name("大個文", NameKind.WEAK),
        Name("Chin Taiwen", NameKind.FORMER),
        Name("陈大文", NameKind.FORMER),
    )
    assert person.births == (
        Birth(date(1970, 8, 12), date(1970, 8, 12)),
        year(1971, about=True),
        year(1968, 1969),
        Birth(date(1973, 11, 1), date(1973, 11, 30)),
    )
    assert person.identifiers == (
        Identifier(IdentifierKind.PASSPORT, "K0000001", "hk"),
        Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),
    )
    assert (person.countries, person.listed_on) == (("kp",), date(2012, 12, 31))
    assert person.addresses == (Address("1 Example Road, Kowloon, Hong Kong", "hk"),)
    assert person.positions == ("Manager", "Director")
    assert company.schema is Schema.ORGANIZATION
    assert company.names == (
        Name("EXAMPLE TRADING"),
        Name("SAMPLE TRADING"),
        Name("Older Trading", NameKind.FORMER),
        Name("示例貿易(香港)有限公司", NameKind.ALIAS),
    )


def test_the_un_list_in_the_older_layout(listed: Listed) -> None:
    person, company = listed("older.xml", making.UN_OLDER)
    assert person.names == (Name("TAI MAN CHAN"), Name("Big Man", NameKind.WEAK))
    assert (person.births, person.countries) == ((year(1971),), ("cn",))
    assert (company.id, company.caption) == ("EXe.001", "EXAMPLE TRADING")


def test_ofacs_csv_files_together(tmp_path: Path) -> None:
    person, company, ship = read(making.ofac(tmp_path))
    assert person.names == (
        Name("CHAN, Tai Man", NameKind.PRIMARY, "CHAN", "Tai Man"),
        Name("CHEN, Dawen", NameKind.ALIAS, "CHEN", "Dawen"),
        Name("CHAN, Siu Man", NameKind.FORMER, "CHAN", "Siu Man"),
        Name("BIG; MAN", NameKind.WEAK),
    )
    assert person.births == (Birth(date(1970, 8, 12), date(1970, 8, 12)), year(1971, about=True))
    assert person.identifiers == (
        Identifier(IdentifierKind.CCC, "7115 1129 2429"),
        Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),
        Identifier(IdentifierKind.PASSPORT, "K0000001", "hk"),
    )
    assert person.addresses == (Address("1 Example Road, Kowloon, Hong Kong", "hk"),)
    assert (person.programmes, person.gender) == (("EXAMPLE", "OTHER"), "male")
    assert person.relations == (Relation("Linked To", "EXAMPLE TRADING"),)
    assert person.positions == ("Manager of EXAMPLE TRADING",)
    assert company.names[1] == Name("SAMPLE, TRADING", NameKind.ALIAS), (
        "only people are taken apart"
    )
    assert [i.value for i in company.identifiers] == ["0000001", "EXAMHKHH", "00EXAMPLE0000000000"]
    assert ship.schema is Schema.VESSEL
    assert Identifier(IdentifierKind.IMO, "9074729") in ship.identifiers
    assert (ship.countries, ship.relations[0].to) == (("pa",), "EXAMPLE TRADING")


@pytest.mark.parametrize("text", [making.ADVANCED, making.ENHANCED], ids=["advanced", "enhanced"])
def test_ofacs_xml_carries_the_chinese_name(listed: Listed, text: str) -> None:
    person, company = listed("ofac.xml", text)
    assert person.id == "36"
    assert person.names[0] == Name("CHAN, Tai Man", NameKind.PRIMARY, "CHAN", "Tai Man")
    assert (person.names[1].text, person.names[1].language) == ("陳大文", "zh-Hant")
    assert person.names[2] == Name("BIG MAN", NameKind.WEAK)
    assert person.births == (year(1970, about=True),)
    assert person.gender == "male"
    assert person.identifiers == (
        Identifier(IdentifierKind.PASSPORT, "K0000001", "hk"),
        Identifier(IdentifierKind.CCC, "7115 1129 2429"),
    )
    assert person.addresses == (Address("Kowloon, Hong Kong", "hk"),)
    assert person.programmes == ("EXAMPLE",)
    assert person.relations == (Relation("Acting for or on behalf of", "37"),)
    assert person.listed_on == date(2020, 8, 7)
    assert (company.schema, company.caption) == (Schema.ORGANIZATION, "EXAMPLE TRADING")


def test_the_eu_list(listed: Listed) -> None:
    person, company = listed("eu.xml", making.EU)
    assert person.names == (
        Name("Tai Man CHAN", NameKind.PRIMARY, "CHAN", "Tai Man", "en"),
        Name("陳大文", NameKind.ALIAS, language="zh"),
        Name("Big Man", NameKind.WEAK),
    )
    assert person.births == (year(1970, about=True), year(1968, 1969)), (
        "an Islamic year is not read"
    )
    assert person.identifiers == (Identifier(IdentifierKind.PASSPORT, "K0000001", "hk"),)
    assert (person.countries, person.programmes) == (("cn",), ("EXA",))
    assert person.listed_on == date(2020, 7, 8)
    assert company.schema is Schema.ORGANIZATION


@pytest.mark.parametrize("text", [making.CONLIST, making.UK_LIST], ids=["conlist", "list"])
def test_the_uks_lists_group_their_rows(listed: Listed, text: str) -> None:
    person, ship = listed("uk.csv", text)
    assert person.names == (
        Name("Tai Man CHAN", NameKind.PRIMARY, "CHAN", "Tai Man"),
        Name("陳大文", language="zh"),
        Name("Big Man", NameKind.WEAK),
    )
    assert Identifier(IdentifierKind.PASSPORT, "K0000001") in person.identifiers
    assert (person.gender, person.countries) == ("male", ("cn",))
    assert person.addresses == (Address("1 Example Road, Kowloon, Hong Kong", "hk"),)
    assert person.listed_on == date(2020, 12, 31)
    assert ship.schema is Schema.VESSEL
    assert ship.identifiers == (Identifier(IdentifierKind.IMO, "9074729"),)
    assert ship.relations == (Relation("Owner or operator", "EXAMPLE TRADING"),)


def test_ofsis_numbered_cells_are_several_values(listed: Listed) -> None:
    person = listed("uk.csv", making.CONLIST)[0]
    assert [i.value for i in person.identifiers] == ["K0000001", "K0000002", "A123456(3)"]
    assert person.identifiers[2].kind is IdentifierKind.HKID
    assert person.positions == ("Manager", "Director")


def test_the_uks_list_as_ods_is_the_one_as_csv(listed: Listed, tmp_path: Path) -> None:
    path = making.ods(tmp_path / "uk.ods", making.csv_rows(making.UK_LIST))
    reading = read(path)
    assert reading.kind is ListKind.UK_LIST
    assert list(reading) == listed("uk.csv", making.UK_LIST)

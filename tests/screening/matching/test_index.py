from __future__ import annotations

import json
import multiprocessing
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.errors import Conflict
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching import index_files
from lionrock.screening.matching.compare import compare
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD
from tests.screening.matching.making import (
    CHINESE,
    COMPANIES,
    LATIN,
    company,
    entities,
    identifier,
    person,
)

_MANY = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def built(listed: Sequence[Entity], folder: Path) -> EntityIndex:
    EntityIndex.build(numbered(listed), folder / "index")
    return EntityIndex.open(folder / "index")


def numbered(listed: Sequence[Entity]) -> list[Entity]:
    return [replace(entity, id=f"l{at}") for at, entity in enumerate(listed)]


def one_by_one(query: Entity, listed: Sequence[Entity]) -> dict[str, float]:
    found = [compare(query, entity) for entity in numbered(listed)]
    return {match.entity_id: match.score for match in found if match.score >= THRESHOLD}


def scores(found: Sequence[Match]) -> dict[str, float]:
    return {match.entity_id: match.score for match in found}


@_MANY
@given(entities, st.lists(entities, max_size=8))
def test_screening_finds_what_comparing_one_by_one_finds(
    query: Entity, listed: list[Entity]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = scores(built(listed, Path(folder)).screen(query))
    assert found == pytest.approx(one_by_one(query, listed))


_ALL = [person(n) for n in CHINESE + LATIN] + [company(n) for n in COMPANIES]


@pytest.fixture(scope="module")
def of_all(tmp_path_factory: pytest.TempPathFactory) -> EntityIndex:
    return built(_ALL, tmp_path_factory.mktemp("all"))


PAIRS = [
    ("NIOC", "National Iranian Oil Company"), ("CNOOC Limited", "China National Offshore Oil Corporation"),
    ("Abdur Rehman", "REHMAN, Abdur"), ("Kareem Khalid Abdul", "Khalid Abdul Kareem"),
    ("Delta Blue Irisl", "Delta Blue I risl"), ("M/VHing Lee 7", "MV Hing Lee 7"), ("MVHing Lee", "Hing Lee"),
    ("JoaquinLoera Guzman", "Joaquin Loera Guzman"), ("Blue Kite", "BlueKite Trading"),
    ("陳大文 CHAN Tai Man", "CHAN Tai Man"), ("Vostok 7115 Drilling", "Vostok Drilling 7115"),
]  # fmt: skip


@pytest.mark.parametrize("schema", Schema)
@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((b, a) for a, b in PAIRS)])
def test_two_writings_of_a_name_find_each_other_both_ways(
    one: str, other: str, schema: Schema, tmp_path: Path
) -> None:
    query, listed = person(one, schema=schema), numbered([person(other, schema=schema)])
    found = compare(query, listed[0]).score >= THRESHOLD
    assert bool(built(listed, tmp_path).screen(query)) == found
    customers = built([query], tmp_path / "customers")
    assert bool(customers.reached(listed[0])) == found


@pytest.mark.parametrize("schema", Schema)
@pytest.mark.parametrize("name", CHINESE + LATIN + COMPANIES)
def test_no_name_is_lost_among_all(name: str, schema: Schema, of_all: EntityIndex) -> None:
    query = person(name, schema=schema)
    expected = one_by_one(query, _ALL)
    assert scores(of_all.screen(query)) == pytest.approx(expected)


@pytest.mark.parametrize("schema", Schema)
@pytest.mark.parametrize("name", [*CHINESE, *LATIN, *COMPANIES, "CHAN Tai Man Peter Winston"])
def test_an_entry_reaches_every_customer_that_would_hit_it(
    name: str, schema: Schema, of_all: EntityIndex
) -> None:
    entry = person(name, schema=schema)
    expected = [c.id for c in numbered(_ALL) if compare(c, entry).score >= THRESHOLD]
    assert of_all.reached(entry) == sorted(expected)


def test_a_customer_with_more_names_is_reached_as_it_would_hit(tmp_path: Path) -> None:
    customer = person("CHAN Tai", "文小明")
    entry = person("CHAN Tai Man", "陳大文")
    index = built([customer], tmp_path)
    assert compare(customer, entry).score >= THRESHOLD > compare(entry, customer).score
    assert index.reached(entry) == ["l0"]


def test_matches_come_best_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    index = built([person("Ivan Petrov"), person("Ivan Petrov", born="1970")], tmp_path)
    found = index.screen(person("Ivan Petrov", born="1970"), threshold=0.1)
    assert [match.entity_id for match in found] == ["l1", "l0"]
    assert [m.entity_id for m in index.screen(person("Ivan Petrov"), threshold=0.1, limit=1)] == [
        "l0"
    ]


def test_a_query_without_a_name_is_a_look_up_of_its_identifiers(tmp_path: Path) -> None:
    known = (identifier("imo", "IMO 9123456"),)
    index = built(
        [company("p"), Entity("", Schema.VESSEL, (Name("p"),), identifiers=known)], tmp_path
    )
    query = Entity("p", Schema.VESSEL, (), identifiers=(identifier("imo", "9123456"),))
    assert [match.entity_id for match in index.screen(query)] == ["l1"]
    assert index.screen(replace(query, identifiers=(identifier("imo", "9123457"),))) == []


def test_an_entity_without_a_name_is_found_by_its_identifier_alone(tmp_path: Path) -> None:
    index = built(
        [Entity("", Schema.VESSEL, (), identifiers=(identifier("imo", "9123456"),))], tmp_path
    )
    named = Entity("q", Schema.VESSEL, (Name("l0"),))
    assert index.screen(named) == []
    known = replace(named, identifiers=(identifier("imo", "9123456"),))
    assert [match.entity_id for match in index.screen(known)] == ["l0"]


@pytest.mark.parametrize("name", ["OOD", "有限公司", ":", "-"])
def test_a_legal_form_or_a_mark_alone_is_no_name(name: str, tmp_path: Path) -> None:
    index = built([company("OOD"), company("有限公司"), company(":")], tmp_path)
    assert index.screen(company(name)) == []


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = built([], tmp_path)
    assert len(index) == 0
    assert index.screen(person("Ivan Petrov")) == []
    assert index.mentions("paid to Ivan Petrov") == []


@_MANY
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_is_too_strange_for_a_name(a: str, b: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = built([person(a, schema=Schema.LEGAL_ENTITY), company(a), person()], Path(folder))
        assert all(0 < m.score < 1 for m in index.screen(person(b), threshold=0.01))
        assert all(0 <= s < e <= len(b) for s, e in index.mentions(b))


def test_the_same_entities_give_the_same_files(tmp_path: Path) -> None:
    listed = [person(n) for n in CHINESE + LATIN]
    for folder in ("a", "b"):
        EntityIndex.build(numbered(listed), tmp_path / folder)
    files = [{p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("a", "b")]
    assert files[0] == files[1]


def _screen(folder: Path) -> list[str]:
    return [match.entity_id for match in EntityIndex.open(folder).screen(person("Ivan Petrov"))]


def test_two_processes_read_one_index(tmp_path: Path) -> None:
    built([person("Ivan Petrov"), person("陳大文")], tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(_screen, [tmp_path / "index"] * 2)
    assert found == [["l0"], ["l0"]]


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    built([person("Ivan Petrov")], tmp_path)
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"version": index_files.VERSION - 1}))
    with pytest.raises(Conflict, match="version"):
        EntityIndex.open(tmp_path / "index")


@pytest.fixture(scope="module")
def names_of_files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("files")
    built([person("Ivan Petrov")], folder)
    return sorted(p.name for p in (folder / "index").iterdir())


def test_an_index_that_lacks_a_file_is_refused(tmp_path: Path, names_of_files: list[str]) -> None:
    for name in names_of_files:
        folder = tmp_path / name
        built([person("Ivan Petrov")], folder)
        (folder / "index" / name).unlink()
        with pytest.raises(Conflict, match="Build it anew"):
            EntityIndex.open(folder / "index")


def test_an_index_with_a_file_cut_off_is_refused(tmp_path: Path, names_of_files: list[str]) -> None:
    for name in names_of_files:
        folder = tmp_path / name
        built([person("Ivan Petrov")], folder)
        file = folder / "index" / name
        file.write_bytes(file.read_bytes()[:-1])
        with pytest.raises(Conflict, match="Build it anew"):
            EntityIndex.open(folder / "index")

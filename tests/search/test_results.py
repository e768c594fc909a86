"""Results as a person sees them: facets, and files of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from lionrock.app import House
from lionrock.errors import Forbidden
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.search.export import Format
from lionrock.search.filters import EVERYTHING, Filters
from tests.building import house_of, taught

EVIL = "=HYPERLINK(1) keeps records of diligence."


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as made:
        await taught(made, actor, "records.md", "# Records\n\nDiligence records are kept.")
        await taught(made, actor, "紀錄.txt", "盡職審查 records 紀錄須保存七年。")
        await taught(made, actor, "=evil.txt", EVIL)
        yield made


async def test_facets_count_what_was_found_and_follow_the_filters(
    house: House, actor: Actor
) -> None:
    everything = await house.results.look(actor, "records 紀錄")
    counts = {f.name: {v.name or v.value: v.count for v in f.values} for f in everything.facets}
    assert sum(counts["documents"].values()) == everything.found == everything.facets[0].among
    assert counts["languages"].keys() >= {"en", "zh-Hant"}
    narrowed = await house.results.look(actor, "records 紀錄", Filters(languages=("zh-Hant",)))
    by_name = {f.name: f for f in narrowed.facets}
    assert [h.passage.document for h in narrowed.hits] == ["紀錄.txt"]
    # What else could be chosen is there to be seen; the other facets count what is left.
    assert {v.value for v in by_name["languages"].values} >= {"en", "zh-Hant"}
    assert [v.name for v in by_name["documents"].values] == ["紀錄.txt"]
    assert [v.value for v in by_name["languages"].values if v.chosen] == ["zh-Hant"]


async def test_a_facet_tells_nothing_of_what_is_closed_to_the_reader(
    house: House, actor: Actor
) -> None:
    document = (await house.documents.list(actor))[0]
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE collections SET restricted = true, access_roles = '{auditor}'")
    chosen = Filters(documents=(document.id,))
    found = await house.results.look(actor, "records", chosen)
    assert not found.hits and not any(f.values for f in found.facets)


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
async def test_a_file_says_what_was_asked_by_whom_and_of_what(
    house: House, actor: Actor, format: Format
) -> None:
    data = await house.results.export(
        actor, "records diligence", Filters(languages=("en",)), format
    )
    if format == "json":
        read = json.loads(data)
        about, texts = read["about"], [h["passage"]["text"] for h in read["hits"]]
    else:
        rows = _rows(data, format)
        gap = next(i for i, row in enumerate(rows) if not any(row))
        about = dict(row[:2] for row in rows[:gap])
        texts = [row[6] for row in rows[gap + 2 :]]
        assert rows[gap + 1][:3] == ["place", "document", "page"]
        assert f"'{EVIL}" in texts
    assert about["question"] == "records diligence" and about["only languages"] == "en"
    assert about["exported by"] == str(actor.id) and about["searched by words"].startswith("3 ")
    assert any("Diligence records are kept." in text for text in texts)
    async with house.database.tenant_session(actor) as db:
        events = await db.fetch("SELECT event FROM events WHERE event = 'search:result:export'")
    assert len(events) == 1


def _rows(data: bytes, format: Format) -> list[list[str]]:
    if format == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    return [["" if v is None else str(v) for v in row] for row in sheet.values]


async def test_who_may_search_may_not_take_results_out_by_that(house: House, actor: Actor) -> None:
    observer = replace(actor, roles=frozenset({Role.REGULATOR_OBSERVER}))
    with pytest.raises(Forbidden):
        await house.results.export(observer, "records", EVERYTHING, "csv")

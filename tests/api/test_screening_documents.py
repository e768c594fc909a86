"""The names in a document over HTTP: as one answer, and followed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.api.app import create_app
from lionrock.documents.schemas import Document
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.api.screening_desk import Desk, desk_of
from tests.building import house_of, taught
from tests.screening.documents.papers import LETTER, listed
from tests.serving import served


@pytest.fixture
async def desk(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        house_of(database, actor, tmp_path) as house,
        served(create_app(house)) as url,
        desk_of(house, url, actor) as made,
    ):
        yield made
        await house.screening.close()


@pytest.fixture
async def letter(desk: Desk, actor: Actor) -> Document:
    return await taught(desk.house, actor, "letter.md", LETTER)


async def test_each_name_has_its_places_and_hits_with_their_evidence(
    desk: Desk, actor: Actor, letter: Document
) -> None:
    await listed(desk.house, actor)
    found = await desk.call(desk.analyst, "POST", f"documents/{letter.id}", 200)
    assert (found["document"], found["pages"], found["found"]) == ("letter.md", letter.pages, 4)
    names = {name["names"][0]: name for name in found["names"]}
    chen = names["Chen Dawen"]
    (place,), (hit,) = chen["places"], chen["hits"]
    assert place["before"].endswith("repaid by Mr ") and place["boxes"][0].keys() == {
        "x0",
        "y0",
        "x1",
        "y1",
    }
    assert (chen["kind"], hit["entry"]["id"], hit["list"]["name"]) == ("person", "L1", "Ours")
    assert all(e["words"] and e["weight"] for e in hit["evidence"])
    assert names["Olga Smirnova"]["hits"] == [] and names["Olga Smirnova"]["screening_id"] is None
    kept = await desk.call(desk.analyst, "GET", f"names/{chen['screening_id']}", 200)
    assert kept["kind"] == "document" and kept["found"] == 1
    assert len((await desk.call(desk.analyst, "GET", "alerts", 200))["alerts"]) == 4


async def test_followed_it_tells_its_stages_and_the_result_last(
    desk: Desk, actor: Actor, letter: Document
) -> None:
    await listed(desk.house, actor)
    path, headers = f"/v1/screening/documents/{letter.id}", {"Accept": "text/event-stream"}
    async with desk.analyst.post(path, headers=headers) as response:
        lines = (await response.text()).split("\n\n")
    told = [each.partition("\ndata: ")[::2] for each in lines if each]
    assert [event for event, _ in told[:-1]] == ["event: progress"] * (len(told) - 1)
    stages = [json.loads(data)["stage"] for _, data in told[:-1]]
    assert list(dict.fromkeys(stages)) == ["lists", "pages", "names", "keeping"]
    assert told[-1][0] == "event: result" and json.loads(told[-1][1])["found"] == 4


async def test_what_goes_wrong_while_it_is_followed_ends_it_in_words(
    desk: Desk, letter: Document
) -> None:
    path, headers = f"/v1/screening/documents/{letter.id}", {"Accept": "text/event-stream"}
    async with desk.analyst.post(path, headers=headers) as response:
        text = await response.text()
    assert text.startswith("event: error") and "no list to screen against" in text


async def test_a_document_that_is_not_there_or_a_list_that_is_not_is_an_error(
    desk: Desk, letter: Document
) -> None:
    await desk.call(desk.analyst, "POST", f"documents/{uuid4()}", 404)
    said = await desk.call(desk.analyst, "POST", f"documents/{letter.id}", 409)
    assert "import one first" in said["detail"]

"""From a document's page to its names with their hits, and from a name to its place on the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.documents.schemas import Document
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.web.pages import add_pages
from tests.building import house_of, taught
from tests.screening.documents.papers import LETTER, listed
from tests.web.client import Client
from tests.web.screening_office import member

PATH = "/screening/desk/documents"


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    """One that reads documents, too."""
    async with house_of(database, actor, tmp_path) as opened:
        yield opened
        await opened.screening.close()


@pytest.fixture
def visitor(house: House) -> Client:
    app = create_app(house)
    add_pages(app)
    return Client(app)


@pytest.fixture
async def analyst(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Wong Ka-yan", Role.ANALYST)  # type: ignore[arg-type]


@pytest.fixture
async def letter(house: House, actor: Actor) -> Document:
    await listed(house, actor)
    return await taught(house, actor, "letter.md", LETTER)


async def begun(client: Client, house: House, document: Document) -> str:
    """The address of a run, once it has ended."""
    answer = await client.post(f"{PATH}/{document.id}")
    assert answer.status == 303, answer.text
    place = answer.headers["location"]
    task = house.screening.documents._runs[UUID(place.rpartition("/")[2])].task
    assert task is not None
    await task
    return place


async def test_a_page_of_the_document_offers_to_screen_its_names(
    analyst: Client, letter: Document
) -> None:
    text = (await analyst.get(f"/documents/{letter.id}/pages/1")).text
    assert f'action="{PATH}/{letter.id}"' in text and "Screen the names" in text


async def test_names_with_hits_stand_first_with_evidence_and_places(
    analyst: Client, house: House, letter: Document
) -> None:
    place = await begun(analyst, house, letter)
    text = (await analyst.get(place)).text
    assert "4 names with a hit" in text and "On record" in text
    hits, _, clear = text.partition("without a hit")
    assert "Chen Dawen" in hits and "陳大文" in hits and "repaid by Mr" in hits
    olga = "<mark>Olga Smirnova</mark>"
    assert olga in clear and olga not in hits
    for language, said in (("zh-HK", "4 個姓名或名稱有命中"), ("zh-CN", "4 个姓名或名称有命中")):
        assert said in (await analyst.get(place, accept_language=language)).text


async def test_a_place_opens_its_page_with_the_words_marked(
    analyst: Client, house: House, letter: Document
) -> None:
    text = (await analyst.get(await begun(analyst, house, letter))).text
    address = next(
        unescape(href)
        for href, name in re.findall(r'<a href="([^"]*mark=[^"]*)".*?<mark>([^<]*)', text)
        if name == "陳大文"
    )
    assert re.fullmatch(rf"/documents/{letter.id}/pages/(\d+)\?mark=\1-\d+-\d+", address)
    shown = (await analyst.get(address)).text
    assert "陳大文</blockquote>" in shown and shown.count("<rect") == 1
    other = (await analyst.get(address.replace(f"pages/{letter.pages}", "pages/1"))).text
    assert "<rect" not in other and "<blockquote" not in other
    assert f"/pages/{letter.pages}?mark={letter.pages}-" in other, "the way back is marked"


@pytest.mark.parametrize("mark", ["1-5", "1-9-3", "1-0-99999999", "x", "1--1-2"])
async def test_a_mark_that_marks_nothing_marks_nothing(
    analyst: Client, letter: Document, mark: str
) -> None:
    answer = await analyst.get(f"/documents/{letter.id}/pages/1?mark={mark}")
    assert answer.status in (200, 422) and "<rect" not in answer.text


async def test_a_run_is_its_owners_alone(
    analyst: Client, visitor: Client, house: House, actor: Actor, letter: Document
) -> None:
    place = await begun(analyst, house, letter)
    colleague = await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)  # type: ignore[arg-type]
    assert (await colleague.get(place)).status == 404
    auditor = await member(visitor, house, actor, "Ho Mei", Role.AUDITOR)  # type: ignore[arg-type]
    assert (await auditor.post(f"{PATH}/{letter.id}")).status == 403
    text = (await auditor.get(f"/documents/{letter.id}/pages/1")).text
    assert "Screen the names" not in text


async def test_while_it_works_the_page_follows_and_can_stop_it(
    analyst: Client, house: House, letter: Document
) -> None:
    answer = await analyst.post(f"{PATH}/{letter.id}")
    place = answer.headers["location"]
    text = (await analyst.get(place)).text
    assert "every 1s" in text and f'action="{place}/stop"' in text
    assert (await analyst.post(f"{PATH}/{letter.id}")).status == 409
    assert (await analyst.post(f"{place}/stop")).headers["location"] == f"/documents/{letter.id}"
    task = house.screening.documents._runs[UUID(place.rpartition("/")[2])].task
    assert task is not None
    await task
    assert "Stopped" in (await analyst.get(place)).text


async def test_what_was_found_goes_with_the_document(
    analyst: Client, house: House, actor: Actor, letter: Document
) -> None:
    place = await begun(analyst, house, letter)
    await house.documents.remove(actor, letter.id)
    answer = await analyst.get(place)
    assert answer.status == 404 and "Chen Dawen" not in answer.text
    assert house.screening.documents._runs == {}, "it is held no longer"


async def test_while_it_works_a_run_is_stopped_with_the_document(
    analyst: Client, house: House, actor: Actor, letter: Document
) -> None:
    place = (await analyst.post(f"{PATH}/{letter.id}")).headers["location"]
    (run,) = house.screening.documents._runs.values()
    await house.documents.remove(actor, letter.id)
    assert (await analyst.get(place)).status == 404
    assert run.task is not None
    await run.task
    assert house.screening.documents._runs == {}


async def test_what_was_found_is_shown_while_the_document_may_be_read(
    analyst: Client, house: House, letter: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await begun(analyst, house, letter)

    async def closed(*_: object) -> Document:
        raise NotFound("There is no such document here.")

    monkeypatch.setattr(house.documents, "get", closed)
    assert (await analyst.get(place)).status == 404


async def test_what_went_wrong_is_said_on_the_page(
    analyst: Client, house: House, actor: Actor
) -> None:
    document = await taught(house, actor, "letter.md", LETTER)
    place = await begun(analyst, house, document)
    answer = await analyst.get(place, accept_language="zh-HK")
    assert "沒有可供對照的名單" in answer.text

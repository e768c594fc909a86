"""Pages of versions: the list with its form, the comparison, and what stands beside a page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.documents.versions import today
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.web.auth import SESSION_COOKIE
from tests.building import chunks, house_of, settled, taught
from tests.documents.test_versions import NEW, OLD, replaced
from tests.matrix.surface import application
from tests.web.client import Client

RULES = """# Rules

1.1 Keep records for five years.

1.2 Records under 1.1 may be kept on paper. See also section 9.9.9.
"""
EN = Path(__file__).parent.parent / "documents" / "parsing" / "law_en.xml"
ZH = EN.with_name("law_zh.xml")


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


@pytest.fixture
async def reader(house: House, actor: Actor) -> Client:
    client = Client(application(house))
    token = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    client.cookies[SESSION_COOKIE] = token
    return client


async def test_versions_are_listed_with_their_days_and_another_is_added_by_the_form(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    text = (await reader.get(f"/documents/{document.id}/versions")).text
    assert "in force" in text and "Add a version" in text
    answer = await reader.upload(f"/documents/{document.id}/versions", "fees-2.md", NEW.encode())
    assert answer.status == 303
    added = (await house.documents.versions(actor, document.id))[0]
    assert added.name == "fees-2.md"
    while True:
        found = await house.documents.get(actor, document.id)
        if found.state == "ready":
            break
        await asyncio.sleep(0.02)
    text = (await reader.get(f"/documents/{document.id}/versions")).text
    assert "fees-2.md" in text and "superseded" in text and found.versions == 2


async def test_the_comparison_marks_the_words_that_changed(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW)
    text = (await reader.get(f"/documents/{document.id}/compare")).text
    assert "<del>115</del>" in text and "<ins>150</ins>" in text
    assert "1 changed" in text and text.count("data-change") == 1


async def test_an_old_page_says_that_it_is_superseded(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW)
    address = f"/documents/{document.id}/pages/1"
    assert "Superseded" not in (await reader.get(address)).text
    text = (await reader.get(f"{address}?version={document.version_id}")).text
    assert "Superseded: this version held until" in text and "HK$115" in text


async def test_a_reference_on_a_page_leads_to_its_provision(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "rules.md", RULES)
    text = (await reader.get(f"/documents/{document.id}/pages/1")).text
    assert "1 reference on this page" in text and 'class="marks law-marks"' in text
    assert "9.9.9</a>" not in text


async def test_a_law_is_shown_beside_its_other_language(
    house: House, actor: Actor, reader: Client
) -> None:
    documents = []
    for path in (EN, ZH):
        added = await house.documents.add(actor, path.name, chunks(path.read_bytes()))
        house.ingest.wake()
        documents.append(await settled(house, actor, added))
    english, chinese = documents
    assert english.title == "Sample Records Ordinance (Cap. 9999)"
    assert english.held.since is not None and english.held.since < today() - timedelta(days=1)
    text = (await reader.get(f"/documents/{english.id}/pages/1")).text
    assert "The same provisions in" in text and "備存紀錄" in text
    assert f"/documents/{chinese.id}/pages/" in text


async def test_one_version_alone_cannot_be_compared(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    assert (await reader.get(f"/documents/{document.id}/compare")).status == 409


async def test_a_document_is_called_by_its_version_of_today_in_the_library_and_in_facets(
    house: House, actor: Actor, reader: Client
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW, name="tariff.md")
    await taught(house, actor, "other.md", "An outward transfer is another matter.")
    assert "tariff.md" in (await reader.get("/documents?name=tariff")).text
    facets = (await reader.get("/search?q=transfer")).text.partition('class="results"')[0]
    assert 'title="tariff.md"' in facets and "fees.md" not in facets

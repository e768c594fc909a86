"""Versions of one document: which is shown, which is found, and what is said of one that is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.documents.files import FileId, Files
from lionrock.documents.schemas import Document
from lionrock.documents.versions import today
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search.filters import Filters
from tests.building import chunks, house_of, settled, taught

OLD = "# Fees\n\n1.1 An outward transfer costs HK$115.\n"
NEW = "# Fees\n\n1.1 An outward transfer costs HK$150.\n"


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


async def replaced(
    house: House, actor: Actor, document: Document, text: str, effective: date | None = None,
    name: str = "fees-2.md",
) -> Document:  # fmt: skip
    added = await house.documents.add(
        actor, name, chunks(text.encode()), replaces=document.id, effective=effective
    )
    house.ingest.wake()
    while True:
        versions = await house.documents.versions(actor, document.id)
        if all(v.state in ("ready", "failed") for v in versions):
            break
        await asyncio.sleep(0.02)
    return await settled(house, actor, added)


async def quotes(house: House, actor: Actor, as_at: date | None = None) -> list[str]:
    hits = await house.search.passages(
        actor, "outward transfer costs", filters=Filters(as_at=as_at)
    )
    cited = [await house.documents.cite(actor, h.passage, 0, len(h.passage.text)) for h in hits]
    return [f"{c.quote} | {c.held.notice}" for c in cited if c is not None]


async def test_after_a_new_version_only_the_new_is_found_and_as_at_the_old_day_the_old_with_a_notice(
    house: House, actor: Actor
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    new = await replaced(house, actor, document, NEW)
    assert (new.id, new.versions, new.name) == (document.id, 2, "fees-2.md")
    assert new.version_id != document.version_id
    assert await quotes(house, actor) == ["1.1 An outward transfer costs HK$150. | "]
    before = today() - timedelta(days=1)
    [old] = await quotes(house, actor, before)
    assert old.startswith("1.1 An outward transfer costs HK$115. | superseded")
    assert str(today()) in old


async def test_a_version_to_come_is_not_found_until_its_day(house: House, actor: Actor) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    later = today() + timedelta(days=30)
    shown = await replaced(house, actor, document, NEW, later)
    assert shown.version_id == document.version_id
    assert await quotes(house, actor) == ["1.1 An outward transfer costs HK$115. | "]
    [coming] = await quotes(house, actor, later)
    assert coming.startswith("1.1 An outward transfer costs HK$150. | not yet in force")
    both = await house.documents.versions(actor, document.id)
    assert [(v.held.since, v.held.until, v.shown) for v in both] == [
        (later, None, False),
        (None, later, True),
    ]
    assert both[1].held.replaced_by == both[0].id


async def test_a_version_that_cannot_be_read_replaces_nothing(house: House, actor: Actor) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    shown = await replaced(house, actor, document, "%PDF-1.7 cut off", name="fees.pdf")
    assert (shown.version_id, shown.versions) == (document.version_id, 2)
    assert await quotes(house, actor) == ["1.1 An outward transfer costs HK$115. | "]


async def test_old_pages_stay_readable_by_their_version(house: House, actor: Actor) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW)
    now = await house.documents.page(actor, document.id, 1)
    then = await house.documents.page(actor, document.id, 1, document.version_id)
    assert ("HK$150" in now.text, "HK$115" in then.text) == (True, True)
    assert (now.held.superseded, then.held.superseded) == (False, True)
    assert (then.document, now.document) == ("fees.md", "fees-2.md")
    image = await house.documents.page_image(actor, document.id, 1, document.version_id)
    assert image.startswith(b"\x89PNG")


async def test_removing_the_document_removes_every_version_and_its_file(
    house: House, actor: Actor, tmp_path: Path
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW)
    assert len(await house.documents.remove(actor, document.id)) == 2
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
    assert await house.search.passages(actor, "outward transfer") == []


async def test_a_refused_version_leaves_the_document_as_it_was(
    house: House, actor: Actor, tmp_path: Path
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    other = await taught(house, actor, "other.md", NEW)
    with pytest.raises(Conflict, match="another document"):
        await house.documents.add(actor, "x.md", chunks(NEW.encode()), replaces=document.id)
    file = FileId(actor.tenant_id, document.id, document.version_id)
    files = Files(tmp_path / "files", 10_000, house.vault)
    assert b"".join(files.segments(file)) == OLD.encode()
    assert (await house.documents.get(actor, other.id)).versions == 1


async def test_another_tenant_cannot_add_a_version(
    house: House, actor: Actor, stranger: Actor
) -> None:
    document = await taught(house, actor, "fees.md", OLD)
    with pytest.raises(NotFound):
        await house.documents.add(stranger, "x.md", chunks(NEW.encode()), replaces=document.id)
    with pytest.raises(NotFound):
        await house.documents.versions(stranger, document.id)


async def test_an_answer_as_at_a_day_cites_what_held_then_and_says_that_it_is_over(
    house: House, actor: Actor
) -> None:
    from lionrock.assist.schemas import AskRequest
    from lionrock.kernel.capabilities import find

    document = await taught(house, actor, "fees.md", OLD)
    await replaced(house, actor, document, NEW)
    before = today() - timedelta(days=1)
    told = {}
    for as_at in (None, before):
        asked = AskRequest(
            question="What does an outward transfer cost?", quotes_only=True, as_at=as_at
        )
        live = await house.runs.begin(house.context(actor), find("ask"), asked)
        told[as_at] = [u async for u in live.follow()]
    quotes = {day: str(updates) for day, updates in told.items()}
    assert "HK$150" in quotes[None] and "HK$115" not in quotes[None]
    assert "HK$115" in quotes[before] and "HK$150" not in quotes[before]
    shown = "\n".join(u.plain() for u in told[before])
    assert f"superseded: it held until {today()}" in shown

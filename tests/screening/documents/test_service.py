"""A document that was taken in and read, screened by the engine itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.app import House
from lionrock.documents.schemas import Document
from lionrock.errors import Conflict, Forbidden, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.documents.names import LISTED as BY_LISTS
from lionrock.screening.documents.progress import Stage
from lionrock.screening.documents.service import DocumentScreening, ScreenedName
from tests.building import house_of, taught
from tests.screening.documents.papers import LETTER, listed


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened
        await opened.screening.close()


@pytest.fixture
def analyst(actor: Actor) -> Actor:
    return replace(actor, roles=frozenset({Role.ANALYST}))


@pytest.fixture
async def letter(house: House, actor: Actor) -> Document:
    document = await taught(house, actor, "letter.md", LETTER)
    assert document.state == "ready" and document.pages > 1
    return document


@pytest.fixture
def screening(house: House) -> DocumentScreening:
    return DocumentScreening(house.database, house.documents, house.screening.registry)


async def count(house: House, actor: Actor, table: str, where: str = "true") -> int:
    async with house.database.tenant_session(actor) as db:
        return int(await db.fetchval(f"SELECT count(*) FROM {table} WHERE {where}"))


async def purposes(house: House, actor: Actor, **columns: object) -> None:
    """Change the tenant's collections."""
    async with house.database.tenant_session(actor) as db:
        for name, value in columns.items():
            await db.execute(f"UPDATE collections SET {name} = $1", value)


def by_name(names: list[ScreenedName]) -> dict[str, ScreenedName]:
    return {name.names[0]: name for name in names}


async def test_a_documents_names_are_found_on_their_pages_and_screened(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    done = await screening.run(analyst, letter.id)
    found = by_name(done.names)
    hits = {name: [h.entry.id for h in one.hits] for name, one in found.items()}
    assert hits["Chen Dawen"] == hits["陳大文"] == ["L1"]
    assert hits["Harbour Paper Co., Ltd."] == ["L2"] and hits["Olga Smirnova"] == []
    assert found["Chen Dawen"].hits[0].match.evidence
    assert (found["陳大文"].kind, found["Harbour Paper Co., Ltd."].kind) == (
        "person",
        "organisation",
    )
    (early,), (late,) = found["Chen Dawen"].places, found["陳大文"].places
    assert 1 <= early.page < late.page <= done.pages == letter.pages
    assert early.before.endswith("repaid by Mr ") and early.after.startswith(", as agreed")


async def test_a_listed_name_that_nothing_marks_as_one_is_found_by_the_lists(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    done = await screening.run(analyst, letter.id)
    (name,) = [n for n in done.names if n.hits and n.hits[0].entry.id == "L3"]
    assert name.names == ("viktor anatolyevich bout",)
    assert [p.rule for p in name.places] == [BY_LISTS]


async def test_each_place_is_the_pages_own_words_with_their_boxes(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    for name in (await screening.run(analyst, letter.id)).names:
        for place in name.places:
            page = await house.documents.page(analyst, letter.id, place.page)
            assert page.text[place.start : place.end].split() == place.text.split()
            assert place.boxes and all(0 <= b.x0 < b.x1 <= 1 for b in place.boxes)


async def test_hits_are_kept_and_raise_alerts_and_the_document_has_an_event(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    done = await screening.run(analyst, letter.id)
    assert len(done.hits) == 4
    assert await count(house, analyst, "screenings", "kind = 'document'") == 4
    assert await count(house, analyst, "screening_alerts") == 4
    assert await count(house, analyst, "events", "event = 'screening:name:screen'") == 5
    for name in done.hits:
        assert name.screening is not None
        kept = await house.screening.registry.screening.kept(analyst, name.screening)
        assert kept.query is not None and kept.query.names[0].text == name.names[0]
    assert all(n.screening is None for n in done.names if not n.hits)
    again = await screening.run(analyst, letter.id)
    assert len(again.hits) == 4 and await count(house, analyst, "screening_alerts") == 4


async def test_each_list_is_held_to_its_own_threshold(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    manager = replace(analyst, roles=frozenset({Role.REVIEWER}))
    registry = house.screening.registry
    (one,) = await registry.lists.listing(analyst)
    await registry.lists.change(manager, one.id, name="Ours", threshold=0.9999999)
    assert (await screening.run(analyst, letter.id)).hits == []
    assert await count(house, analyst, "screening_alerts") == 0


async def test_it_tells_how_far_it_is(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    told: list[tuple[Stage, int, int]] = []
    await screening.run(analyst, letter.id, lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == list(Stage)
    assert (Stage.PAGES, letter.pages - 1, letter.pages) in told


async def test_without_a_list_or_pages_nothing_is_said_to_be_clear(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    with pytest.raises(Conflict, match="no list"):
        await screening.run(analyst, letter.id)
    await listed(house, analyst)
    async with house.database.tenant_session(analyst) as db:
        await db.execute("DELETE FROM pages")
    with pytest.raises(Conflict, match="no pages"):
        await screening.run(analyst, letter.id)


async def test_only_who_may_screen_and_may_read_the_document_screens_it(
    screening: DocumentScreening, house: House, analyst: Actor, stranger: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    with pytest.raises(Forbidden):
        await screening.run(replace(analyst, roles=frozenset({Role.AUDITOR})), letter.id)
    with pytest.raises(NotFound):
        await screening.run(replace(stranger, roles=frozenset({Role.ANALYST})), letter.id)
    with pytest.raises(NotFound):
        await screening.run(analyst, uuid4())
    await purposes(house, analyst, purposes=["claims-handling"])
    with pytest.raises(NotFound):
        await screening.run(analyst, letter.id)
    await purposes(house, analyst, purposes=["general"], restricted=True)
    with pytest.raises(NotFound):
        await screening.run(analyst, letter.id)
    assert await count(house, analyst, "screenings") == 0


async def test_of_a_collection_that_keeps_nothing_no_document_is_screened(
    screening: DocumentScreening, house: House, analyst: Actor, letter: Document
) -> None:
    await listed(house, analyst)
    await purposes(house, analyst, zero_retention=True)
    with pytest.raises(Conflict, match="kept"):
        await screening.run(analyst, letter.id)
    assert await count(house, analyst, "screenings") == 0
    assert await count(house, analyst, "screening_alerts") == 0

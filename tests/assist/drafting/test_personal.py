"""A template that names a person is found, can be held and erased, and no other is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.app import House
from lionrock.assist.drafting.personal import TemplateData
from lionrock.assist.drafting.service import TemplateService
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.sources import Person
from tests.assist.drafting.samples import note
from tests.building import house_of
from tests.kernel.privacy.making import CHAN


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, working=False) as made:
        yield made


async def test_the_version_that_names_a_person_is_found_and_goes(
    house: House, actor: Actor
) -> None:
    templates = house.of(TemplateService)
    data = TemplateData(house.database, templates)
    await templates.add(actor, note())
    await templates.add(actor, note(matter="matter of 陳大文"))

    async def found() -> list[UUID]:
        person = Person(uuid4(), tuple(CHAN), None)
        return [one.target async for one in data.find(actor, person, Matcher(CHAN))]

    [target] = await found()
    async with house.database.tenant_session(actor) as db:
        described = await data.describe(db, actor, target)
        assert described is not None and "陳大文" not in str(described.facts)
        await data.erase_rows(db, actor, target)
        assert await data.describe(db, actor, target) is None
    assert await found() == []
    assert (await templates.detail(actor, "note-en")).version == 1


async def test_where_every_version_is_erased_the_template_is_gone(
    house: House, actor: Actor
) -> None:
    templates = house.of(TemplateService)
    await templates.add(actor, note(matter="matter of 陳大文"))
    data = TemplateData(house.database, templates)
    person = Person(uuid4(), tuple(CHAN), None)
    [target] = [one.target async for one in data.find(actor, person, Matcher(CHAN))]
    async with house.database.tenant_session(actor) as db:
        await data.erase_rows(db, actor, target)
    with pytest.raises(NotFound):
        await templates.get(actor, "note-en")
    assert (await templates.add(actor, note())).version == 1


def test_the_house_names_it_among_what_is_searched_and_erased(house: House) -> None:
    assert "template" in {source.name for source in house.privacy.findings._sources}
    assert "template" in {eraser.kind for eraser in house.privacy.erasers}

"""A saved search is found for its member and for whom it names, and can be erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.app import House
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.sources import Found, Person
from lionrock.search.saved.personal import SavedSearchData
from lionrock.search.saved.schemas import NewSearch
from tests.building import house_of
from tests.kernel.privacy.making import CHAN


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, working=False) as made:
        yield made


async def test_it_is_found_by_name_and_by_member_and_goes(house: House, actor: Actor) -> None:
    data = SavedSearchData(house.database, house.saved)
    named = await house.saved.save(actor, NewSearch(name="A", question="What of 陳大文?"))
    other = await house.saved.save(actor, NewSearch(name="B", question="What of lunch?"))

    async def found(member: bool) -> dict[object, Found]:
        person = Person(uuid4(), tuple(CHAN), actor.id if member else None)
        return {f.target: f async for f in data.find(actor, person, Matcher(CHAN))}

    assert set(await found(False)) == {named.id}
    own = await found(True)
    assert set(own) == {named.id, other.id} and own[other.id].form == "own search"
    async with house.database.tenant_session(actor) as db:
        described = await data.describe(db, actor, named.id)
        assert described is not None and "陳大文" not in str(described.facts)
        await data.erase_rows(db, actor, named.id)
        assert await data.describe(db, actor, named.id) is None
    assert [s.id for s in await house.saved.listing(actor)] == [other.id]


def test_the_house_names_it_among_what_is_searched_and_erased(house: House) -> None:
    assert "search" in {s.name for s in house.privacy.findings._sources}
    assert "search" in {e.kind for e in house.privacy.erasers}

"""A member's saved searches, and what new documents bring for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from lionrock.app import House
from lionrock.errors import Conflict, Forbidden, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.search.filters import Filters
from lionrock.search.saved import service
from lionrock.search.saved.schemas import NewSearch, SavedSearch
from lionrock.search.saved.watching import Watching
from tests.building import house_of, put, settled, taught

RECORDS = "# Records\n\nDue diligence records are kept for seven years after the relationship ends."
LUNCH = "# Canteen\n\nLunch is served from half past eleven. Trays go back to the counter."


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as made:
        yield made


def watching(house: House) -> Watching:
    return Watching(house.database, house.saved, house.search)


async def saved(
    house: House, actor: Actor, question: str = "How long are due diligence records kept?",
    **filters: object,
) -> SavedSearch:  # fmt: skip
    wanted = NewSearch(name="Records", question=question, filters=Filters(**filters))  # type: ignore[arg-type]
    return await house.saved.save(actor, wanted)


async def colleague(house: House, actor: Actor, *roles: Role) -> Actor:
    id = uuid4()
    async with house.database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO members (tenant_id, id, roles) VALUES ($1, $2, $3)",
            *(actor.tenant_id, id, [r.value for r in roles]),
        )
    return Actor(actor.tenant_id, id, ActorKind.MEMBER, frozenset(roles), "general")


async def jobs(house: House, actor: Actor) -> int:
    async with house.database.tenant_session(actor) as db:
        count: int = await db.fetchval(
            "SELECT count(*) FROM saved_search_jobs WHERE tenant_id = $1", actor.tenant_id
        )
    return count


async def test_a_search_is_kept_sealed_and_comes_back(house: House, actor: Actor) -> None:
    made = await saved(house, actor, "Lungtin's records?", languages=("en",))
    assert await house.saved.listing(actor) == [made]
    assert made.filters.languages == ("en",)
    async with house.database.tenant_session(actor) as db:
        kept = await db.fetchval("SELECT body FROM saved_searches WHERE id = $1", made.id)
    assert b"Lungtin" not in kept and b"Records" not in kept


async def test_a_new_document_that_matches_is_told_and_one_that_does_not_is_not(
    house: House, actor: Actor
) -> None:
    made = await saved(house, actor)
    await taught(house, actor, "lunch.md", LUNCH)
    records = await taught(house, actor, "records.md", RECORDS)
    assert await jobs(house, actor) == 2
    assert await watching(house).work(actor.tenant_id) == 1
    assert await jobs(house, actor) == 0
    (match,) = await house.saved.new(actor, made.id)
    assert match.passage.document_id == records.id and "record" in match.words
    assert (await house.saved.get(actor, made.id)).new == 1 == await house.saved.waiting(actor)


async def test_what_was_there_before_is_not_new(house: House, actor: Actor) -> None:
    await taught(house, actor, "records.md", RECORDS)
    made = await saved(house, actor)
    assert await jobs(house, actor) == 0
    await taught(house, actor, "lunch.md", LUNCH)
    assert await watching(house).work(actor.tenant_id) == 0
    assert await house.saved.new(actor, made.id) == []


async def test_a_question_in_the_other_script_matches_too(house: House, actor: Actor) -> None:
    made = await saved(house, actor, "客户尽职审查纪录保存多久？")
    await taught(house, actor, "紀錄.md", "# 紀錄\n\n客戶盡職審查紀錄須保存七年。")
    await watching(house).work(actor.tenant_id)
    assert len(await house.saved.new(actor, made.id)) == 1


async def test_filters_hold_for_what_is_new(house: House, actor: Actor) -> None:
    made = await saved(house, actor, languages=("zh-Hant",))
    await taught(house, actor, "records.md", RECORDS)
    assert await watching(house).work(actor.tenant_id) == 0
    assert await house.saved.new(actor, made.id) == []


async def test_what_was_seen_is_not_new_any_more_and_what_came_since_is(
    house: House, actor: Actor
) -> None:
    made = await saved(house, actor)
    await taught(house, actor, "records.md", RECORDS)
    await watching(house).work(actor.tenant_id)
    (first,) = await house.saved.new(actor, made.id)
    await taught(house, actor, "more.md", RECORDS.replace("seven", "nine"))
    await watching(house).work(actor.tenant_id)
    await house.saved.see(actor, made.id, until=first.found_at)
    (second,) = await house.saved.new(actor, made.id)
    assert "nine" in second.passage.text
    await house.saved.see(actor, made.id)
    assert await house.saved.new(actor, made.id) == [] and not await house.saved.waiting(actor)


async def test_a_match_goes_with_its_document_and_with_its_search(
    house: House, actor: Actor
) -> None:
    made, other = await saved(house, actor), await saved(house, actor)
    document = await taught(house, actor, "records.md", RECORDS)
    await taught(house, actor, "more.md", RECORDS.replace("seven", "nine"))
    assert await watching(house).work(actor.tenant_id) == 4
    await house.documents.remove(actor, document.id)
    assert len(await house.saved.new(actor, made.id)) == 1
    await house.saved.remove(actor, other.id)
    assert [s.id for s in await house.saved.listing(actor)] == [made.id]


async def test_a_collection_that_is_closed_to_the_member_brings_nothing(
    house: House, actor: Actor
) -> None:
    reader = await colleague(house, actor, Role.ANALYST)
    before = await saved(house, reader)
    await taught(house, actor, "records.md", RECORDS)
    await watching(house).work(actor.tenant_id)
    assert len(await house.saved.new(reader, before.id)) == 1
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE collections SET restricted = true, access_roles = '{auditor}'")
    assert await house.saved.new(reader, before.id) == []
    assert (await house.saved.get(reader, before.id)).new == 0 == await house.saved.waiting(reader)
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE versions SET state = 'indexed'")
        await db.execute("UPDATE versions SET state = 'ready'")
        await db.execute("DELETE FROM saved_search_matches")
    assert await watching(house).work(actor.tenant_id) == 0


async def test_a_member_who_was_suspended_is_told_nothing(house: House, actor: Actor) -> None:
    reader = await colleague(house, actor, Role.ANALYST)
    await saved(house, reader)
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE members SET suspended_at = now() WHERE id = $1", reader.id)
    await taught(house, actor, "records.md", RECORDS)
    assert await watching(house).work(actor.tenant_id) == 0


async def test_searches_are_their_members_alone(
    house: House, actor: Actor, stranger: Actor
) -> None:
    made = await saved(house, actor)
    for other in (await colleague(house, actor, Role.ADMINISTRATOR), stranger):
        assert await house.saved.listing(other) == []
        for act in (house.saved.get, house.saved.new, house.saved.see, house.saved.remove):
            with pytest.raises(NotFound):
                await act(other, made.id)


async def test_who_may_not_save_searches_is_told_so(house: House, actor: Actor) -> None:
    observer = replace(actor, roles=frozenset({Role.REGULATOR_OBSERVER}))
    with pytest.raises(Forbidden):
        await saved(house, observer)
    with pytest.raises(Conflict):
        await saved(house, replace(actor, zero_retention=True))


async def test_there_is_an_end_to_how_many(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    await saved(house, actor)
    with pytest.raises(Conflict):
        await saved(house, actor)


async def test_only_so_many_matches_are_kept(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.search.saved.watching.SHOWN", 1)
    made = await saved(house, actor)
    await taught(house, actor, "records.md", RECORDS)
    await taught(house, actor, "more.md", RECORDS.replace("seven", "nine"))
    await watching(house).work(actor.tenant_id)
    assert len(await house.saved.new(actor, made.id)) == 1


async def test_a_round_that_was_broken_off_is_repeated(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await saved(house, actor)
    await taught(house, actor, "records.md", RECORDS)

    async def away(*_: object, **__: object) -> list[UUID]:
        raise Conflict("away")

    with monkeypatch.context() as patch:
        patch.setattr(house.search, "find", away)
        with pytest.raises(Conflict):
            await watching(house).work(actor.tenant_id)
    assert await jobs(house, actor) == 1
    await watching(house).round()
    assert len(await house.saved.new(actor, made.id)) == 1


async def test_a_document_removed_before_it_was_looked_through_leaves_no_job(
    house: House, actor: Actor
) -> None:
    await saved(house, actor)
    added = await put(house, actor, "records.md", RECORDS)
    await settled(house, actor, added)
    await house.documents.remove(actor, added.document_id)
    assert await jobs(house, actor) == 0 == await watching(house).work(actor.tenant_id)


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_is_one_line_of_some_length(name: str) -> None:
    with pytest.raises(ValidationError):
        NewSearch(name=name, question="Records?")

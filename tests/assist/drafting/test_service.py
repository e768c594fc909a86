"""A tenant's templates: versions that stay, names that are one's own, another tenant's unseen."""

from __future__ import annotations

import asyncio

import pytest

from lionrock.assist.drafting.service import TemplateService
from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from tests.assist.drafting.samples import NOTE, note


@pytest.fixture
def templates(database: Database, vault: Vault) -> TemplateService:
    return TemplateService(database, vault)


async def events(database: Database, actor: Actor) -> list[str]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT event FROM events WHERE tenant_id = $1 AND event LIKE 'draft:%' ORDER BY position",
            actor.tenant_id,
        )
    return [row["event"] for row in rows]


async def test_those_that_come_with_the_product_are_there(
    templates: TemplateService, actor: Actor
) -> None:
    found = (await templates.every(actor)).templates
    assert len(found) == 14
    assert all(one.built_in for one in found)


async def test_a_file_of_the_same_name_is_the_next_version_and_the_old_one_stays(
    templates: TemplateService, actor: Actor, database: Database
) -> None:
    assert (await templates.add(actor, note())).version == 1
    second = await templates.add(actor, note(matter="case"))
    assert second.version == 2
    assert [one.version for one in second.versions] == [2, 1]
    assert "# The case" in (await templates.get(actor, "note-en")).template.text
    old = await templates.detail(actor, "note-en", 1)
    assert old.text == NOTE
    assert await events(database, actor) == ["draft:template:add", "draft:template:add"]


async def test_the_same_text_again_is_no_version(templates: TemplateService, actor: Actor) -> None:
    await templates.add(actor, note())
    with pytest.raises(Conflict, match="Version 1 of note-en is the same text"):
        await templates.add(actor, note())


async def test_a_retired_template_is_marked_and_comes_back_with_a_new_version(
    templates: TemplateService, actor: Actor, database: Database
) -> None:
    await templates.add(actor, note())
    await templates.retire(actor, "note-en")
    assert (await templates.get(actor, "note-en")).retired
    with pytest.raises(Conflict, match="retired already"):
        await templates.retire(actor, "note-en")
    again = await templates.add(actor, note())
    assert (again.version, again.retired) == (2, False)
    assert (await events(database, actor))[1] == "draft:template:retire"


async def test_what_comes_with_the_product_cannot_be_replaced_or_retired(
    templates: TemplateService, actor: Actor
) -> None:
    with pytest.raises(Conflict, match="comes with the product"):
        await templates.add(actor, NOTE.replace("note-en", "memo-en").encode())
    with pytest.raises(Conflict, match="cannot be retired"):
        await templates.retire(actor, "memo-en")


async def test_a_template_that_is_not_there_is_not_found(
    templates: TemplateService, actor: Actor
) -> None:
    with pytest.raises(NotFound, match="There are: circular-en"):
        await templates.get(actor, "nothing")
    with pytest.raises(NotFound, match="no version 7"):
        await templates.detail(actor, "memo-en", 7)
    with pytest.raises(InvalidInput):
        await templates.add(actor, b"not one")


async def test_another_tenant_does_not_see_it(
    templates: TemplateService, actor: Actor, stranger: Actor
) -> None:
    await templates.add(actor, note())
    with pytest.raises(NotFound):
        await templates.get(stranger, "note-en")
    assert (await templates.add(stranger, note())).version == 1


async def test_who_may_draft_may_read_them_and_not_add(
    templates: TemplateService, actor: Actor
) -> None:
    analyst = Actor(
        actor.tenant_id, actor.id, ActorKind.MEMBER, frozenset({Role.ANALYST}), "general", "A"
    )
    assert (await templates.every(analyst)).templates
    for attempt in (templates.add(analyst, note()), templates.retire(analyst, "note-en")):
        with pytest.raises(Forbidden):
            await attempt
    auditor = Actor(
        actor.tenant_id, actor.id, ActorKind.MEMBER, frozenset({Role.AUDITOR}), "general", "A"
    )
    with pytest.raises(Forbidden):
        await templates.every(auditor)


async def test_two_files_of_one_name_at_once_are_two_versions(
    templates: TemplateService, actor: Actor
) -> None:
    texts = [note(matter=f"matter {n}") for n in range(5)]
    added = await asyncio.gather(*(templates.add(actor, text) for text in texts))
    assert {one.name for one in added} == {"note-en"}
    newest = await templates.detail(actor, "note-en")
    assert [one.version for one in newest.versions] == [5, 4, 3, 2, 1]


async def test_the_text_lies_sealed(
    templates: TemplateService, actor: Actor, database: Database
) -> None:
    await templates.add(actor, note())
    async with database.tenant_session(actor) as db:
        body = await db.fetchval(
            "SELECT body FROM draft_template_versions WHERE tenant_id = $1", actor.tenant_id
        )
    assert b"note-en" not in body and b"Our ref" not in body

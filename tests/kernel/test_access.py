"""Collections an actor may read: restricted ones, other purposes, observers, and who may open them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel import access, collections, purposes, shares
from lionrock.kernel.actors import Actor, Role, worker
from lionrock.kernel.collections import CollectionSettings, NewCollection
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.purposes import Purpose, RetentionClass
from lionrock.kernel.shares import NewShare
from tests.kernel.joining import events, joined


async def readable(
    database: Database, actor: Actor, action: P = P.DOCUMENTS_DOCUMENT_READ
) -> set[UUID]:
    async with database.tenant_session(actor) as db:
        return set(await access.readable_collections(db, actor, action))


async def made(database: Database, actor: Actor, **values: object) -> UUID:
    wanted = NewCollection.model_validate({"name": uuid4().hex, **values})
    return await collections.create(database, actor, wanted)


@pytest.fixture
async def analyst(database: Database, people: People, actor: Actor) -> Actor:
    return await joined(database, people, actor)


async def test_an_open_collection_is_for_all_whose_role_reads(
    database: Database, actor: Actor, analyst: Actor
) -> None:
    id = await made(database, actor)
    assert id in await readable(database, analyst)
    assert id in await readable(database, worker(actor.tenant_id))


async def test_a_restricted_collection_is_for_those_on_its_list(
    database: Database, people: People, actor: Actor, analyst: Actor
) -> None:
    reviewer = await joined(database, people, actor, Role.REVIEWER)
    by_role = await made(database, actor, restricted=True, access_roles=["reviewer"])
    by_name = await made(database, actor, restricted=True, access_members=[str(analyst.id)])
    assert {by_role, by_name} & await readable(database, reviewer) == {by_role}
    assert {by_role, by_name} & await readable(database, analyst) == {by_name}
    assert not {by_role, by_name} & await readable(database, actor)
    assert {by_role, by_name} <= await readable(database, worker(actor.tenant_id))


async def test_content_is_read_for_a_purpose_that_its_collection_allows(
    database: Database, actor: Actor, analyst: Actor
) -> None:
    files = await made(database, actor, purposes=["customer-due-diligence", "supervision"])
    assert files not in await readable(database, analyst)
    stated = replace(analyst, purpose="customer-due-diligence")
    assert await readable(database, stated) == {files}


async def test_who_reads_nothing_by_role_is_told_so_and_not_shown_an_empty_list(
    database: Database, people: People, actor: Actor
) -> None:
    owner = await joined(database, people, actor, Role.MODEL_OWNER)
    with pytest.raises(Forbidden, match="default-deny"):
        await readable(database, owner)


async def test_one_collection_at_a_time_is_as_absent_as_one_that_is_not_there(
    database: Database, actor: Actor, analyst: Actor
) -> None:
    closed = await made(database, actor, restricted=True, access_roles=["reviewer"])
    said = set()
    for id in (closed, uuid4()):
        async with database.tenant_session(analyst) as db:
            with pytest.raises(NotFound) as refused:
                await access.require_on(db, analyst, P.DOCUMENTS_DOCUMENT_ADD, id)
        said.add(refused.value.detail)
    assert len(said) == 1
    there = await made(database, actor)
    async with database.tenant_session(analyst) as db:
        await access.require_on(db, analyst, P.DOCUMENTS_DOCUMENT_ADD, there)
        with pytest.raises(Forbidden, match="default-deny"):
            await access.require_on(db, analyst, P.DOCUMENTS_DOCUMENT_REMOVE, there)


# -- Observers -------------------------------------------------------------------------------------


async def test_an_observer_reads_what_is_shared_with_them_until_it_ends(
    database: Database, people: People, actor: Actor
) -> None:
    reviewer = await joined(database, people, actor, Role.REVIEWER)
    observer = await joined(database, people, actor, Role.REGULATOR_OBSERVER)
    other = await joined(database, people, actor, Role.REGULATOR_OBSERVER)
    file = await made(database, actor, restricted=True, access_roles=["reviewer"])
    assert await readable(database, observer) == set()
    share = NewShare(kind="collection", subject_id=file, member_id=observer.id, reason="Notice 12")
    id = await shares.make(database, reviewer, share)
    assert await readable(database, observer) == {file}
    assert await readable(database, other) == set()
    await shares.end(database, reviewer, id)
    assert await readable(database, observer) == set()
    assert (await events(database, actor))[-2:] == ["share:share:make", "share:share:end"]


async def test_a_share_ends_by_itself(database: Database, people: People, actor: Actor) -> None:
    reviewer = await joined(database, people, actor, Role.REVIEWER)
    observer = await joined(database, people, actor, Role.REGULATOR_OBSERVER)
    (library,) = await readable(database, reviewer)
    share = NewShare(kind="collection", subject_id=library, member_id=observer.id, reason="N")
    await shares.make(database, reviewer, share)
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE shares SET expires_at = now()")
    assert await readable(database, observer) == set()


async def test_nobody_shares_what_they_may_not_read_nor_with_a_member(
    database: Database, people: People, actor: Actor, analyst: Actor, stranger: Actor
) -> None:
    officer = await joined(database, people, actor, Role.PRIVACY_OFFICER)
    observer = await joined(database, people, actor, Role.REGULATOR_OBSERVER)
    closed = await made(database, actor, restricted=True, access_roles=["reviewer"])
    (library,) = await readable(database, officer)

    def share(subject: UUID, member: UUID) -> NewShare:
        return NewShare(kind="collection", subject_id=subject, member_id=member, reason="N")

    with pytest.raises(NotFound):
        await shares.make(database, officer, share(closed, observer.id))
    with pytest.raises(NotFound):
        await shares.make(database, officer, share(library, stranger.id))
    with pytest.raises(InvalidInput, match="observers"):
        await shares.make(database, officer, share(library, analyst.id))
    with pytest.raises(Forbidden):
        await shares.make(database, analyst, share(library, observer.id))


# -- Who sets it -----------------------------------------------------------------------------------


async def test_no_administrator_opens_a_closed_collection_to_themselves(
    database: Database, people: People, actor: Actor
) -> None:
    id = await made(database, actor, restricted=True, access_roles=["reviewer"])
    for wanted in (
        CollectionSettings(),
        CollectionSettings(restricted=True, access_members=[actor.id]),
        CollectionSettings(restricted=True, access_roles=[Role.ADMINISTRATOR]),
    ):
        with pytest.raises(Forbidden, match="yourself"):
            await collections.change(database, actor, id, wanted)
    assert id not in await readable(database, actor)
    other = await joined(database, people, actor, Role.ADMINISTRATOR)
    wanted = CollectionSettings(restricted=True, access_members=[actor.id])
    await collections.change(database, other, id, wanted)
    assert id in await readable(database, actor)
    assert "collection:access:change" in await events(database, actor)


async def test_a_restricted_collection_is_listed_for_those_on_it_and_who_manages_it(
    database: Database, actor: Actor, analyst: Actor
) -> None:
    id = await made(database, actor, restricted=True, access_roles=["reviewer"])
    listed = {c.id: c.readable for c in await collections.listing(database, actor)}
    assert listed[id] is False
    assert id not in {c.id for c in await collections.listing(database, analyst)}


@pytest.mark.parametrize(
    "values",
    [{"purposes": ["curiosity"]}, {"retention_class": "for-ever"},
     {"access_members": [str(uuid4())]}],
)  # fmt: skip
async def test_codes_and_members_that_are_not_there_are_named(
    database: Database, actor: Actor, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput, match="There is no"):
        await made(database, actor, **values)


async def test_one_name_is_one_collection(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    await made(database, actor, name="complaints")
    with pytest.raises(Conflict):
        await made(database, actor, name="complaints")
    theirs = await made(database, stranger, name="complaints")
    with pytest.raises(NotFound):
        await collections.change(database, actor, theirs, CollectionSettings())


async def test_who_is_no_administrator_makes_no_collection(
    database: Database, analyst: Actor
) -> None:
    with pytest.raises(Forbidden):
        await made(database, analyst)


# -- Nothing kept ----------------------------------------------------------------------------------


async def test_a_collection_that_keeps_nothing_counts_for_those_who_may_draw_on_it(
    database: Database, actor: Actor, analyst: Actor
) -> None:
    async def nothing(who: Actor) -> bool:
        async with database.tenant_session(who) as db:
            return await access.keeps_nothing(db, who)

    assert not await nothing(analyst)
    assert await nothing(replace(analyst, zero_retention=True))
    await made(database, actor, purposes=["claims-handling"], zero_retention=True)
    assert not await nothing(analyst)
    assert await nothing(replace(analyst, purpose="claims-handling"))


# -- Purposes and retention classes ----------------------------------------------------------------


async def test_every_tenant_starts_with_purposes_and_periods_that_name_their_source(
    database: Database, actor: Actor
) -> None:
    classes = {c.code: c for c in await purposes.retention_classes(database, actor)}
    aml = classes["aml-due-diligence"]
    assert (aml.minimum_months, aml.starts) == (60, "relationship-end")
    assert "Cap. 615" in aml.source and "2026" in aml.source
    assert all(c.source for c in classes.values())
    assert all(p.title_zh for p in await purposes.purposes(database, actor))


async def test_purposes_are_added_changed_and_put_out_of_use(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    mine = Purpose(code="land-search", title_en="Land search", title_zh="查冊")
    await purposes.add_purpose(database, actor, mine)
    with pytest.raises(Conflict):
        await purposes.add_purpose(database, actor, mine)
    await purposes.change_purpose(database, actor, mine.model_copy(update={"active": False}))
    kept = {p.code: p.active for p in await purposes.purposes(database, actor)}
    assert kept["land-search"] is False
    with pytest.raises(NotFound):
        await purposes.change_purpose(database, stranger, mine)


async def test_retention_is_the_privacy_officers(
    database: Database, people: People, actor: Actor
) -> None:
    wanted = RetentionClass(code="staff", title_en="Staff", title_zh="員工", maximum_months=84)
    with pytest.raises(Forbidden):
        await purposes.add_retention_class(database, actor, wanted)
    officer = await joined(database, people, actor, Role.PRIVACY_OFFICER)
    await purposes.add_retention_class(database, officer, wanted)
    changed = wanted.model_copy(update={"minimum_months": 12})
    await purposes.change_retention_class(database, officer, changed)
    kept = {c.code: c for c in await purposes.retention_classes(database, actor)}
    assert kept["staff"] == changed

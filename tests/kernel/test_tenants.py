from __future__ import annotations

from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from lionrock.kernel import collections, identity, purposes, tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.grants import FIRST_ROLES
from lionrock.kernel.people import People
from tests.kernel.joining import accepted, events, new_email, signing_in


@pytest.fixture
async def operator(database: Database) -> Actor:
    tenant, member = await tenants.ensure_platform(database)
    roles = frozenset({Role.PLATFORM_OPERATOR})
    return Actor(tenant, member, ActorKind.MEMBER, roles, "general")


async def create(database: Database, people: People, operator: Actor) -> tenants.Created:
    return await tenants.create(
        database, people.fields, operator,
        name="Harbour Bank 海港銀行", handle=f"harbour-{uuid4().hex[:8]}", email=new_email(),
    )  # fmt: skip


async def test_the_platforms_tenant_is_one_and_is_not_the_first(
    database: Database, operator: Actor
) -> None:
    assert await tenants.ensure_platform(database) == (operator.tenant_id, operator.id)
    first, _ = await tenants.ensure_first_tenant(database)
    assert first != operator.tenant_id
    assert operator.tenant_id not in {t.id for t in await tenants.listing(database, operator)}


async def test_a_new_tenants_administrator_accepts_and_finds_what_every_tenant_has(
    database: Database, people: People, operator: Actor
) -> None:
    created = await create(database, people, operator)
    admin = await accepted(database, people, created.invitation.token)
    assert (admin.tenant_id, admin.roles) == (created.id, {Role.ADMINISTRATOR})
    codes = {p.code for p in await purposes.purposes(database, admin)}
    assert {"general", "customer-due-diligence", "access-request"} <= codes
    assert [c.name for c in await collections.listing(database, admin)] == ["library"]
    assert (await events(database, admin))[:2] == [
        "member:invitation:issue",
        "tenant:tenant:create",
    ]
    assert "tenant:tenant:create" in await events(database, operator)
    member = (await people.members.listing(admin))[0]
    assert await people.accounts.sign_in(signing_in(created.handle, member.email))


async def test_a_handle_is_given_once(database: Database, people: People, operator: Actor) -> None:
    created = await create(database, people, operator)
    with pytest.raises(Conflict, match="already"):
        await tenants.create(
            database, people.fields, operator, name="X", handle=created.handle, email=new_email()
        )
    assert (await tenants.by_handle(database, created.handle)) == created.id


@pytest.mark.parametrize("handle", ["ab", "-abc", "abc-", "Abc", "a b c", "x" * 41, "é" * 5])
async def test_what_is_no_handle_is_refused(
    database: Database, people: People, operator: Actor, handle: str
) -> None:
    with pytest.raises(InvalidInput, match="handle"):
        await tenants.create(
            database, people.fields, operator, name="X", handle=handle, email=new_email()
        )


@pytest.mark.parametrize(
    ("name", "handle"),
    [("Harbour Bank (HK) Ltd.", "harbour-bank-hk-ltd"), ("Crédit Léman", "credit-leman"),
     ("x" * 60, "x" * 40)],
)  # fmt: skip
def test_a_handle_is_made_of_the_name(name: str, handle: str) -> None:
    assert tenants.handle_of(name) == handle


def test_a_name_in_characters_alone_gets_a_handle_of_chance() -> None:
    assert tenants.handle_of("海港銀行").startswith("tenant-")
    assert tenants.handle_of("海港銀行") != tenants.handle_of("海港銀行")


async def test_a_tenant_half_made_is_finished_by_making_it_again(
    database: Database, people: People, operator: Actor
) -> None:
    handle = f"half-{uuid4().hex[:8]}"
    half = await tenants._register(database, handle)
    assert await people.accounts._database.active_tenants()
    created = await tenants.create(
        database, people.fields, operator, name="Half", handle=handle, email=new_email()
    )
    assert created.id == half


async def test_a_suspended_tenant_opens_no_door_until_restored(
    database: Database, people: People, operator: Actor
) -> None:
    created = await create(database, people, operator)
    entered = await people.accounts.accept(
        created.invitation.token, name="A", password="three small words"
    )
    admin = await identity.resolve(database, entered.session, ("session",))
    link = await identity.issue(database, created.id, admin.id, "link")
    email = (await people.members.listing(admin))[0].email
    await tenants.suspend(database, operator, created.id)
    assert created.id not in await database.active_tenants()
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, entered.session, ("session",))
    with pytest.raises(Unauthenticated):
        await identity.redeem(database, link)
    with pytest.raises(Unauthenticated):
        await people.accounts.sign_in(signing_in(created.handle, email))
    with pytest.raises(NotFound):
        await tenants.suspend(database, operator, created.id)
    await tenants.restore(database, operator, created.id)
    assert await identity.resolve(database, entered.session, ("session",))


async def test_the_platforms_own_tenant_cannot_be_suspended(
    database: Database, operator: Actor
) -> None:
    with pytest.raises(NotFound):
        await tenants.suspend(database, operator, operator.tenant_id)


async def test_only_an_operator_sees_or_makes_tenants(
    database: Database, people: People, actor: Actor
) -> None:
    everything = Actor(
        actor.tenant_id, actor.id, ActorKind.MEMBER, frozenset(Role) - {Role.PLATFORM_OPERATOR}
    )
    with pytest.raises(Forbidden):
        await tenants.listing(database, everything)
    with pytest.raises(Forbidden):
        await create(database, people, everything)
    with pytest.raises(Forbidden):
        await tenants.suspend(database, everything, actor.tenant_id)


async def test_the_first_member_can_try_everything_but_judging(
    database: Database, actor: Actor
) -> None:
    async with database.tenant_session(actor) as db:
        roles = await db.fetchval("SELECT roles FROM members WHERE id = $1", actor.id)
    assert set(roles) == {r.value for r in FIRST_ROLES}
    assert Role.REVIEWER.value not in roles and Role.PLATFORM_OPERATOR.value not in roles


async def test_without_a_handle_only_a_lone_tenant_is_found(database: Database) -> None:
    assert await tenants.by_handle(database, "") is None  # the tests' server has many
    assert await tenants.by_handle(database, "no-such-house") is None

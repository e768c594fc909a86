from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from tests.kernel.joining import PASSWORD, accepted, events, joined, new_email


async def test_an_invited_member_accepts_and_is_listed(
    database: Database, people: People, actor: Actor
) -> None:
    email = new_email()
    invited = await people.members.invite(actor, email.upper(), {Role.REVIEWER, Role.ANALYST})
    listed = {m.id: m for m in await people.members.listing(actor)}
    assert (listed[invited.member_id].state, listed[invited.member_id].email) == ("invited", email)
    member = await accepted(database, people, invited.made.token)
    assert member.id == invited.member_id
    assert member.roles == {Role.REVIEWER, Role.ANALYST}
    listed = {m.id: m for m in await people.members.listing(actor)}
    assert (listed[member.id].state, listed[member.id].name) == ("active", "陳大文")
    assert listed[actor.id].name == "Administrator"
    assert await people.members.name_of(member) == "陳大文"


async def test_an_invitation_is_accepted_once(people: People, actor: Actor) -> None:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    results = await asyncio.gather(
        *(
            people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Unauthenticated) for r in results) == 2


async def test_an_expired_invitation_is_refused(
    database: Database, people: People, actor: Actor
) -> None:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE credentials SET expires_at = now() - interval '1 second'")
    with pytest.raises(Unauthenticated, match="expired"):
        await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)


async def test_an_invitation_opens_no_other_door(
    database: Database, people: People, actor: Actor
) -> None:
    token = (await people.members.invite(actor, new_email(), {Role.ANALYST})).made.token
    with pytest.raises(Unauthenticated):
        await identity.redeem(database, token)
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("session", "key"))


async def test_names_and_addresses_are_kept_sealed(
    database: Database, people: People, actor: Actor
) -> None:
    email = new_email()
    invited = await people.members.invite(actor, email, {Role.ANALYST})
    await accepted(database, people, invited.made.token)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT row_to_json(m)::text AS row FROM members m")
        rows += await db.fetch("SELECT row_to_json(e)::text AS row FROM events e")
    kept = "".join(r["row"] for r in rows)
    assert email not in kept and email.encode().hex() not in kept
    assert "陳大文" not in kept and "陳大文".encode().hex() not in kept


async def test_one_address_is_one_member_of_a_tenant(
    people: People, actor: Actor, stranger: Actor
) -> None:
    email = new_email()
    await people.members.invite(actor, email, {Role.ANALYST})
    with pytest.raises(Conflict, match="already"):
        await people.members.invite(actor, f" {email.upper()} ", {Role.AUDITOR})
    assert await people.members.invite(stranger, email, {Role.ANALYST})


@pytest.mark.parametrize("email", ["", "a", "@b", "a@", "a b@c", "a@b\u200b", "x" * 251 + "@b.c"])
async def test_what_is_no_address_is_refused(people: People, actor: Actor, email: str) -> None:
    with pytest.raises(InvalidInput, match="e-mail"):
        await people.members.invite(actor, email, {Role.ANALYST})


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        (set(), "at least one"),
        ({Role.PLATFORM_OPERATOR}, "cannot be given"),
        ({Role.REGULATOR_OBSERVER, Role.ANALYST}, "held alone"),
        ({Role.SERVICE}, "added, not invited"),
    ],
)
async def test_roles_that_cannot_be_given_are_refused(
    people: People, actor: Actor, roles: set[Role], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        await people.members.invite(actor, new_email(), roles)


async def test_nobody_makes_themselves_an_operator(
    database: Database, people: People, actor: Actor
) -> None:
    other = await joined(database, people, actor, Role.ANALYST)
    with pytest.raises(InvalidInput, match="cannot be given"):
        await people.members.change_roles(actor, other.id, {Role.PLATFORM_OPERATOR})


async def test_changed_roles_count_from_the_next_request(
    database: Database, people: People, actor: Actor
) -> None:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    entered = await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
    await people.members.change_roles(actor, invited.member_id, {Role.AUDITOR})
    resolved = await identity.resolve(database, entered.session, ("session",))
    assert resolved.roles == {Role.AUDITOR}
    assert "member:roles:change" in await events(database, actor)


async def test_nobody_changes_their_own_roles_nor_suspends_themselves(
    database: Database, people: People, actor: Actor
) -> None:
    second = await joined(database, people, actor, Role.ADMINISTRATOR, same_person_as=actor.id)
    for who, whom in ((actor, actor), (second, actor), (second, second)):
        with pytest.raises(Forbidden, match="yourself"):
            await people.members.change_roles(who, whom.id, {Role.AUDITOR})
        with pytest.raises(Forbidden, match="yourself"):
            await people.members.suspend(who, whom.id)


async def test_two_memberships_can_be_said_to_be_one_person_later(
    database: Database, people: People, actor: Actor
) -> None:
    first = await joined(database, people, actor)
    second = await joined(database, people, actor, Role.REVIEWER)
    assert not first.people & second.people
    await people.members.same_person(actor, second.id, first.id)
    listed = {m.id: m.person for m in await people.members.listing(actor)}
    assert listed[first.id] == listed[second.id]


async def test_the_last_administrator_stays(
    database: Database, people: People, actor: Actor
) -> None:
    other = await joined(database, people, actor, Role.ADMINISTRATOR)
    await people.members.suspend(other, actor.id)
    house = Actor(actor.tenant_id, uuid4(), ActorKind.MEMBER, actor.roles, person=uuid4())
    for take in (people.members.suspend, people.members.remove):
        with pytest.raises(Conflict, match="last administrator"):
            await take(house, other.id)
    with pytest.raises(Conflict, match="last administrator"):
        await people.members.change_roles(house, other.id, {Role.ANALYST})
    assert {m.state for m in await people.members.listing(other)} == {"active", "suspended"}


async def test_two_administrators_who_suspend_each_other_at_once_leave_one(
    database: Database, people: People, actor: Actor
) -> None:
    other = await joined(database, people, actor, Role.ADMINISTRATOR)
    results = await asyncio.gather(
        people.members.suspend(other, actor.id),
        people.members.suspend(actor, other.id),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1


async def test_suspension_ends_every_credential_and_restoring_gives_none_back(
    database: Database, people: People, actor: Actor
) -> None:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    entered = await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
    key = await identity.issue(database, actor.tenant_id, invited.member_id, "key")
    link = await identity.issue(database, actor.tenant_id, invited.member_id, "link")
    await people.members.suspend(actor, invited.member_id)
    for restored in (False, True):
        if restored:
            await people.members.restore(actor, invited.member_id)
        for token in (entered.session, key):
            with pytest.raises(Unauthenticated):
                await identity.resolve(database, token, ("session", "key"))
        with pytest.raises(Unauthenticated):
            await identity.redeem(database, link)


async def test_a_link_made_while_suspended_opens_nothing(
    database: Database, people: People, actor: Actor
) -> None:
    other = await joined(database, people, actor)
    await people.members.suspend(actor, other.id)
    link = await identity.issue(database, actor.tenant_id, other.id, "link")
    with pytest.raises(Unauthenticated):
        await identity.redeem(database, link)


async def test_a_removed_member_is_gone_and_their_address_is_free(
    database: Database, people: People, actor: Actor
) -> None:
    email = new_email()
    invited = await people.members.invite(actor, email, {Role.ANALYST})
    await people.members.remove(actor, invited.member_id)
    with pytest.raises(NotFound):
        await people.members.restore(actor, invited.member_id)
    with pytest.raises(Unauthenticated):
        await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
    assert await people.members.invite(actor, email, {Role.ANALYST})


async def test_another_tenants_member_is_not_there(
    people: People, actor: Actor, stranger: Actor
) -> None:
    for take in (people.members.suspend, people.members.remove, people.members.invite_again):
        with pytest.raises(NotFound):
            await take(actor, stranger.id)
    with pytest.raises(NotFound):
        await people.members.change_roles(actor, stranger.id, {Role.AUDITOR})
    with pytest.raises(NotFound):
        await people.members.invite(actor, new_email(), {Role.ANALYST}, same_person_as=stranger.id)


async def test_who_is_no_administrator_changes_no_members(
    database: Database, people: People, actor: Actor
) -> None:
    analyst = await joined(database, people, actor, Role.ANALYST, Role.REVIEWER, Role.AUDITOR)
    with pytest.raises(Forbidden, match="members:member:invite"):
        await people.members.invite(analyst, new_email(), {Role.ANALYST})
    with pytest.raises(Forbidden, match="members:member:suspend"):
        await people.members.suspend(analyst, actor.id)
    with pytest.raises(Forbidden, match="members:roles:change"):
        await people.members.change_roles(analyst, actor.id, {Role.ANALYST})


async def test_a_second_invitation_voids_the_first_and_everything_known_before(
    database: Database, people: People, actor: Actor
) -> None:
    invited = await people.members.invite(actor, new_email(), {Role.ANALYST})
    again = await people.members.invite_again(actor, invited.member_id)
    with pytest.raises(Unauthenticated):
        await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
    entered = await people.accounts.accept(again.made.token, name="A", password=PASSWORD)
    third = await people.members.invite_again(actor, invited.member_id)
    assert await identity.resolve(database, entered.session, ("session",))
    await people.accounts.accept(third.made.token, name="A", password="three other words")
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, entered.session, ("session",))


async def test_a_machines_account_has_no_way_to_sign_in(people: People, actor: Actor) -> None:
    account = await people.members.add_service(actor, "nightly screening")
    with pytest.raises(Conflict, match="machine"):
        await people.members.invite_again(actor, account)
    with pytest.raises(Conflict, match="machine"):
        await people.members.change_roles(actor, account, {Role.ANALYST})
    listed = {m.id: m for m in await people.members.listing(actor)}
    assert (listed[account].name, listed[account].roles) == ("nightly screening", [Role.SERVICE])

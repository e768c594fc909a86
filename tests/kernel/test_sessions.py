from __future__ import annotations

from uuid import uuid4

import pytest

from lionrock.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from lionrock.kernel import identity, sessions
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database


async def session_of(database: Database, actor: Actor) -> tuple[str, Actor]:
    link = await identity.issue(database, actor.tenant_id, actor.id, "link")
    token = await identity.redeem(database, link)
    return token, await identity.resolve(database, token, ("session",))


async def test_a_member_sees_their_own_sessions_and_which_is_this_one(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    _, here = await session_of(database, actor)
    _, there = await session_of(database, actor)
    await session_of(database, stranger)
    listed = {s.id: s.current for s in await sessions.mine(database, here)}
    assert listed == {here.credential: True, there.credential: False}


async def test_ending_one_session_leaves_the_other(database: Database, actor: Actor) -> None:
    _, here = await session_of(database, actor)
    token, there = await session_of(database, actor)
    assert there.credential
    await sessions.end_one(database, here, there.credential)
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("session",))
    assert [s.id for s in await sessions.mine(database, here)] == [here.credential]
    with pytest.raises(NotFound):
        await sessions.end_one(database, here, there.credential)


async def test_nobody_ends_another_members_session(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    _, mine = await session_of(database, actor)
    _, theirs = await session_of(database, stranger)
    for id in (theirs.credential, uuid4()):
        assert id
        with pytest.raises(NotFound):
            await sessions.end_one(database, mine, id)


async def test_an_idle_session_is_over(database: Database, actor: Actor) -> None:
    token, me = await session_of(database, actor)
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE credentials SET seen_at = now() - interval '59 minutes'")
    assert await identity.resolve(database, token, ("session",))
    async with database.tenant_session(actor) as db:
        seen = await db.fetchval(
            "SELECT seen_at > now() - interval '10 seconds' FROM credentials WHERE id = $1",
            me.credential,
        )
        await db.execute("UPDATE credentials SET seen_at = now() - interval '61 minutes'")
    assert seen, "using a session keeps it"
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("session",))
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("session",))


async def test_a_session_in_use_ends_all_the_same(database: Database, actor: Actor) -> None:
    token, _ = await session_of(database, actor)
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE credentials SET expires_at = now() - interval '1 second'")
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("session",))


async def test_the_purpose_can_be_changed_and_counts_from_the_next_request(
    database: Database, actor: Actor
) -> None:
    token, me = await session_of(database, actor)
    await sessions.state(database, me, purpose="complaint-handling", zero_retention=True)
    now = await identity.resolve(database, token, ("session",))
    assert (now.purpose, now.zero_retention) == ("complaint-handling", True)


async def test_a_purpose_that_is_not_there_or_out_of_use_cannot_be_stated(
    database: Database, actor: Actor
) -> None:
    _, me = await session_of(database, actor)
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE purposes SET active = false WHERE code = 'claims-handling'")
    for purpose in ("claims-handling", "curiosity", ""):
        with pytest.raises(InvalidInput, match="general"):
            await sessions.state(database, me, purpose=purpose)


async def test_a_keys_purpose_stays_what_it_was_made_with(database: Database, actor: Actor) -> None:
    token = await identity.issue(database, actor.tenant_id, actor.id, "key")
    key = await identity.resolve(database, token, ("key",))
    with pytest.raises(Forbidden, match="key"):
        await sessions.state(database, key, purpose="complaint-handling")

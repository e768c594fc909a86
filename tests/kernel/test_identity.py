from __future__ import annotations

import pytest

from lionrock.errors import Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.database import Database
from lionrock.kernel.secrets import new_token


async def test_a_link_opens_one_session_and_dies(database: Database, actor: Actor) -> None:
    link = await identity.issue(database, actor.tenant_id, actor.id, "link")
    session = await identity.redeem(database, link)
    resolved = await identity.resolve(database, session, ("session",))
    assert (resolved.tenant_id, resolved.id) == (actor.tenant_id, actor.id)
    with pytest.raises(Unauthenticated, match="used or has expired"):
        await identity.redeem(database, link)


async def test_a_link_is_not_a_session_and_a_session_not_a_key(
    database: Database, actor: Actor
) -> None:
    link = await identity.issue(database, actor.tenant_id, actor.id, "link")
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, link, ("session", "key"))
    session = await identity.redeem(database, link)
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, session, ("key",))


async def test_a_key_acts_as_a_service(database: Database, actor: Actor) -> None:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    assert (await identity.resolve(database, key, ("key",))).kind is ActorKind.SERVICE
    await identity.retire(database, actor.tenant_id, key)
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, key, ("key",))


async def test_a_suspended_members_session_ends_at_once(database: Database, actor: Actor) -> None:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE members SET suspended_at = now()")
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, key, ("key",))


async def test_an_expired_session_is_refused(database: Database, actor: Actor) -> None:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE credentials SET expires_at = now() - interval '1 second'")
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, key, ("key",))


async def test_a_token_that_names_another_tenant_is_refused(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    forged = stranger.tenant_id.hex + "." + key.partition(".")[2]
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, forged, ("key",))


@pytest.mark.parametrize(
    "token", ["", "x", ".", "not-hex." + "a" * 43, "0" * 32 + ".short", "a" * 900]
)
async def test_a_malformed_token_is_refused(database: Database, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await identity.resolve(database, token, ("key",))


async def test_only_hashes_of_credentials_are_kept(database: Database, actor: Actor) -> None:
    token = await identity.issue(database, actor.tenant_id, actor.id, "key")
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT row_to_json(c)::text AS row FROM credentials c")
    assert rows
    assert not any(token.partition(".")[2] in r["row"] for r in rows)


async def test_the_first_tenant_is_made_once(database: Database) -> None:
    first = await identity.ensure_first_tenant(database)
    assert await identity.ensure_first_tenant(database) == first


def test_tokens_differ(actor: Actor) -> None:
    assert len({new_token(actor.tenant_id) for _ in range(100)}) == 100

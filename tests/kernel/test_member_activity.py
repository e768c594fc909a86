from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Forbidden
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.member_activity import activity


async def test_what_is_live_is_counted_and_what_ended_is_not(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    tenant = actor.tenant_id
    tokens = [await identity.issue(database, tenant, actor.id, "session") for _ in range(2)]
    for kind in ("key", "link"):
        await identity.issue(database, tenant, actor.id, kind)  # type: ignore[arg-type]
    await identity.retire(database, tenant, tokens[0])
    await identity.issue(database, stranger.tenant_id, stranger.id, "session")
    async with database.tenant_session(actor) as db:
        await db.execute(
            "INSERT INTO runs (tenant_id, id, capability, risk, rule, member_id, purpose, state,"
            " request, key_period) VALUES ($1, $2, 'assist.ask', 'limited', '', $3, '', 'running',"
            " '', '2026-11')",
            *(tenant, uuid4(), actor.id),
        )
    found = (await activity(database, actor, [actor.id, stranger.id]))[actor.id]
    assert (found.sessions, found.keys, found.runs) == (1, 1, 1) and found.seen_at
    assert stranger.id not in await activity(database, actor, [actor.id, stranger.id])


async def test_a_session_that_was_not_used_for_an_hour_is_not_live(
    database: Database, actor: Actor
) -> None:
    await identity.issue(database, actor.tenant_id, actor.id, "session")
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE credentials SET seen_at = now() - interval '61 minutes' WHERE tenant_id = $1",
            actor.tenant_id,
        )
    assert (await activity(database, actor, [actor.id]))[actor.id].sessions == 0


async def test_who_may_not_see_members_is_refused(database: Database, actor: Actor) -> None:
    analyst = replace(actor, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden, match="members:member:read"):
        await activity(database, analyst, [actor.id])

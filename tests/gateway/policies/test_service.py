"""Showing and changing the policy: who may, what is on record, and of two changes at once one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.cache import Policies
from lionrock.gateway.policies.service import Decided, PolicyService
from lionrock.kernel import tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database

STRICT = Decided(guards={Kind.HKID: Action.REFUSE}, retention=Retention.NONE)


@pytest.fixture
def told() -> list[UUID]:
    """Tenants whose policy the service said was changed."""
    return []


@pytest.fixture
def service(database: Database, told: list[UUID]) -> PolicyService:
    return PolicyService(database, told.append)


async def events(database: Database, actor: Actor, kind: str) -> list[dict[str, object]]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT p.payload FROM events e JOIN event_payloads p"
            " ON p.tenant_id = e.tenant_id AND p.event_id = e.id WHERE e.event = $1 ORDER BY e.id",
            kind,
        )
    return [json.loads(r["payload"])["details"] for r in rows]


async def test_at_first_all_is_masked_and_nobody_has_changed_it(
    service: PolicyService, actor: Actor
) -> None:
    standing = await service.get(actor)
    assert standing.policy.guards == dict.fromkeys(Kind, Action.MASK)
    assert standing.policy.retention is Retention.METADATA
    assert (standing.version, standing.share, standing.changed_by) == (0, 1, None)


async def test_a_change_is_in_force_and_on_record_in_words(
    service: PolicyService, database: Database, actor: Actor, told: list[UUID]
) -> None:
    made = await service.change(actor, STRICT, 0)
    assert made == await service.get(actor) and told == [actor.tenant_id]
    assert made.policy.guards[Kind.HKID] is Action.REFUSE
    assert made.policy.guards[Kind.NAME] is Action.MASK
    assert (made.version, made.changed_by) == (1, actor.id) and made.changed_at
    await service.change(actor, Decided(guards=dict.fromkeys(Kind, Action.OFF)), 1)
    first, second = await events(database, actor, "gateway:policy:change")
    assert first == {"version": 1, "hkid": "mask to refuse", "retention": "metadata to none"}
    assert second["hkid"] == "refuse to off" and second["retention"] == "none to metadata"
    assert len(second) == len(Kind) + 2 and second["version"] == 2


async def test_what_changes_nothing_is_no_change(
    service: PolicyService, database: Database, actor: Actor, told: list[UUID]
) -> None:
    assert (await service.change(actor, Decided(guards={Kind.HKID: Action.MASK}), 0)).version == 0
    assert not told and not await events(database, actor, "gateway:policy:change")


@pytest.mark.parametrize("made", [0, 1])
async def test_of_two_changes_made_from_the_same_version_one_counts(
    service: PolicyService, database: Database, actor: Actor, made: int
) -> None:
    for seen in range(made):
        await service.change(actor, Decided(retention=Retention.STANDARD), seen)
    wanted = [Decided(guards={kind: Action.OFF}, retention=Retention.NONE) for kind in Kind]
    answers = await asyncio.gather(
        *(service.change(actor, one, made) for one in wanted), return_exceptions=True
    )
    refused = [a for a in answers if isinstance(a, Conflict)]
    assert len(refused) == len(wanted) - 1
    assert (await service.get(actor)).version == made + 1
    assert len(await events(database, actor, "gateway:policy:change")) == made + 1
    with pytest.raises(Conflict, match="meanwhile"):
        await service.change(actor, STRICT, made)


async def test_another_tenant_is_untouched(
    service: PolicyService, database: Database, actor: Actor, stranger: Actor
) -> None:
    await service.change(actor, STRICT, 0)
    assert (await service.get(stranger)).version == 0
    assert (await Policies(database).of(stranger.tenant_id)).retention is Retention.METADATA
    async with database.tenant_session(stranger) as db:
        told = await db.execute("UPDATE gateway_policies SET retention = 'standard'")
        assert told == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(
                "INSERT INTO gateway_policies (tenant_id, version, guards, retention, changed_by)"
                " VALUES ($1, 9, '{}', 'standard', $1)",
                actor.tenant_id,
            )


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_see_it_and_who_may_change_it(
    service: PolicyService, actor: Actor, role: Role
) -> None:
    who = replace(actor, roles=frozenset({role}))
    manages = role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)
    if manages or role in (Role.AUDITOR, Role.MODEL_OWNER):
        assert (await service.get(who)).version == 0
    else:
        with pytest.raises(Forbidden):
            await service.get(who)
    if manages:
        assert (await service.change(who, STRICT, 0)).version == 1
    else:
        with pytest.raises(Forbidden):
            await service.change(who, STRICT, 0)


async def operator_of(database: Database) -> Actor:
    platform, member = await tenants.ensure_platform(database)
    roles = frozenset({Role.PLATFORM_OPERATOR})
    return Actor(platform, member, ActorKind.MEMBER, roles, "operations")


async def test_the_share_is_the_operators_to_set(
    service: PolicyService, database: Database, actor: Actor, stranger: Actor
) -> None:
    operator = await operator_of(database)
    await tenants.set_share(database, operator, actor.tenant_id, 2.5)
    assert (await service.get(actor)).share == 2.5
    assert (await Policies(database).of(actor.tenant_id)).share == 2.5
    assert (await Policies(database).of(stranger.tenant_id)).share == 1
    *_, last = await events(database, operator, "tenant:share:change")
    assert last == {"from": "1", "to": "2.5"}
    shares = {t.id: t.share for t in await tenants.listing(database, operator)}
    assert (shares[actor.tenant_id], shares[stranger.tenant_id]) == (2.5, 1)
    with pytest.raises(Forbidden):
        await tenants.set_share(database, actor, actor.tenant_id, 99)


@pytest.mark.parametrize("share", [0, -1, 0.009, 101, float("nan"), float("inf")])
async def test_a_share_that_is_none_is_refused(
    database: Database, actor: Actor, share: float
) -> None:
    with pytest.raises(InvalidInput, match=r"0\.01 to 100"):
        await tenants.set_share(database, await operator_of(database), actor.tenant_id, share)


async def test_nobody_has_a_share_who_is_not_there_and_the_platform_has_none(
    database: Database, actor: Actor
) -> None:
    operator = await operator_of(database)
    for id in (actor.id, operator.tenant_id):
        with pytest.raises(NotFound):
            await tenants.set_share(database, operator, id, 2)

"""The policy at the door: what an engine outside gets to see, what is on record, who waits how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lionrock.errors import PolicyUnavailable
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.service import Decided, PolicyService
from lionrock.gateway.pool import Trust, Upstream
from lionrock.kernel.actors import NOBODY, Actor
from lionrock.kernel.database import Database
from tests.gateway.door_making import Office, engine, office_of
from tests.gateway.fakes.server import FakeEngine

HKID = "Repeat exactly: HKID A123456(3) and ada@example.com please"


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> AsyncIterator[Office]:
    outside = engine(fake.url, trust=Trust.OUTSIDE)
    async with office_of(database, actor, tmp_path, outside) as found:
        yield found


async def decide(office: Office, actor: Actor, wanted: Decided) -> None:
    service = PolicyService(office.house.database, office.house.gateway.forget)
    await service.change(actor, wanted, (await service.get(actor)).version)


async def posted(office: Office, key: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    body = {"model": "small", "messages": [{"role": "user", "content": HKID}], "temperature": 0}
    sent = {"Authorization": f"Bearer {key or office.key}", **headers}
    async with (
        aiohttp.ClientSession(office.url) as session,
        session.post("/v1/chat/completions", json=body, headers=sent) as reply,
    ):
        return reply.status, await reply.json() | {"headers": dict(reply.headers)}


async def test_an_engine_outside_gets_what_the_policy_lets_it_see(
    office: Office, fake: FakeEngine, actor: Actor
) -> None:
    for wanted, seen, unseen in (
        (None, ("[HKID-1]", "[EMAIL-1]"), ("A123456", "ada@")),
        ({Kind.EMAIL: Action.OFF}, ("[HKID-1]", "ada@example.com"), ("A123456", "[EMAIL")),
        (dict.fromkeys(Kind, Action.OFF), ("A123456(3)", "ada@example.com"), ("[HKID",)),
    ):
        if wanted is not None:
            await decide(office, actor, Decided(guards=wanted))
        fake.bodies.clear()
        status, told = await posted(office)
        assert status == 200 and "A123456(3)" in told["choices"][0]["message"]["content"]
        assert all(word in str(fake.bodies) for word in seen)
        assert not any(word in str(fake.bodies) for word in unseen)
    await decide(office, actor, Decided(guards={Kind.HKID: Action.REFUSE}))
    fake.bodies.clear()
    status, told = await posted(office)
    assert status == 403 and told["error"]["code"] == "personal-data-refused"
    assert not fake.bodies and "A123456" not in str(told)


async def test_an_engine_inside_gets_it_as_it_is(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    async with office_of(database, actor, tmp_path, engine(fake.url)) as office:
        await decide(office, actor, Decided(guards={Kind.HKID: Action.REFUSE}))
        assert (await posted(office))[0] == 200 and "A123456(3)" in str(fake.bodies)


async def test_one_tenants_policy_is_not_anothers(
    office: Office, fake: FakeEngine, actor: Actor, stranger: Actor
) -> None:
    await decide(office, actor, Decided(guards={Kind.HKID: Action.REFUSE}))
    assert (await posted(office))[0] == 403
    status, _ = await posted(office, await office.key_of(stranger))
    assert status == 200 and "[HKID-1]" in str(fake.bodies)


@pytest.mark.parametrize(
    ("tenant", "key", "request_", "kept"),
    [
        ("standard", False, None, "standard"),
        ("standard", False, "standard", "standard"),
        ("standard", False, "metadata", "metadata"),
        ("standard", True, "standard", "none"),
        ("metadata", False, "standard", "metadata"),
        ("metadata", False, "none", "none"),
        ("none", False, "standard", "none"),
        ("none", False, None, "none"),
    ],
)
async def test_the_strictest_of_tenant_key_and_request_counts(
    office: Office, actor: Actor, tenant: str, key: bool, request_: str | None, kept: str
) -> None:
    await decide(office, actor, Decided(retention=Retention(tenant)))
    if key:
        async with office.house.database.tenant_session(actor) as db:
            await db.execute("UPDATE credentials SET zero_retention = true")
    headers = {"x-lionrock-retention": request_} if request_ else {}
    assert (await posted(office, **headers))[0] == 200
    (row,) = await office.rows(1)
    assert row["retention"] == kept
    assert row["member_id"] == (NOBODY if kept == "none" else actor.id)
    assert (row["key_id"] is None) == (kept == "none")


async def test_without_a_policy_that_can_be_read_nothing_is_sent(
    office: Office, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies: Any = office.calls._policies

    async def fails(tenant: object) -> None:
        raise OSError("no database")

    monkeypatch.setattr(policies, "_read", fails)
    status, told = await posted(office)
    assert status == 503 and told["error"]["code"] == PolicyUnavailable.code()
    assert told["headers"]["Retry-After"] == "5"
    assert not fake.bodies and not await office.rows()


async def test_the_share_goes_with_the_call_to_the_line(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, shares = office.calls.pool, list[float]()
    lease = pool.lease

    def leased(*given: Any, **more: Any) -> AbstractAsyncContextManager[Upstream]:
        shares.append(more["share"])
        return lease(*given, **more)

    monkeypatch.setattr(pool, "lease", leased)
    await posted(office)
    async with office.house.database.directory_session() as db:
        await db.execute(
            "UPDATE tenant_directory SET share = 3 WHERE tenant_id = $1", actor.tenant_id
        )
    office.house.gateway.forget(actor.tenant_id)
    await posted(office)
    assert shares == [1, 3]

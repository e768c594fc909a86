"""Access at the HTTP door: members, keys, purposes; suspension while something streams; restricted content."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import collections, identity, tenants
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.collections import NewCollection
from lionrock.kernel.database import Database
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.building import chunks, house_of, settled, taught
from tests.fakes import ScriptedEngine
from tests.kernel.joining import events, joined, new_email
from tests.serving import served

POLICY = "# Record keeping\n\nThe bank keeps due diligence records for at least seven years.\n"
QUESTION = {"question": "How long are due diligence records kept?"}
STREAM = {"Accept": "text/event-stream"}


class SlowEngine(ScriptedEngine):
    """Says a word and then nothing for ever."""

    async def chat(self, request: ChatRequest) -> AsyncIterator[Delta | Finished]:
        yield Delta("The")
        await asyncio.Event().wait()


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, engine=SlowEngine("")) as opened:
        yield opened


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(create_app(house)) as address:
        yield address


async def client_of(house: House, url: str, actor: Actor) -> ClientSession:
    key = await identity.issue(house.database, actor.tenant_id, actor.id, "key")
    return ClientSession(url, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
async def client(house: House, url: str, actor: Actor) -> AsyncIterator[ClientSession]:
    async with await client_of(house, url, actor) as session:
        yield session


async def call(client: ClientSession, method: str, path: str, status: int, body: Any = None) -> Any:
    async with client.request(method, path, json=body) as response:
        assert response.status == status, await response.text()
        return await response.json() if status != 204 else None


# -- What goes on while access ends ----------------------------------------------------------------


async def test_a_stream_and_its_run_end_when_the_member_is_suspended(
    house: House, url: str, client: ClientSession, actor: Actor
) -> None:
    await taught(house, actor, "policy.md", POLICY)
    analyst = await joined(house.database, house.people, actor)
    async with (
        await client_of(house, url, analyst) as theirs,
        theirs.post("/v1/ask", json=QUESTION, headers=STREAM) as streaming,
    ):
        run_id = streaming.headers["Lionrock-Run"]
        assert (await streaming.content.readline()).startswith(b"event: ")
        await call(client, "POST", f"/v1/members/{analyst.id}/suspend", 204)
        rest = (await asyncio.wait_for(streaming.content.read(), 30)).decode()
        assert "event: error" in rest and "event: result" not in rest
        async with theirs.get("/v1/status") as response:
            assert response.status == 401
    async with house.database.tenant_session(actor) as db:
        for _ in range(200):
            state = await db.fetchval("SELECT state FROM runs WHERE id = $1::text::uuid", run_id)
            if state != "running":
                break
            await asyncio.sleep(0.05)
    assert state == "cancelled"


async def test_a_stream_ends_when_its_key_is_ended(
    house: House, url: str, client: ClientSession, actor: Actor
) -> None:
    await taught(house, actor, "policy.md", POLICY)
    scopes = ["assist:ask:run", "search:passage:read", "gateway:model:call"]
    made = await call(client, "POST", "/v1/keys", 201, {"name": "script", "scopes": scopes})
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with (
        ClientSession(url, headers=headers) as script,
        script.post("/v1/ask", json=QUESTION, headers=STREAM) as streaming,
    ):
        assert (await streaming.content.readline()).startswith(b"event: ")
        await call(client, "DELETE", f"/v1/keys/{made['id']}", 204)
        rest = (await asyncio.wait_for(streaming.content.read(), 30)).decode()
        assert "event: error" in rest and "event: result" not in rest


async def test_what_a_suspended_member_added_stays_the_tenants_and_is_read(
    house: House, actor: Actor
) -> None:
    analyst = await joined(house.database, house.people, actor)
    added = await house.documents.add(analyst, "policy.md", chunks(POLICY.encode()))
    await house.people.members.suspend(actor, analyst.id)
    house.ingest.wake()
    assert (await settled(house, actor, added)).state == "ready"


async def test_a_suspended_tenants_documents_wait(house: House, actor: Actor) -> None:
    from lionrock.kernel.actors import ActorKind

    platform, member = await tenants.ensure_platform(house.database)
    operator = Actor(platform, member, ActorKind.MEMBER, frozenset({Role.PLATFORM_OPERATOR}))
    await tenants.suspend(house.database, operator, actor.tenant_id)
    added = await house.documents.add(actor, "policy.md", chunks(POLICY.encode()))
    house.ingest.wake()
    await asyncio.sleep(0.3)
    assert (await house.documents.get(actor, added.document_id)).state == "queued"
    await tenants.restore(house.database, operator, actor.tenant_id)
    house.ingest.wake()
    assert (await settled(house, actor, added)).state == "ready"


# -- Restricted content ----------------------------------------------------------------------------


async def test_a_document_of_a_closed_collection_is_as_absent_as_one_that_never_was(
    house: House, client: ClientSession, actor: Actor
) -> None:
    reviewer = await joined(house.database, house.people, actor, Role.REVIEWER)
    wanted = NewCollection(name="suspicions", restricted=True, access_roles=[Role.REVIEWER])
    await collections.create(house.database, actor, wanted)
    added = await house.documents.add(
        reviewer, "report.md", chunks(POLICY.encode()), collection="suspicions"
    )
    await settled(house, reviewer, added)
    never = "00000000-0000-4000-8000-000000000000"
    for method, path in (
        ("GET", ""), ("GET", "/pages/1"), ("GET", "/pages/1/image"), ("DELETE", ""),
    ):  # fmt: skip
        bodies = []
        for document in (added.document_id, never):
            async with client.request(method, f"/v1/documents/{document}{path}") as response:
                bodies.append((response.status, await response.text()))
        assert bodies[0] == bodies[1] and bodies[0][0] == 404, path
    assert (await call(client, "GET", "/v1/documents", 200))["documents"] == []
    assert (await call(client, "GET", "/v1/search?q=records", 200))["hits"] == []
    async with client.post("/v1/ask", json=QUESTION | {"quotes_only": True}) as response:
        answer = await response.json()
    assert answer["refused"] and answer["nearest"] == []
    assert [d.name for d in await house.documents.list(reviewer)] == ["report.md"]
    assert len(await house.search.passages(reviewer, "due diligence records")) == 1


async def test_documents_are_found_for_the_purpose_their_collection_allows(
    house: House, actor: Actor
) -> None:
    from dataclasses import replace

    wanted = NewCollection(name="cdd", purposes=["customer-due-diligence"])
    await collections.create(house.database, actor, wanted)
    stated = replace(actor, purpose="customer-due-diligence")
    added = await house.documents.add(stated, "a.md", chunks(POLICY.encode()), collection="cdd")
    await settled(house, stated, added)
    assert await house.documents.list(actor) == []
    assert await house.search.passages(actor, "due diligence records") == []
    assert len(await house.search.passages(stated, "due diligence records")) == 1


# -- Nothing kept ----------------------------------------------------------------------------------


async def test_a_zero_retention_key_leaves_no_trace_of_question_and_answer(
    house: House, url: str, client: ClientSession, actor: Actor, tmp_path: Path
) -> None:
    await taught(house, actor, "policy.md", POLICY)
    wanted = {
        "name": "script", "scopes": ["assist:ask:run", "search:passage:read", "kernel:run:read"],
        "zero_retention": True,
    }  # fmt: skip
    made = await call(client, "POST", "/v1/keys", 201, wanted)
    canary = "How long does the bank keep due diligence records of the canary Kwun Tong canary-84715520417?"
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with ClientSession(url, headers=headers) as script:
        body = {"question": canary, "quotes_only": True}
        async with script.post("/v1/ask", json=body) as response:
            answer = await response.json()
            run_id = response.headers["Lionrock-Run"]
        assert response.status == 200 and answer["question"] == canary
        kept = await call(script, "GET", f"/v1/runs/{run_id}", 200)
    assert (kept["state"], kept["request"], kept["result"]) == ("finished", {}, None)
    async with house.database.tenant_session(actor) as db:
        row = await db.fetchrow("SELECT result, error FROM runs WHERE id = $1::text::uuid", run_id)
    assert tuple(row) == (None, None)
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert not any(b"canary-84715520417" in data for data in files)


# -- The routes ------------------------------------------------------------------------------------


async def test_members_are_invited_and_managed(
    house: House, client: ClientSession, actor: Actor
) -> None:
    email = new_email()
    body = {"email": email, "roles": ["analyst"]}
    made = await call(client, "POST", "/v1/members", 201, body)
    assert made["invitation"].startswith(f"/invitation#{actor.tenant_id.hex}.")
    path = f"/v1/members/{made['member_id']}"
    again = await call(client, "POST", f"{path}/invitations", 201, {})
    assert again["invitation"] != made["invitation"]
    await call(client, "PUT", f"{path}/roles", 204, {"roles": ["reviewer"]})
    await call(client, "PUT", f"{path}/person", 204, {"same_person_as": str(actor.id)})
    await call(client, "POST", f"{path}/suspend", 403)
    other = await call(
        client, "POST", "/v1/members", 201, {"email": new_email(), "roles": ["auditor"]}
    )
    path = f"/v1/members/{other['member_id']}"
    await call(client, "POST", f"{path}/suspend", 204)
    await call(client, "POST", f"{path}/restore", 204)
    await call(client, "DELETE", path, 204)
    await call(client, "POST", f"{path}/restore", 404)
    machine = await call(client, "POST", "/v1/members/services", 201, {"name": "nightly"})
    listed = (await call(client, "GET", "/v1/members", 200))["members"]
    states = {m["id"]: (m["state"], m["roles"]) for m in listed}
    assert states[made["member_id"]] == ("invited", ["reviewer"])
    assert states[other["member_id"]][0] == "removed"
    assert states[machine["member_id"]] == ("active", ["service"])


@pytest.mark.parametrize(
    "more",
    [{"tenant_id": "00000000-0000-4000-8000-000000000000"}, {"state": "active"},
     {"roles": ["platform-operator"]}, {"roles": ["owner"]}, {"id": "x"}],
)  # fmt: skip
async def test_nothing_is_assigned_that_is_not_asked_for(
    client: ClientSession, more: dict[str, Any]
) -> None:
    body = {"email": new_email(), "roles": ["analyst"], **more}
    await call(client, "POST", "/v1/members", 422, body)


async def test_purposes_collections_and_shares_over_http(
    house: House, client: ClientSession, actor: Actor
) -> None:
    land = {"code": "land-search", "title_en": "Land search", "title_zh": "查冊"}
    await call(client, "POST", "/v1/purposes", 201, land)
    await call(client, "PUT", "/v1/purposes/land-search", 204, land | {"active": False})
    await call(client, "PUT", "/v1/purposes/other", 422, land)
    codes = {
        p["code"]: p["active"] for p in (await call(client, "GET", "/v1/purposes", 200))["purposes"]
    }
    assert codes["land-search"] is False
    kept = (await call(client, "GET", "/v1/retention-classes", 200))["retention_classes"]
    assert {c["code"] for c in kept} >= {"standard", "aml-due-diligence"}
    staff = {"code": "staff", "title_en": "Staff", "title_zh": "員工"}
    await call(client, "POST", "/v1/retention-classes", 201, staff)
    await call(client, "PUT", "/v1/retention-classes/staff", 204, staff | {"active": False})
    made = await call(client, "POST", "/v1/collections", 201, {"name": "claims"})
    settings = {"purposes": ["claims-handling"], "retention_class": "standard"}
    await call(client, "PUT", f"/v1/collections/{made['id']}", 204, settings)
    listed = (await call(client, "GET", "/v1/collections", 200))["collections"]
    assert {c["name"]: c["readable"] for c in listed} == {"claims": False, "library": True}
    share = {
        "kind": "collection",
        "subject_id": made["id"],
        "member_id": str(actor.id),
        "reason": "x",
    }
    await call(client, "POST", "/v1/shares", 404, share)  # who may not read it cannot share it
    (library,) = [c["id"] for c in listed if c["name"] == "library"]
    await call(client, "POST", "/v1/shares", 422, share | {"subject_id": library})
    written = await events(house.database, actor)
    assert {"purpose:purpose:create", "collection:collection:change"} <= set(written)


async def test_one_tenants_administrator_is_no_operator(client: ClientSession) -> None:
    await call(client, "GET", "/v1/tenants", 403)
    body = {"name": "Mine", "email": new_email()}
    await call(client, "POST", "/v1/tenants", 403, body)


async def test_an_operator_makes_tenants_and_sees_no_content(
    house: House, url: str, actor: Actor
) -> None:
    platform, member = await tenants.ensure_platform(house.database)
    key = await identity.issue(house.database, platform, member, "key")
    async with ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as operator:
        body = {"name": f"Bank {new_email()[:8]}", "email": new_email()}
        made = await call(operator, "POST", "/v1/tenants", 201, body)
        assert made["invitation"].startswith("/invitation#")
        listed = (await call(operator, "GET", "/v1/tenants", 200))["tenants"]
        assert made["handle"] in {t["handle"] for t in listed}
        assert {"name", "members"}.isdisjoint(listed[0])
        await call(operator, "POST", f"/v1/tenants/{made['id']}/suspend", 204)
        await call(operator, "POST", f"/v1/tenants/{made['id']}/restore", 204)
        for path in ("/v1/documents", "/v1/search?q=x", "/v1/members", "/v1/keys", "/v1/purposes"):
            await call(operator, "GET", path, 403)
        await call(operator, "POST", "/v1/ask", 403, QUESTION)


async def test_own_sessions_are_listed_ended_and_given_a_purpose(
    house: House, url: str, actor: Actor
) -> None:
    tokens = [
        await identity.redeem(
            house.database, await identity.issue(house.database, actor.tenant_id, actor.id, "link")
        )
        for _ in range(2)
    ]
    async with ClientSession(url, cookies={"lionrock_session": tokens[0]}) as here:
        listed = (await call(here, "GET", "/v1/sessions", 200))["sessions"]
        other = next(s["id"] for s in listed if not s["current"])
        await call(here, "DELETE", f"/v1/sessions/{other}", 204)
        await call(here, "DELETE", f"/v1/sessions/{other}", 404)
        await call(here, "PUT", "/v1/sessions/current", 204, {"purpose": "supervision"})
        (now,) = (await call(here, "GET", "/v1/sessions", 200))["sessions"]
        assert now["purpose"] == "supervision"


@pytest.mark.parametrize("where", ["X-API-Key", "Api-Key", "api_key", "access_token"])
async def test_a_key_has_one_place_and_is_refused_in_any_other(
    house: House, url: str, actor: Actor, where: str
) -> None:
    key = await identity.issue(house.database, actor.tenant_id, actor.id, "key")
    good = {"Authorization": f"Bearer {key}"}
    query = where.islower()
    async with ClientSession(url) as session:
        for headers in ({}, good):
            sent = {**headers} if query else {**headers, where: key}
            params = {where: key} if query else {}
            async with session.get("/v1/status", headers=sent, params=params) as response:
                text = await response.text()
            assert response.status == 401 and where.lower() in json.loads(text)["detail"]
            assert key not in text


async def test_a_key_bound_to_an_address_is_refused_from_another(
    url: str, client: ClientSession
) -> None:
    for network, status in (("127.0.0.0/8", 200), ("10.0.0.0/8", 403)):
        wanted = {"name": "bound", "scopes": ["search:passage:read"], "addresses": [network]}
        made = await call(client, "POST", "/v1/keys", 201, wanted)
        headers = {"Authorization": f"Bearer {made['key']}", "X-Forwarded-For": "10.0.0.1"}
        async with ClientSession(url, headers=headers) as bound:
            await call(bound, "GET", "/v1/search?q=x", status)

"""The HTTP door: one error shape, no way in without a credential, nothing of another tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.fakes import ScriptedEngine
from tests.serving import served

POLICY = b"# Record keeping\n\nThe bank keeps due diligence records for at least seven years.\n"


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    engine = ScriptedEngine("The bank keeps due diligence records for at least seven years [1].")
    async with house_of(database, actor, tmp_path, engine=engine) as opened:
        yield opened


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(create_app(house)) as address:
        yield address


@pytest.fixture
async def client(house: House, url: str, actor: Actor) -> AsyncIterator[ClientSession]:
    key = await identity.issue(house.database, actor.tenant_id, actor.id, "key")
    async with ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as session:
        yield session


async def upload(client: ClientSession, data: bytes = POLICY, name: str = "policy.md") -> dict:  # type: ignore[type-arg]
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    async with client.post("/v1/documents", data=form) as response:
        assert response.status == 202, await response.text()
        return await response.json()  # type: ignore[no-any-return]


async def until_ready(client: ClientSession, document_id: str) -> dict:  # type: ignore[type-arg]
    import asyncio

    while True:
        async with client.get(f"/v1/documents/{document_id}") as response:
            document = await response.json()
        if document["state"] in ("ready", "failed"):
            return document  # type: ignore[no-any-return]
        await asyncio.sleep(0.05)


async def test_a_document_goes_in_and_an_answer_comes_out(client: ClientSession) -> None:
    added = await upload(client)
    document = await until_ready(client, added["document_id"])
    assert document["state"] == "ready", document["error"]
    async with client.post("/v1/ask", json={"question": "How long are records kept?"}) as response:
        answer = await response.json()
        assert response.status == 200
    assert answer["citations"][0]["document"] == "policy.md"
    async with client.get(f"/v1/runs/{response.headers['Lionrock-Run']}") as response:
        assert (await response.json())["result"]["answer"] == answer["answer"]
    image = f"/v1/documents/{added['document_id']}/pages/1/image"
    async with client.get(image) as response:
        assert (await response.read()).startswith(b"\x89PNG")


async def test_an_answer_streams_evidence_first_and_the_result_last(client: ClientSession) -> None:
    await until_ready(client, (await upload(client))["document_id"])
    body = {"question": "How long are records kept?"}
    async with client.post("/v1/ask", json=body, headers={"Accept": "text/event-stream"}) as r:
        text = await r.text()
    events = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    assert events[0] == "evidence"
    assert events[-1] == "result"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/documents"), ("POST", "/v1/ask"), ("GET", "/v1/search?q=x"),
        ("GET", "/v1/status"), ("POST", "/v1/sign-in-links"),
    ],
)  # fmt: skip
async def test_nothing_but_health_answers_without_a_credential(
    url: str, method: str, path: str
) -> None:
    async with ClientSession() as session, session.request(method, url + path, json={}) as response:
        assert response.status == 401
        assert response.content_type == "application/problem+json"


async def test_health_needs_no_credential(url: str) -> None:
    async with ClientSession() as session, session.get(url + "/v1/health") as response:
        assert (await response.json())["status"] == "ok"


async def test_another_tenants_document_is_as_absent_as_one_that_never_was(
    client: ClientSession, url: str, house: House, stranger: Actor
) -> None:
    added = await upload(client)
    key = await identity.issue(house.database, stranger.tenant_id, stranger.id, "key")
    headers = {"Authorization": f"Bearer {key}"}
    never = "00000000-0000-4000-8000-000000000000"
    async with ClientSession(url, headers=headers) as other:
        for path in ("", "/pages/1", "/pages/1/image"):
            bodies = []
            for document in (added["document_id"], never):
                async with other.get(f"/v1/documents/{document}{path}") as response:
                    bodies.append((response.status, await response.text()))
            assert bodies[0] == bodies[1]
            assert bodies[0][0] == 404
        async with other.delete(f"/v1/documents/{added['document_id']}") as response:
            assert response.status == 404
        async with other.get("/v1/documents") as response:
            assert (await response.json())["documents"] == []


async def test_errors_are_problem_details_that_name_the_field(client: ClientSession) -> None:
    async with client.post("/v1/ask", json={"question": "", "more": 1}) as response:
        problem = await response.json()
    assert response.status == 422
    assert problem["type"] == "urn:lionrock:invalid-input"
    assert "question" in problem["detail"]
    assert "more" in problem["detail"]


async def test_a_foreign_host_header_is_refused(client: ClientSession) -> None:
    async with client.get("/v1/health", headers={"Host": "evil.example"}) as response:
        assert response.status == 400


async def test_a_cookie_from_another_site_changes_nothing(
    url: str, house: House, actor: Actor
) -> None:
    link = await identity.issue(house.database, actor.tenant_id, actor.id, "link")
    session_token = await identity.redeem(house.database, link)
    cookies = {"lionrock_session": session_token}
    async with ClientSession(url, cookies=cookies) as session:
        async with session.post(
            "/v1/sign-in-links", json={}, headers={"Origin": "https://evil.example"}
        ) as response:
            assert response.status == 403
        async with session.post("/v1/sign-in-links", json={}, headers={"Origin": url}) as response:
            assert response.status == 201


async def test_every_response_carries_the_security_headers(client: ClientSession) -> None:
    async with client.get("/v1/documents") as response:
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


async def test_the_openapi_document_names_every_route_and_is_true(client: ClientSession) -> None:
    async with client.get("/v1/openapi.json") as response:
        document = await response.json()
    assert "/v1/ask" in document["paths"]
    schema = document["paths"]["/v1/ask"]["post"]["requestBody"]["content"]["application/json"]
    assert schema["schema"]["$ref"].endswith("AskRequest")
    answer = document["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]
    assert answer["application/json"]["schema"]["$ref"].endswith("Answer")


async def test_a_removed_document_is_gone_everywhere(client: ClientSession) -> None:
    added = await upload(client)
    await until_ready(client, added["document_id"])
    async with client.delete(f"/v1/documents/{added['document_id']}") as response:
        assert response.status == 204
    async with client.get("/v1/search", params={"q": "records"}) as response:
        assert (await response.json())["hits"] == []
    async with client.get(f"/v1/documents/{added['document_id']}") as response:
        assert response.status == 404


async def test_the_same_bytes_twice_are_one_version(client: ClientSession) -> None:
    first, second = await upload(client), await upload(client, name="copy.md")
    assert second["duplicate"]
    assert first["version_id"] == second["version_id"]


async def test_an_empty_file_is_refused(client: ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"", filename="empty.txt")
    async with client.post("/v1/documents", data=form) as response:
        assert response.status == 422
        assert "empty" in (await response.json())["detail"]

"""The SDK's own client, unchanged, over Streamable HTTP, in both ages of the protocol."""

from __future__ import annotations

from uuid import UUID

import anyio
import httpx2
import pytest
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from lionrock.api.mcp.calling import ERROR, RUN
from lionrock.app import House
from lionrock.assist.schemas import Answer, AskRequest
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Capability, capabilities
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission as P
from tests.api.mcp.conftest import QUESTION, SCOPES, Keys, Trial, client_of, ended
from tests.building import taught
from tests.conftest import new_tenant

AGES = ("legacy", "auto")
"""With a handshake (to 2025-11-25), and without (from 2026-07-28)."""
both_ages = pytest.mark.parametrize("mode", AGES)


def text(told: CallToolResult) -> str:
    (content,) = told.content
    assert isinstance(content, TextContent)
    return content.text


@both_ages
async def test_a_question_is_answered_with_its_citations_and_kept_as_a_run(
    url: str, key: str, house: House, actor: Actor, mode: str
) -> None:
    async with client_of(url, key, mode) as client:
        assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
        told = await client.call_tool("ask", {"question": QUESTION})
    assert not told.is_error
    answer = Answer.model_validate(told.structured_content)
    assert answer.citations[0].document == "records.md" and "seven years" in answer.answer
    assert text(told) == answer.plain()
    run = await house.runs.load(actor, UUID((told.meta or {})[RUN]))
    assert (run["capability"], run["state"]) == ("assist.ask", "finished")
    assert run["result"] == told.structured_content
    async with house.database.tenant_session(actor) as db:
        kinds = await db.fetch("SELECT event FROM events WHERE event LIKE 'run:%' ORDER BY event")
        used = await db.fetchval("SELECT count(*) FROM usage WHERE run_id = $1", run["id"])
    assert [row["event"] for row in kinds] == ["run:run:finish", "run:run:start"]
    assert used >= 1


async def test_the_bare_session_of_the_sdk_works_as_well(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        streamable_http_client(url, http_client=http) as (read, write, *_),
        ClientSession(read, write) as session,
    ):
        told = await session.initialize()
        assert told.server_info.name == "lionrock" and "documents" in (told.instructions or "")
        assert "search" in {tool.name for tool in (await session.list_tools()).tools}


@both_ages
async def test_every_capability_is_a_tool_as_it_was_declared(
    url: str, house: House, actor: Actor, trial: Capability, mode: str
) -> None:
    """The one that was declared a moment ago too."""
    everything = await identity.issue(house.database, actor.tenant_id, actor.id, "key")
    async with client_of(url, everything, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    for declared in capabilities():
        tool = tools[declared.name]
        assert (tool.description or "").startswith(declared.summary)
        assert tool.input_schema["properties"].keys() == declared.request.model_fields.keys()
        assert tool.output_schema is not None
        assert tool.output_schema["properties"].keys() == declared.result.model_fields.keys()
        assert tool.annotations is not None and tool.annotations.destructive_hint is False
        assert tool.annotations.read_only_hint is False and not tool.annotations.open_world_hint
    assert "It takes steps" in (tools[trial.name].description or "")
    looks = tools["search"].annotations
    assert looks is not None and looks.read_only_hint


@both_ages
async def test_a_key_sees_and_calls_only_what_is_in_its_scopes(
    url: str, key_for: Keys, house: House, actor: Actor, mode: str
) -> None:
    async with client_of(url, await key_for(P.SEARCH_PASSAGE_READ), mode) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search"]
        told = []
        for name in ("ask", "never-there"):
            with pytest.raises(MCPError) as refused:
                await client.call_tool(name, {"question": QUESTION})
            told.append((refused.value.code, refused.value.message))
        assert told[0] == told[1]
    assert await house.runs.list(actor, limit=1) == []


@both_ages
async def test_what_is_refused_within_a_run_is_told_in_its_own_words(
    url: str, key_for: Keys, mode: str
) -> None:
    asks = [scope for scope in SCOPES if scope is not P.GATEWAY_MODEL_CALL]
    async with client_of(url, await key_for(*asks), mode) as client:
        told = await client.call_tool("ask", {"question": QUESTION})
    assert told.is_error and "gateway:model:call" in text(told) and "outside-scope" in text(told)
    assert (told.meta or {})[ERROR] == "forbidden" and told.structured_content is None


@both_ages
async def test_documents_are_listed_searched_and_read_page_by_page(
    url: str, key: str, mode: str
) -> None:
    async with client_of(url, key, mode) as client:
        listed = (await client.call_tool("documents", {"name": "record"})).structured_content
        assert listed["total"] == 1
        (document,) = listed["documents"]
        query = {"query": "payment logs", "documents": [document["id"]]}
        found = await client.call_tool("search", query)
        passage = found.structured_content["passages"][0]
        assert passage["document"] == "records.md" and "Payment logs" in text(found)
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "lionrock://documents/{document_id}/pages/{number}"
        (page,) = (await client.read_resource(passage["uri"])).contents
    assert isinstance(page, TextResourceContents) and "kept for two years" in page.text


@both_ages
async def test_another_tenants_documents_are_as_absent_as_those_that_never_were(
    url: str, key: str, house: House, database: Database, mode: str
) -> None:
    theirs = await taught(house, await new_tenant(database), "theirs.md", "Payment logs of others.")
    async with client_of(url, key, mode) as client:
        told = []
        for one in (theirs.id, UUID(int=theirs.id.int ^ 1)):
            with pytest.raises(MCPError) as refused:
                await client.read_resource(f"lionrock://documents/{one}/pages/1")
            found = await client.call_tool("search", {"query": "logs", "documents": [str(one)]})
            told.append((refused.value.message, found.structured_content))
        listed = await client.call_tool("documents", {})
    assert told[0] == told[1] == ("There is no such page here.", {"passages": []})
    assert [d["name"] for d in listed.structured_content["documents"]] == ["records.md"]


@pytest.mark.parametrize(
    "uri",
    ["file:///etc/passwd", "lionrock://documents/../pages/1", "https://evil.example/x",
     "lionrock://documents/00000000-0000-4000-8000-000000000000/pages/0",
     "lionrock://documents/------------------------------------/pages/1"],
)  # fmt: skip
async def test_no_other_address_is_read(url: str, key: str, uri: str) -> None:
    async with client_of(url, key) as client:
        with pytest.raises(MCPError, match="There is no such resource"):
            await client.read_resource(uri)


@both_ages
async def test_a_reader_without_the_permission_reads_no_page(
    url: str, key_for: Keys, house: House, actor: Actor, mode: str
) -> None:
    (document,) = await house.documents.list(actor)
    async with client_of(url, await key_for(P.ASSIST_ASK_RUN), mode) as client:
        with pytest.raises(MCPError, match="documents:document:read"):
            await client.read_resource(f"lionrock://documents/{document.id}/pages/1")


@both_ages
async def test_wrong_arguments_are_named_and_their_values_are_not_repeated(
    url: str, key: str, house: House, actor: Actor, mode: str
) -> None:
    async with client_of(url, key, mode) as client:
        told = await client.call_tool("ask", {"question": "", "recipient": "Lungtin"})
        none = await client.call_tool("ask", {})
    assert told.is_error and "question:" in text(told) and "recipient:" in text(told)
    assert "Lungtin" not in text(told) and "question: Field required" in text(none)
    assert await house.runs.list(actor, limit=1) == []


@both_ages
async def test_progress_is_told_to_who_asks_and_only_grows(
    url: str, key: str, trial: Capability, mode: str
) -> None:
    seen: list[tuple[float, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, message))

    async with client_of(url, key, mode) as client:
        told = await client.call_tool("trial", {"words": "x"}, progress_callback=note)
        assert Trial.model_validate(told.structured_content).words == "x"
    figures = [figure for figure, _ in seen]
    assert figures == sorted(set(figures)) and len(figures) == 6
    assert [message for _, message in seen][-1] == "writing 2 of 3"


@both_ages
async def test_who_cancels_stops_the_run(
    url: str, key: str, house: House, actor: Actor, trial: Capability, mode: str
) -> None:
    async with client_of(url, key, mode) as client:
        with anyio.CancelScope() as scope:

            async def leave(progress: float, total: float | None, message: str | None) -> None:
                scope.cancel()

            await client.call_tool("trial", {"deed": "wait"}, progress_callback=leave)
        assert scope.cancelled_caught
        await ended(house, actor, "cancelled")
        assert (await client.list_tools()).tools, "the client goes on"


@both_ages
async def test_a_key_that_is_ended_ends_the_call(
    url: str, key: str, house: House, actor: Actor, trial: Capability, mode: str
) -> None:
    async def end(progress: float, total: float | None, message: str | None) -> None:
        await identity.retire(house.database, actor.tenant_id, key)

    async with client_of(url, key, mode) as client:
        told = await client.call_tool("trial", {"deed": "wait"}, progress_callback=end)
        assert told.is_error and text(told) == "Your access has ended."
        await ended(house, actor, "cancelled")
        with pytest.raises(Exception, match=r"401|error"):
            await client.call_tool("trial", {})


@both_ages
async def test_what_fails_tells_no_content(
    url: str, key: str, house: House, trial: Capability, mode: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    async def fails(*_: object, **__: object) -> None:
        raise ValueError("Lungtin")

    monkeypatch.setattr(house.search, "passages", fails)
    async with client_of(url, key, mode) as client:
        told = await client.call_tool("trial", {"deed": "fail", "words": "Lungtin"})
        looked = await client.call_tool("search", {"query": "x"})
    assert told.is_error and text(told) == "The run failed; the server's log has the cause."
    assert looked.is_error and text(looked).startswith("The server met an error it did not expect")


async def test_of_a_run_that_keeps_nothing_no_word_is_kept(
    url: str, key_for: Keys, house: House, actor: Actor
) -> None:
    key = await key_for(*SCOPES, zero_retention=True)
    async with client_of(url, key) as client:
        told = await client.call_tool("ask", {"question": QUESTION})
    assert not told.is_error
    run = await house.runs.load(actor, UUID((told.meta or {})[RUN]))
    assert run["request"] == {} and run["result"] is None


async def test_the_answer_is_that_of_the_rest_of_the_api(
    url: str, key: str, house: House, actor: Actor
) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        asked = AskRequest(question=QUESTION).model_dump(mode="json")
        over_http = (await http.post(url.removesuffix("mcp") + "v1/ask", json=asked)).json()
    async with client_of(url, key) as client:
        told = await client.call_tool("ask", {"question": QUESTION})
    assert told.structured_content == over_http

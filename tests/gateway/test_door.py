"""The door as OpenAI's own client meets it, in front of engines that are not there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import openai
import pytest
from aiohttp import web

from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.pool import Offer
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.fakes.server import MODEL, FakeEngine
from tests.gateway.ledger.making import TENANT

TOOL: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"degrees": {"type": "integer"}},
            "required": ["degrees"],
        },
    },
}


async def test_a_chat_is_answered_and_put_on_record(office: Office) -> None:
    done = await office.client.chat.completions.create(model="small", messages=SAID, temperature=0)  # type: ignore[arg-type]
    assert done.choices[0].message.content == "salt wave gull"
    assert done.model == "small" and done.usage
    (row,) = await office.rows(1)
    assert (row["outcome"], row["engine"], row["model"]) == ("finished", "one", "small")
    assert (row["tokens_in"], row["tokens_out"]) == (
        done.usage.prompt_tokens,
        done.usage.completion_tokens,
    )
    assert done.id == f"chatcmpl-{row['id'].hex}" and done._request_id == row["id"].hex
    assert row["key_id"] is not None and row["first_byte_ms"] is not None


async def test_a_stream_comes_in_pieces_and_its_usage_when_asked_for(office: Office) -> None:
    pieces, usage = [], None
    stream = await office.client.chat.completions.create(
        model="small",
        messages=SAID,  # type: ignore[arg-type]
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        usage = chunk.usage or usage
        pieces += [c.delta.content for c in chunk.choices if c.delta.content]
    assert pieces == ["salt ", "wave ", "gull"] and usage
    (row,) = await office.rows(1)
    assert (row["tokens_in"], row["tokens_out"]) == (usage.prompt_tokens, usage.completion_tokens)


async def test_a_tool_is_called(office: Office) -> None:
    done = await office.client.chat.completions.create(model="small", messages=SAID, tools=[TOOL])  # type: ignore[arg-type]
    (call,) = done.choices[0].message.tool_calls or []
    assert call.type == "function" and json.loads(call.function.arguments) == {"degrees": 7}


async def test_an_answer_fits_a_schema(office: Office) -> None:
    schema = TOOL["function"]["parameters"]
    done = await office.client.chat.completions.create(
        model="small",
        messages=SAID,  # type: ignore[arg-type]
        response_format={"type": "json_schema", "json_schema": {"name": "t", "schema": schema}},
    )
    assert json.loads(done.choices[0].message.content or "") == {"degrees": 7}


@pytest.mark.parametrize("stream", [False, True])
async def test_the_responses_api_is_answered(office: Office, stream: bool) -> None:
    asked: Any = {"model": "small", "input": SAID[0]["content"], "temperature": 0}
    if not stream:
        done = await office.client.responses.create(**asked)
        assert done.output_text == "salt wave gull" and done.status == "completed"
    else:
        events = [e async for e in await office.client.responses.create(stream=True, **asked)]
        said = "".join(e.delta for e in events if e.type == "response.output_text.delta")
        assert said == "salt wave gull" and events[-1].type == "response.completed"
    (row,) = await office.rows(1)
    assert row["tokens_out"] == 3


async def test_texts_are_embedded(office: Office) -> None:
    done = await office.client.embeddings.create(model="small", input=["a", "b"])
    assert [len(e.embedding) for e in done.data] == [8, 8]
    (row,) = await office.rows(1)
    assert (row["tokens_in"], row["tokens_out"], row["most_out"]) == (9, 0, 0)


async def test_a_completion_is_answered(database: Database, actor: Actor, tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        choice = {"index": 0, "text": body["prompt"].upper(), "finish_reason": "stop"}
        return web.json_response(
            {"object": "text_completion", "created": 1, "choices": [choice], "usage": answer()["usage"]}
        )  # fmt: skip

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
    ):
        done = await office.client.completions.create(model="small", prompt="tide")
        assert done.choices[0].text == "TIDE"


async def test_models_are_listed_for_whom_they_are(office: Office) -> None:
    assert [m.id async for m in office.client.models.list()] == ["small"]
    assert (await office.client.models.retrieve("small")).id == "small"
    await LimitService(office.house.database).set(office.actor, TENANT, Limits(models=["other"]))
    assert [m.id async for m in office.client.models.list()] == []
    with pytest.raises(openai.NotFoundError):
        await office.client.models.retrieve("small")
    with pytest.raises(openai.PermissionDeniedError):
        await office.client.chat.completions.create(model="small", messages=SAID)  # type: ignore[arg-type]


async def test_what_is_wrong_with_a_request_is_said_in_the_clients_words(office: Office) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        await office.client.chat.completions.create(model="small", messages=SAID, user="ada")  # type: ignore[arg-type]
    assert wrong.value.param == "user" and wrong.value.type == "invalid_request_error"
    with pytest.raises(openai.NotFoundError) as absent:
        await office.client.chat.completions.create(model="large", messages=SAID)  # type: ignore[arg-type]
    assert absent.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="max_tokens"):
        await office.client.chat.completions.create(model="small", messages=SAID, max_tokens=513)  # type: ignore[arg-type]
    with pytest.raises(openai.BadRequestError, match="context holds"):
        long: Any = [{"role": "user", "content": "a " * 9000}]
        await office.client.chat.completions.create(model="small", messages=long)
    rows = await office.rows(1)  # only the last one was sent
    assert (rows[0]["outcome"], rows[0]["tokens_in"], rows[0]["cost"]) == ("failed", 0, 0)


async def test_without_a_valid_key_nobody_calls(office: Office, fake: FakeEngine) -> None:
    for key in ("x", f"{uuid4().hex}.{'a' * 43}"):
        client = openai.AsyncOpenAI(api_key=key, base_url=f"{office.url}/v1", max_retries=0)
        with pytest.raises(openai.AuthenticationError):
            await client.chat.completions.create(model="small", messages=SAID)  # type: ignore[arg-type]
        await client.close()
    async with aiohttp.ClientSession(office.url) as session:
        for headers, query in (
            ({}, ""),
            ({"x-api-key": office.key}, ""),
            ({"Authorization": f"Bearer {office.key}"}, f"?api_key={office.key}"),
        ):
            path = f"/v1/chat/completions{query}"
            async with session.post(path, data=b"{}", headers=headers) as reply:
                assert reply.status == 401 and reply.headers["WWW-Authenticate"] == "Bearer"
    assert fake.bodies == [] and await office.rows() == []


async def test_a_key_that_was_ended_is_forgotten_at_once(office: Office) -> None:
    client = await office.client_of(office.actor)
    await client.models.list()
    async with office.house.database.tenant_session(office.actor) as db:
        await db.execute("UPDATE credentials SET ended_at = now(), ended_why = 'revoked'")
    office.house.runs.watch.wake()
    with pytest.raises(openai.AuthenticationError):
        await client.models.list()
    await client.close()


async def test_who_may_not_call_a_model_does_not(office: Office, fake: FakeEngine) -> None:
    async with office.house.database.tenant_session(office.actor) as db:
        await db.execute("UPDATE members SET roles = $1", [Role.AUDITOR.value])
    with pytest.raises(openai.PermissionDeniedError, match="gateway:model:call"):
        await office.client.chat.completions.create(model="small", messages=SAID)  # type: ignore[arg-type]
    assert fake.bodies == []


async def test_another_name_of_the_server_and_other_methods_are_refused(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.key}"}
    async with aiohttp.ClientSession(office.url) as session:
        other = headers | {"Host": "evil.example"}
        async with session.get("/v1/models", headers=other) as reply:
            assert reply.status == 400
        async with session.get("/v1/chat/completions", headers=headers) as reply:
            assert reply.status == 405 and reply.headers["Allow"] == "POST"
        async with session.get("/v1/search?q=x", headers=headers) as reply:
            assert reply.status == 200, "the rest of the API is behind the door"


async def test_a_body_beyond_the_cap_is_refused_whatever_length_it_says(office: Office) -> None:
    async def much() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 2**20

    headers = {"Authorization": f"Bearer {office.key}"}
    async with aiohttp.ClientSession(office.url) as session:
        for data in (much(), BytesIO(b" " * (8 * 2**20 + 1))):
            async with session.post("/v1/chat/completions", data=data, headers=headers) as reply:
                assert reply.status == 413
        headers |= {"Content-Encoding": "gzip"}
        async with session.post("/v1/chat/completions", data=b"x", headers=headers) as reply:
            assert reply.status == 400


async def test_a_body_of_megabytes_goes_through_whole(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    long, got = "tide " * 500_000, 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal got
        got = len((await request.json())["messages"][0]["content"])
        return web.json_response(answer())

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
    ):
        said: Any = [{"role": "user", "content": long}]
        await office.client.chat.completions.create(model="small", messages=said)
    assert got == len(long)


async def test_salts_differ_by_tenant_and_by_model(
    database: Database, actor: Actor, stranger: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    offers = (Offer("small", MODEL, 4096, 512), Offer("twin", MODEL, 4096, 512))
    async with office_of(database, actor, tmp_path, engine(fake.url, offers=offers)) as office:
        other = await office.client_of(stranger)
        for client, model in ((office.client, "small"), (office.client, "small"),
                              (office.client, "twin"), (other, "small")):  # fmt: skip
            await client.chat.completions.create(model=model, messages=SAID)  # type: ignore[arg-type]
        await other.close()
        first, again, twin, theirs = (body["cache_salt"] for body in fake.bodies)
    assert first == again and len({first, twin, theirs}) == 3
    assert len(first) == 64


@pytest.mark.parametrize("stream", [False, True])
async def test_timings_and_caches_of_the_engine_stay_inside(
    database: Database, actor: Actor, tmp_path: Path, stream: bool
) -> None:
    inside = {"timings": {"prompt_ms": 3}, "system_fingerprint": "b123"}

    async def handler(request: web.Request) -> web.StreamResponse:
        told = answer(**inside)
        told["usage"]["prompt_tokens_details"] = {"cached_tokens": 5}
        if not stream:
            return web.json_response(told, headers={"X-Engine": "b123"})
        choice = {"index": 0, "delta": {"content": "yes"}, "finish_reason": "stop"}
        chunk = told | {"object": "chat.completion.chunk", "choices": [choice]}
        return web.Response(
            body=b"data: %s\n\ndata: [DONE]\n\n" % json.dumps(chunk).encode(),
            content_type="text/event-stream",
        )

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
        aiohttp.ClientSession(office.url) as session,
    ):
        asked = {"model": "small", "messages": SAID, "stream": stream}
        headers = {"Authorization": f"Bearer {office.key}"}
        async with session.post("/v1/chat/completions", json=asked, headers=headers) as reply:
            text = await reply.text()
            assert "yes" in text and "X-Engine" not in reply.headers
        for word in ("timings", "cached", "fingerprint", MODEL):
            assert word not in text


async def test_a_request_may_ask_that_less_is_kept_and_a_key_decides(office: Office) -> None:
    for asked in ({}, {"x-lionrock-retention": "none"}, {"x-lionrock-retention": "metadata"}):
        await office.client.chat.completions.create(
            model="small",
            messages=SAID,  # type: ignore[arg-type]
            extra_headers=asked,
        )
    with pytest.raises(openai.BadRequestError, match="retention"):
        await office.client.models.with_raw_response.list()
        await office.client.chat.completions.create(
            model="small",
            messages=SAID,  # type: ignore[arg-type]
            extra_headers={"x-lionrock-retention": "for ever"},
        )
    async with office.house.database.tenant_session(office.actor) as db:
        await db.execute("UPDATE credentials SET zero_retention = true")
    office.house.runs.watch.wake()
    await office.client.chat.completions.create(
        model="small",
        messages=SAID,  # type: ignore[arg-type]
        extra_headers={"x-lionrock-retention": "standard"},
    )
    kept = [row["retention"] for row in await office.rows(4)]
    assert kept == ["metadata", "none", "metadata", "none"]


async def test_the_key_of_a_bound_address_opens_from_there_alone(office: Office) -> None:
    key = await identity.issue(
        office.house.database, office.actor.tenant_id, office.actor.id, "key"
    )
    async with office.house.database.tenant_session(office.actor) as db:
        await db.execute("UPDATE credentials SET addresses = '{203.0.113.0/24}'")
    client = openai.AsyncOpenAI(api_key=key, base_url=f"{office.url}/v1", max_retries=0)
    with pytest.raises(openai.PermissionDeniedError):
        await client.models.list()
    await client.close()

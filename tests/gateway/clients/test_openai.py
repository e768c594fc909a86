"""The official client: chats, forms, responses, embeddings, models and pictures."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import openai
import pytest
from aiohttp import web
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.gateway.door_making import SAID, Office, engine, office_of, upstream
from tests.gateway.fakes.server import MODEL, FakeEngine

CHAT: list[ChatCompletionMessageParam] = [{"role": "user", "content": SAID[0]["content"]}]
WORDS = "salt wave gull"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


class Weather(BaseModel):
    degrees: int
    wind: list[int]


async def test_the_client_that_waits_is_served_as_the_one_that_does_not(office: Office) -> None:
    def ask() -> tuple[str | None, str]:
        with openai.OpenAI(api_key=office.key, base_url=f"{office.url}/v1") as client:
            done = client.chat.completions.create(model="small", messages=CHAT, temperature=0)
            with client.chat.completions.create(
                model="small", messages=CHAT, temperature=0, stream=True
            ) as stream:
                pieces = [c.choices[0].delta.content or "" for c in stream if c.choices]
            return done.choices[0].message.content, "".join(pieces)

    assert await asyncio.to_thread(ask) == (WORDS, WORDS)


async def test_a_stream_is_read_as_events_and_put_together_again(office: Office) -> None:
    said = []
    async with office.client.chat.completions.stream(
        model="small", messages=CHAT, temperature=0, stream_options={"include_usage": True}
    ) as stream:
        async for event in stream:
            if event.type == "content.delta" and event.delta:
                said.append(event.delta)
        whole = await stream.get_final_completion()
    assert said == ["salt ", "wave ", "gull"]
    assert whole.choices[0].message.content == WORDS
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage and whole.usage.completion_tokens == 3


async def test_headers_are_there_for_who_asks_for_the_raw_response(office: Office) -> None:
    raw = await office.client.chat.completions.with_raw_response.create(
        model="small", messages=CHAT, temperature=0
    )
    done = raw.parse()
    assert done.choices[0].message.content == WORDS and raw.status_code == 200
    assert raw.headers["content-type"] == "application/json"
    assert raw.headers["cache-control"] == "no-store"
    assert done.id == f"chatcmpl-{raw.headers['x-request-id']}"
    (row,) = await office.rows(1)
    assert row["id"].hex == raw.headers["x-request-id"]


async def test_a_raw_stream_is_server_sent_events_to_the_last(office: Office) -> None:
    async with office.client.chat.completions.with_streaming_response.create(
        model="small", messages=CHAT, temperature=0, stream=True
    ) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.request_id
        lines = [line async for line in raw.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines) and lines[-1] == "data: [DONE]"


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_is_parsed_into_the_class_it_was_asked_in(
    office: Office, stream: bool
) -> None:
    if stream:
        async with office.client.chat.completions.stream(
            model="small", messages=CHAT, response_format=Weather
        ) as streamed:
            done = await streamed.get_final_completion()
    else:
        done = await office.client.chat.completions.parse(
            model="small", messages=CHAT, response_format=Weather
        )
    parsed = done.choices[0].message.parsed
    assert parsed is not None and parsed.degrees == 7 and set(parsed.wind) == {7}


async def test_a_schema_reaches_the_engine_with_bounds(office: Office, fake: FakeEngine) -> None:
    await office.client.beta.chat.completions.parse(
        model="small", messages=CHAT, response_format=Weather
    )
    schema = fake.bodies[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["wind"]["maxItems"] == 256


async def test_seeds_stops_and_sizes_are_the_engines(office: Office, fake: FakeEngine) -> None:
    given: Any = {"seed": 5, "temperature": 1, "top_p": 0.9, "max_completion_tokens": 4}
    first, again = [
        await office.client.chat.completions.create(model="small", messages=CHAT, **given)
        for _ in range(2)
    ]
    assert first.choices[0].message.content == again.choices[0].message.content
    assert first.choices[0].finish_reason == "length"
    assert first.usage and first.usage.completion_tokens == 4
    cut = await office.client.chat.completions.create(
        model="small", messages=CHAT, temperature=0, stop=["gull"]
    )
    assert cut.choices[0].message.content == "salt wave "
    assert fake.bodies[0]["max_tokens"] == 4 and fake.bodies[0]["top_p"] == 0.9


async def test_completions_come_whole_and_streamed(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        usage = {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
        made = {"id": "x", "object": "text_completion", "created": 1, "model": MODEL}
        choice = {"index": 0, "logprobs": None, "finish_reason": None}
        if not body.get("stream"):
            choice |= {"text": "high tide", "finish_reason": "stop"}
            return web.json_response(made | {"choices": [choice], "usage": usage})
        chunks = [made | {"choices": [choice | {"text": piece}]} for piece in ("high ", "tide")]
        chunks += [made | {"choices": [choice | {"text": "", "finish_reason": "stop"}]}]
        chunks += [made | {"choices": [], "usage": usage}]
        data = b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks)
        return web.Response(body=data + b"data: [DONE]\n\n", content_type="text/event-stream")

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
    ):
        done = await office.client.completions.create(model="small", prompt="The", max_tokens=5)
        assert done.choices[0].text == "high tide" and done.model == "small"
        stream = await office.client.completions.create(
            model="small", prompt="The", max_tokens=5, stream=True
        )
        pieces = [chunk.choices[0].text async for chunk in stream if chunk.choices]
        assert "".join(pieces) == "high tide"
        assert [(r["tokens_in"], r["tokens_out"]) for r in await office.rows(2)] == [(2, 2)] * 2


async def test_a_response_is_made_streamed_and_parsed(office: Office) -> None:
    asked: Any = {"model": "small", "input": SAID[0]["content"], "temperature": 0}
    done = await office.client.responses.create(instructions="Be brief.", **asked)
    assert done.output_text == WORDS and done.status == "completed" and done.usage
    assert done.usage.output_tokens == 3 and done.usage.input_tokens_details.cached_tokens == 0
    kinds = []
    async with office.client.responses.stream(**asked) as stream:
        async for event in stream:
            kinds.append(event.type)
        last = await stream.get_final_response()
    assert last.output_text == WORDS
    assert kinds[0] == "response.created" and kinds[-1] == "response.completed"
    parsed = await office.client.responses.parse(text_format=Weather, **asked)
    assert parsed.output_parsed is not None and parsed.output_parsed.degrees == 7


async def test_a_conversation_of_responses_is_sent_whole(office: Office, fake: FakeEngine) -> None:
    first = await office.client.responses.create(
        model="small", input=SAID[0]["content"], temperature=0
    )
    conversation: Any = [
        {"role": "user", "content": SAID[0]["content"]},
        *first.output,  # as OpenAI's own pages do it
        {"role": "user", "content": "Repeat exactly: reef"},
    ]
    second = await office.client.responses.create(model="small", input=conversation, temperature=0)
    assert second.output_text == "reef"
    assert [m["role"] for m in fake.bodies[1]["messages"]] == ["user", "assistant", "user"]


async def test_a_response_is_not_stored_so_it_cannot_be_had_again(office: Office) -> None:
    done = await office.client.responses.create(model="small", input="tide", temperature=0)
    with pytest.raises(openai.NotFoundError):
        await office.client.responses.retrieve(done.id)
    with pytest.raises(openai.BadRequestError) as wrong:
        await office.client.responses.create(
            model="small", input="tide", previous_response_id=done.id
        )
    assert wrong.value.param == "previous_response_id"


async def test_vectors_come_as_numbers_whether_or_not_base64_was_asked_for(office: Office) -> None:
    for given in ({}, {"encoding_format": "float"}):
        done = await office.client.embeddings.create(model="small", input=["tide", "潮"], **given)  # type: ignore[arg-type]
        assert [e.index for e in done.data] == [0, 1] and len(done.data[0].embedding) == 8
        assert done.usage.total_tokens == 9 and done.model == "small"


async def test_models_are_listed_and_found_one_by_one(office: Office) -> None:
    listed = (await office.client.models.list()).data
    assert [(m.id, m.object, m.owned_by) for m in listed] == [("small", "model", "lionrock")]
    assert await office.client.models.retrieve("small") == listed[0]
    with pytest.raises(openai.NotFoundError):
        await office.client.models.retrieve("a/b")


async def test_a_picture_goes_as_base64_and_not_by_its_address(
    office: Office, fake: FakeEngine
) -> None:
    def looking(url: str) -> list[Any]:
        picture = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
        return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]

    shown = looking(f"data:image/png;base64,{PIXEL}")
    await office.client.chat.completions.create(model="small", messages=shown, temperature=0)
    assert fake.bodies[0]["messages"] == shown
    with pytest.raises(openai.BadRequestError) as wrong:
        await office.client.chat.completions.create(
            model="small", messages=looking("https://example.com/cat.png")
        )
    assert wrong.value.param == "messages[0].content[1].image_url.url"
    parts: Any = [{"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"}]
    await office.client.responses.create(
        model="small", input=[{"role": "user", "content": parts}], temperature=0
    )
    (part,) = fake.bodies[1]["messages"][0]["content"]
    assert part["image_url"]["url"].endswith(PIXEL) and len(fake.bodies) == 2


async def test_many_clients_at_once_each_get_their_own_answer(office: Office) -> None:
    async def one(number: int) -> str | None:
        said: list[ChatCompletionMessageParam] = [
            {"role": "user", "content": f"Repeat exactly: n{number} {'x ' * number}end"}
        ]
        if number % 2:
            done = await office.client.chat.completions.create(
                model="small", messages=said, temperature=0, max_tokens=100
            )
            return done.choices[0].message.content
        stream = await office.client.chat.completions.create(
            model="small", messages=said, temperature=0, max_tokens=100, stream=True
        )
        return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    said = await asyncio.gather(*(one(n) for n in range(40)))
    assert said == [f"n{n} {'x ' * n}end" for n in range(40)]
    assert len(await office.rows(40)) == 40

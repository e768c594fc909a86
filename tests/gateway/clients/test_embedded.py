"""The official client and the embedded llama.cpp with the small model: what comes has the right form."""

from __future__ import annotations

import json
from typing import Any, Literal

import openai
import pytest
from pydantic import BaseModel, Field

from tests.gateway.door_making import Office

pytestmark = pytest.mark.model

HELLO: Any = [{"role": "user", "content": "Say hello."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"enum": ["Hong Kong", "Paris"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
ASKED: Any = [{"role": "user", "content": "How is the weather in Hong Kong?"}]
NAMED: Any = {"type": "function", "function": {"name": "weather"}}


class Mood(BaseModel):
    mood: Literal["calm", "angry"]
    words: list[Literal["wave", "gull"]] = Field(max_length=2)


async def chatted(real: Office, stream: bool, **asked: Any) -> Any:
    """The completion, as it came or as the client put it together from the stream."""
    if not stream:
        return await real.client.chat.completions.create(**asked)
    async with real.client.chat.completions.stream(**asked) as streamed:
        return await streamed.get_final_completion()


async def test_a_chat_comes_whole_and_the_same_streamed(real: Office) -> None:
    asked: Any = {"model": "small", "messages": HELLO, "temperature": 0, "max_tokens": 6}
    whole = await real.client.chat.completions.create(**asked)
    pieces, usage = [], None
    async for chunk in await real.client.chat.completions.create(
        stream=True, stream_options={"include_usage": True}, **asked
    ):
        pieces += [c.delta.content for c in chunk.choices if c.delta.content]
        usage = chunk.usage or usage
    assert whole.choices[0].message.content == "".join(pieces) and len(pieces) > 1
    assert whole.usage and usage and whole.usage.prompt_tokens == usage.prompt_tokens
    rows = await real.rows(2)
    assert {(r["tokens_in"], r["tokens_out"]) for r in rows} == {
        (usage.prompt_tokens, usage.completion_tokens)
    }
    assert {r["engine"] for r in rows} == {"embedded"}


@pytest.mark.parametrize("choice", ["required", NAMED])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_that_must_be_called_is(real: Office, stream: bool, choice: Any) -> None:
    asked: Any = {
        "model": "small", "messages": ASKED, "tools": [WEATHER], "tool_choice": choice,
        "temperature": 0, "max_tokens": 60, "parallel_tool_calls": False,
    }  # fmt: skip
    done = await chatted(real, stream, **asked)
    (call,) = done.choices[0].message.tool_calls
    assert call.function.name == "weather" and done.choices[0].finish_reason == "tool_calls"
    assert json.loads(call.function.arguments)["city"] in ("Hong Kong", "Paris")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_that_may_be_called_is_called_or_words_come(
    real: Office, stream: bool
) -> None:
    asked: Any = {
        "model": "small", "messages": ASKED, "tools": [WEATHER], "tool_choice": "auto",
        "temperature": 0, "max_tokens": 60,
    }  # fmt: skip
    done = await chatted(real, stream, **asked)
    choice = done.choices[0]
    for call in choice.message.tool_calls or []:
        assert json.loads(call.function.arguments)["city"] in ("Hong Kong", "Paris")
    assert bool(choice.message.tool_calls) == (choice.finish_reason == "tool_calls")
    assert choice.message.tool_calls or choice.message.content
    assert '{"' not in (choice.message.content or "")


async def test_a_result_of_a_tool_is_answered(real: Office) -> None:
    function = {"name": "weather", "arguments": '{"city":"Hong Kong"}'}
    said: Any = [
        *ASKED,
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Rain, 24 degrees."},
    ]
    done = await real.client.chat.completions.create(
        model="small", messages=said, tools=[WEATHER], tool_choice="none", temperature=0,
        max_tokens=20,
    )  # fmt: skip
    assert done.choices[0].message.content and not done.choices[0].message.tool_calls


async def test_an_answer_is_parsed_into_the_class_it_was_asked_in(real: Office) -> None:
    done = await real.client.chat.completions.parse(
        model="small", messages=HELLO, response_format=Mood, temperature=0, max_tokens=60
    )
    assert isinstance(done.choices[0].message.parsed, Mood)
    made = await real.client.responses.parse(
        model="small", input="Say hello.", text_format=Mood, temperature=0, max_output_tokens=60
    )
    assert isinstance(made.output_parsed, Mood)


async def test_a_completion_and_a_response_are_made(real: Office) -> None:
    completed = await real.client.completions.create(
        model="small", prompt="The sea is", temperature=0, max_tokens=4
    )
    stream = await real.client.completions.create(
        model="small", prompt="The sea is", temperature=0, max_tokens=4, stream=True
    )
    streamed = "".join([c.choices[0].text async for c in stream if c.choices])
    assert completed.choices[0].text == streamed != ""
    made = await real.client.responses.create(
        model="small", input="Say hello.", temperature=0, max_output_tokens=16
    )
    assert made.output_text and made.usage
    (row,) = (await real.rows(3))[2:]
    assert (row["tokens_in"], row["tokens_out"]) == (
        made.usage.input_tokens,
        made.usage.output_tokens,
    )


async def test_what_it_cannot_do_is_said_in_the_clients_words(real: Office) -> None:
    with pytest.raises(openai.BadRequestError, match="embeddings"):
        await real.client.embeddings.create(model="small", input="tide")
    with pytest.raises(openai.BadRequestError, match="context"):
        long: Any = [{"role": "user", "content": "tide " * 1500}]
        await real.client.chat.completions.create(model="small", messages=long, max_tokens=4)
    (row, other) = await real.rows(2)
    assert row["cost"] == other["cost"] == 0

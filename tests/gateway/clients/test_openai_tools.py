"""The official client: tools that it may, must or must not call, and their results."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.gateway.door_making import SAID, Office
from tests.gateway.fakes.server import FakeEngine


def tool(name: str, **properties: str) -> Any:
    schema = {
        "type": "object",
        "properties": {n: {"type": kind} for n, kind in properties.items()},
        "required": list(properties),
    }
    return {"type": "function", "function": {"name": name, "parameters": schema}}


TOOLS = [tool("weather", degrees="integer"), tool("tide", hour="integer", metres="integer")]
NAMED: Any = {"type": "function", "function": {"name": "tide"}}
CHOICES = [
    ("auto", "weather", {"degrees": 7}),
    ("required", "weather", {"degrees": 7}),
    (NAMED, "tide", {"hour": 7, "metres": 7}),
]


@pytest.mark.parametrize(("choice", "name", "arguments"), CHOICES)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_is_called_as_was_asked(
    office: Office, fake: FakeEngine, stream: bool, choice: Any, name: str, arguments: Any
) -> None:
    asked: Any = {"model": "small", "messages": SAID, "tools": TOOLS, "tool_choice": choice}
    if stream:
        async with office.client.chat.completions.stream(**asked) as streamed:
            done: Any = await streamed.get_final_completion()
    else:
        done = await office.client.chat.completions.create(**asked)
    (call,) = done.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == (name, arguments)
    assert done.choices[0].finish_reason == "tool_calls" and call.id
    assert fake.bodies[0]["tool_choice"] == choice


async def test_tools_that_may_not_be_called_are_not(office: Office) -> None:
    done = await office.client.chat.completions.create(
        model="small", messages=SAID, tools=TOOLS, tool_choice="none", temperature=0  # type: ignore[arg-type]
    )  # fmt: skip
    assert done.choices[0].message.tool_calls is None
    assert done.choices[0].message.content == "salt wave gull"


async def test_a_result_goes_back_and_words_come(office: Office, fake: FakeEngine) -> None:
    asked: Any = {"model": "small", "tools": TOOLS, "temperature": 0}
    done = await office.client.chat.completions.create(messages=SAID, **asked)  # type: ignore[arg-type]
    message = done.choices[0].message
    assert message.tool_calls
    result = {
        "role": "tool",
        "tool_call_id": message.tool_calls[0].id,
        "content": "Repeat exactly: it is warm",
    }
    said: Any = [*SAID, message, result]  # an answer goes back as the client's own object
    last = await office.client.chat.completions.create(messages=said, **asked)
    assert last.choices[0].message.content == "it is warm"
    assert [m["role"] for m in fake.bodies[1]["messages"]] == ["user", "assistant", "tool"]


async def test_a_class_is_a_tool_and_its_arguments_are_parsed(office: Office) -> None:
    class Weather(BaseModel):
        degrees: int

    done = await office.client.chat.completions.parse(
        model="small",
        messages=SAID,  # type: ignore[arg-type]
        tools=[openai.pydantic_function_tool(Weather)],
        tool_choice="required",
    )
    (call,) = done.choices[0].message.tool_calls or []
    assert call.function.parsed_arguments == Weather(degrees=7)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_response_calls_a_tool_and_takes_its_result(office: Office, stream: bool) -> None:
    tools: Any = [{"type": "function", **TOOLS[0]["function"], "strict": False}]
    asked: Any = {"model": "small", "tools": tools, "temperature": 0}
    first: Any = [{"role": "user", "content": "How warm is it?"}]
    if stream:
        async with office.client.responses.stream(input=first, **asked) as streamed:
            kinds = [event.type async for event in streamed]
            done: Any = await streamed.get_final_response()
        assert "response.function_call_arguments.done" in kinds
    else:
        done = await office.client.responses.create(input=first, **asked)
    (call,) = done.output
    assert call.type == "function_call" and json.loads(call.arguments) == {"degrees": 7}
    result = {
        "type": "function_call_output",
        "call_id": call.call_id,
        "output": "Repeat exactly: 7 degrees",
    }
    last = await office.client.responses.create(
        input=[*first, *done.output, result],
        **asked,
    )
    assert last.output_text == "7 degrees"


async def test_tools_of_the_servers_own_are_refused_by_name(office: Office) -> None:
    for kind in ("web_search", "file_search", "code_interpreter", "mcp"):
        tools: Any = [{"type": kind}]
        with pytest.raises(openai.BadRequestError, match="runs no tools") as wrong:
            await office.client.responses.create(model="small", input="tide", tools=tools)
        assert wrong.value.param == "tools[0].type"

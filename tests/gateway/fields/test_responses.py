from __future__ import annotations

import json
from typing import Any

import pytest

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.answers import cleaned
from lionrock.gateway.fields.kinds import Endpoint, EngineKind, param
from lionrock.gateway.fields.prepared import Prepared
from lionrock.gateway.fields.tail import Tail
from tests.gateway.fields.making import CAPS, PNG, USAGE, chunk, event, from_body, told

TOOL = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"district": {"type": "string"}}},
}


def made(kind: EngineKind = EngineKind.VLLM, **fields: Any) -> Prepared:
    asked = {"model": "qwen", "input": "你好", **fields}
    return from_body(json.dumps(asked).encode(), Endpoint.RESPONSES, kind)


@pytest.mark.parametrize("kind", EngineKind)
def test_it_goes_to_every_kind_as_a_chat(kind: EngineKind) -> None:
    prepared = made(kind, instructions="Be brief.", max_output_tokens=20)
    sent = json.loads(prepared.body)
    assert prepared.path == "/v1/chat/completions"
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]
    assert sent["max_completion_tokens" if kind is EngineKind.OPENAI else "max_tokens"] == 20
    assert prepared.max_output == 20


def test_items_become_messages() -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "甲"}]},
        {
            "type": "function_call",
            "call_id": "c1",
            "name": "weather",
            "arguments": "{}",
            "id": "fc_1",
        },
        {"type": "function_call", "call_id": "c2", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "晴"},
        {
            "type": "message",
            "id": "msg_1",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "乙", "annotations": []}],
        },
        {"role": "user", "content": [{"type": "input_image", "image_url": PNG, "detail": "auto"}]},
    ]
    messages = json.loads(made(input=items, tools=[TOOL]).body)["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "tool", "assistant", "user"]
    assert [c["id"] for c in messages[1]["tool_calls"]] == ["c1", "c2"]
    assert messages[4]["content"][0]["image_url"]["url"] == PNG


def test_a_schema_in_text_format_is_bounded() -> None:
    form = {"type": "json_schema", "name": "a", "schema": {"type": "string"}, "strict": True}
    sent = json.loads(made(text={"format": form}).body)
    assert sent["response_format"]["json_schema"]["schema"]["maxLength"] == CAPS.schema_string


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"store": True}, "store"),
        ({"background": True}, "background"),
        ({"include": ["reasoning.encrypted_content"]}, "include"),
        ({"max_output_tokens": 10**6}, "max_output_tokens"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type"),
        ({"input": []}, "input"),
        ({"reasoning": {"summary": "auto"}}, "reasoning.summary"),
        ({"frequency_penalty": 1}, "frequency_penalty"),
    ],
)
def test_what_has_no_meaning_here_is_refused(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        made(**fields)
    assert param(refusal.value) == named


def test_a_whole_answer_is_a_response() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    message = {"role": "assistant", "content": "好", "tool_calls": [call]}
    raw = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    answer = cleaned(json.dumps({**raw, "created": 9, "usage": USAGE}).encode(), made().reply)
    body = json.loads(answer.body)
    assert (body["id"], body["object"], body["status"]) == ("resp_r-1", "response", "completed")
    assert [item["type"] for item in body["output"]] == ["message", "function_call"]
    assert body["output"][1]["call_id"] == "c1"
    assert body["usage"]["input_tokens_details"] == {"cached_tokens": 0, "cache_write_tokens": 0}
    assert body["usage"]["total_tokens"] == 10
    assert body["store"] is False


def test_an_answer_that_was_cut_off_is_incomplete() -> None:
    choice = {"index": 0, "message": {"content": "好"}, "finish_reason": "length"}
    body = json.loads(cleaned(json.dumps({"choices": [choice]}).encode(), made().reply).body)
    assert body["status"] == "incomplete"
    assert body["incomplete_details"] == {"reason": "max_output_tokens"}


def calling(index: int, **function: str) -> dict[str, Any]:
    told = chunk()
    call: dict[str, Any] = {"index": index, "function": function}
    if "name" in function:
        call |= {"id": f"c{index}", "type": "function"}
    told["choices"][0]["delta"] = {"tool_calls": [call]}
    return told


def test_a_stream_becomes_events_in_order() -> None:
    tail = Tail(made(stream=True).reply)
    parts = [chunk("你"), chunk("好"), calling(0, name="weather", arguments="")]
    parts += [calling(0, arguments='{"a":'), calling(0, arguments="1}"), chunk(finish="tool_calls")]
    parts += [chunk(choices=[], usage=USAGE)]
    events = told(b"".join(tail.feed(event(p)) for p in parts) + tail.feed(b"data: [DONE]\n\n"))
    assert [e["type"].removeprefix("response.") for e in events] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    assert [e["sequence_number"] for e in events] == list(range(len(events)))
    final = events[-1]["response"]
    assert final["output"][0]["content"][0]["text"] == "你好"
    assert final["output"][1]["arguments"] == '{"a":1}'
    assert final["usage"]["output_tokens"] == 3
    assert tail.close() == b""


def test_a_stream_that_breaks_off_ends_as_failed() -> None:
    tail = Tail(made(stream=True).reply)
    events = told(tail.feed(event(chunk("你"))) + tail.close())
    assert events[-1]["type"] == "response.failed"
    assert events[-1]["response"]["error"]["code"] == "server_error"
    assert not tail.done

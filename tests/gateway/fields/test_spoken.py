from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.answers import cleaned
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.fields.spoken import Hearing
from lionrock.gateway.fields.tail import Tail
from tests.gateway.fields.making import USAGE, WEATHER, chat, chunk, event, reply, sent, told

LLAMA = EngineKind.LLAMACPP
NAMED = {"type": "function", "function": {"name": "weather"}}
CLOCK = {"type": "function", "function": {"name": "clock"}}
CALLS = '{"tool_calls": [{"name": "weather", "arguments": {"district": "沙田"}}]}'


def schema(**fields: Any) -> dict[str, Any]:
    form = sent(LLAMA, tools=[WEATHER, CLOCK], **fields)["response_format"]["json_schema"]
    assert isinstance(form["schema"], dict)
    return form["schema"]


def test_tools_become_a_schema_and_words_in_the_system_message() -> None:
    told = sent(LLAMA, tools=[WEATHER], tool_choice="auto", parallel_tool_calls=True)
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & told.keys()
    assert told["messages"][0]["role"] == "system"
    assert '"name":"weather"' in told["messages"][0]["content"]
    assert chat(LLAMA, tools=[WEATHER]).reply.spoken


def test_auto_leaves_words_open_and_required_does_not() -> None:
    assert len(schema(tool_choice="auto")["anyOf"]) == 2
    assert schema(tool_choice="required")["required"] == ["tool_calls"]


def test_a_named_tool_is_the_only_one_and_called_once() -> None:
    listed = schema(tool_choice=NAMED)["properties"]["tool_calls"]
    assert [c["properties"]["name"]["const"] for c in listed["items"]["anyOf"]] == ["weather"]
    assert listed["maxItems"] == 1


def test_not_parallel_is_one_call_at_a_time() -> None:
    told = schema(tool_choice="required", parallel_tool_calls=False)
    assert told["properties"]["tool_calls"]["maxItems"] == 1


def test_none_offers_nothing() -> None:
    made = chat(LLAMA, tools=[WEATHER], tool_choice="none")
    assert b"weather" not in made.body
    assert not made.reply.spoken


def test_references_in_a_tools_schema_follow_it() -> None:
    parameters = {
        "type": "object",
        "properties": {"at": {"$ref": "#/$defs/Place"}},
        "$defs": {"Place": {"type": "object", "properties": {"in": {"$ref": "#/$defs/Place"}}}},
    }
    tool = {"type": "function", "function": {"name": "go", "parameters": parameters}}
    form = sent(LLAMA, tools=[CLOCK, tool])["response_format"]["json_schema"]["schema"]
    moved = form["$defs"]["tool1"]
    assert moved["properties"]["at"]["$ref"] == "#/$defs/tool1/$defs/Place"
    assert moved["$defs"]["Place"]["properties"]["in"]["$ref"] == "#/$defs/tool1/$defs/Place"


def test_earlier_calls_and_results_are_told_in_plain_messages() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"a":1}'}}
    messages = [
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "晴"},
    ]
    told = sent(LLAMA, messages=messages)["messages"]
    assert [m["role"] for m in told] == ["user", "assistant", "user"]
    assert json.loads(told[1]["content"]) == {
        "tool_calls": [{"name": "weather", "arguments": {"a": 1}}]
    }
    assert told[2]["content"] == "Result of weather (c1):\n晴"


def whole(content: str, finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}}
    answer = {"object": "chat.completion", "created": 1, "model": "m", "usage": USAGE}
    raw = json.dumps({**answer, "choices": [{**choice, "finish_reason": finish}]}).encode()
    done = json.loads(cleaned(raw, reply(spoken=True, stream=False)).body)["choices"][0]
    assert isinstance(done, dict)
    return done


def test_calls_are_read_out_of_the_answer() -> None:
    choice = whole(CALLS)
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    (call,) = choice["message"]["tool_calls"]
    assert (call["id"], call["type"]) == ("call_r-1_0", "function")
    assert call["function"]["name"] == "weather"
    assert json.loads(call["function"]["arguments"]) == {"district": "沙田"}


def test_words_are_read_out_of_the_answer_even_when_it_was_cut_off() -> None:
    assert whole('{"content": "晴\\n天"}')["message"]["content"] == "晴\n天"
    cut = whole('{"content": "晴天\\u', "length")
    assert (cut["message"]["content"], cut["finish_reason"]) == ("晴天", "length")
    assert "tool_calls" not in whole(CALLS[:30], "length")["message"]


@given(st.text(), st.booleans(), st.data())
def test_words_come_out_the_same_for_any_split(
    text: str, ascii_only: bool, data: st.DataObject
) -> None:
    raw = json.dumps({"content": text}, ensure_ascii=ascii_only)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    edges = [0, *cuts, len(raw)]
    hearing = Hearing("r")
    heard = [hearing.words(raw[a:b]) for a, b in pairwise(edges)]
    assert "".join(heard) == text
    assert hearing.calls() == []
    for each in heard:
        each.encode()  # no half of a surrogate pair


def test_a_stream_says_words_at_once_and_calls_at_the_end() -> None:
    tail = Tail(reply(spoken=True))
    assert told(tail.feed(event(chunk('{"content": "你'))))[0]["choices"][0]["delta"] == {
        "content": "你"
    }
    assert tail.feed(event(chunk('"}'))) == b""
    called = Tail(reply(spoken=True))
    out = b"".join(called.feed(event(chunk(CALLS[i : i + 9]))) for i in range(0, len(CALLS), 9))
    assert out == b""
    (last,) = told(called.feed(event(chunk(finish="stop"))))
    choice = last["choices"][0]
    assert (choice["finish_reason"], called.finish) == ("tool_calls", "tool_calls")
    (call,) = choice["delta"]["tool_calls"]
    assert (call["index"], call["function"]["name"]) == (0, "weather")
    assert json.loads(call["function"]["arguments"]) == {"district": "沙田"}


def test_other_kinds_are_sent_the_tools_with_bounded_schemas() -> None:
    told = sent(EngineKind.VLLM, tools=[WEATHER], tool_choice=NAMED)
    assert told["tool_choice"] == NAMED
    district = told["tools"][0]["function"]["parameters"]["properties"]["district"]
    assert district == {"type": "string", "maxLength": 1000}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tools": [{"type": "web_search"}]}, "runs no tools"),
        ({"tools": [WEATHER, WEATHER]}, "same name"),
        ({"tools": [WEATHER], "tool_choice": "always"}, "tool_choice"),
        ({"tools": [WEATHER], "tool_choice": CLOCK}, "one of the tools"),
        ({"tool_choice": "required"}, "no tools"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "name"),
        ({"functions": []}, "write tools"),
    ],
)
def test_ill_made_tools_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        chat(EngineKind.VLLM, **fields)


def test_ollama_and_mindie_know_no_choice_but_auto() -> None:
    for kind in (EngineKind.OLLAMA, EngineKind.MINDIE):
        assert "tool_choice" not in sent(kind, tools=[WEATHER], tool_choice="auto")
        with pytest.raises(InvalidInput, match="only knows auto"):
            chat(kind, tools=[WEATHER], tool_choice="required")

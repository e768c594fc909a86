"""A sifted Responses request as a chat request.

No engine's own /v1/responses is used: some have none, others keep answers for whoever names their
id, which would cross tenants. Nothing is stored here either; a conversation is sent whole.
"""

from __future__ import annotations

from typing import Any

from lionrock.gateway.fields.checks import keys, one_of
from lionrock.gateway.fields.kinds import EngineKind, Json, wrong

_SAME = ("model", "temperature", "top_p", "stream", "parallel_tool_calls")
_MESSAGE = frozenset({"type", "role", "content", "id", "status", "phase"})
_CALL = frozenset({"type", "call_id", "name", "arguments", "id", "status"})
_RESULT = frozenset({"type", "call_id", "output", "id", "status"})
_FUNCTION = frozenset({"type", "name", "description", "parameters", "strict"})
_TEXT = frozenset({"type", "text", "annotations", "logprobs"})
_IMAGE = frozenset({"type", "image_url", "detail"})
_EFFORT = one_of("none", "minimal", "low", "medium", "high", "xhigh")
_VERBOSITY = one_of("low", "medium", "high")


def as_chat(asked: Json, kind: EngineKind) -> Json:
    """The chat request of the same meaning. InvalidInput names the Responses field."""
    chat: Json = {name: asked[name] for name in _SAME if name in asked}
    chat["messages"] = _messages(asked.get("input"), asked.get("instructions"))
    if "max_output_tokens" in asked:
        chat["max_tokens"] = asked["max_output_tokens"]
    if kind is EngineKind.OPENAI and "max_tokens" in chat:
        chat["max_completion_tokens"] = chat.pop("max_tokens")
    if "tools" in asked:
        chat["tools"] = _tools(asked["tools"])
    if "tool_choice" in asked:
        chat["tool_choice"] = _choice(asked["tool_choice"])
    if "reasoning" in asked:
        effort = keys(asked["reasoning"], "reasoning", frozenset({"effort"})).get("effort")
        if effort is not None:
            _EFFORT(effort, "reasoning.effort")
            chat["reasoning_effort"] = effort
    if "text" in asked:
        _text(asked["text"], kind, chat)
    return chat


def echo(asked: Json) -> Json:
    """What an answer repeats of its request, with the defaults where it said nothing."""
    return {
        "instructions": asked.get("instructions"),
        "max_output_tokens": asked.get("max_output_tokens"),
        "parallel_tool_calls": asked.get("parallel_tool_calls", True),
        "previous_response_id": None,
        "reasoning": asked.get("reasoning"),
        "store": False,
        "temperature": asked.get("temperature"),
        "text": asked.get("text", {"format": {"type": "text"}}),
        "tool_choice": asked.get("tool_choice", "auto"),
        "tools": asked.get("tools", []),
        "top_p": asked.get("top_p"),
        "truncation": "disabled",
        "metadata": {},
    }


def _messages(value: Any, instructions: Any) -> list[Json]:
    made: list[Json] = []
    if instructions is not None:
        made.append({"role": "system", "content": instructions})
    if type(value) is str and value:
        return [*made, {"role": "user", "content": value}]
    if type(value) is not list or not value:
        raise wrong("input", "must be a text or a list of items.")
    for i, each in enumerate(value):
        _item(each, f"input[{i}]", made)
    return made


def _item(value: Any, field: str, made: list[Json]) -> None:
    kind = value.get("type", "message") if type(value) is dict else None
    if kind == "message":
        keys(value, field, _MESSAGE)
        content = value.get("content")
        if type(content) is list:
            content = [_part(p, f"{field}.content[{i}]") for i, p in enumerate(content)]
        made.append({"role": value.get("role"), "content": content})
    elif kind == "function_call":
        keys(value, field, _CALL)
        function = {"name": value.get("name"), "arguments": value.get("arguments")}
        call = {"id": value.get("call_id"), "type": "function", "function": function}
        if made and made[-1]["role"] == "assistant" and made[-1].get("tool_calls"):
            made[-1]["tool_calls"].append(call)
        else:
            made.append({"role": "assistant", "content": None, "tool_calls": [call]})
    elif kind == "function_call_output":
        keys(value, field, _RESULT)
        output = value.get("output")
        if type(output) is list:
            output = [_part(p, f"{field}.output[{i}]") for i, p in enumerate(output)]
        made.append({"role": "tool", "tool_call_id": value.get("call_id"), "content": output})
    else:
        raise wrong(
            f"{field}.type",
            "must be message, function_call or function_call_output. Nothing is stored, so an item "
            "cannot be named by its id. Remove it.",
        )


def _part(value: Any, field: str) -> Json:
    kind = value.get("type") if type(value) is dict else None
    if kind in ("input_text", "output_text"):
        return {"type": "text", "text": keys(value, field, _TEXT).get("text")}
    if kind == "input_image":
        keys(value, field, _IMAGE)
        named = {k: value[k] for k in ("detail",) if value.get(k) is not None}
        return {"type": "image_url", "image_url": {"url": value.get("image_url"), **named}}
    raise wrong(f"{field}.type", "must be input_text, output_text or input_image.")


def _tools(value: Any) -> Any:
    if type(value) is not list:
        return value  # refused as chat's are
    made = []
    for i, each in enumerate(value):
        if type(each) is not dict or each.get("type") != "function":
            raise wrong(f"tools[{i}].type", "must be function: the gateway runs no tools itself.")
        keys(each, f"tools[{i}]", _FUNCTION)
        function = {k: v for k, v in each.items() if k != "type"}
        made.append({"type": "function", "function": function})
    return made


def _choice(value: Any) -> Any:
    if type(value) is dict and value.get("type") == "function":
        keys(value, "tool_choice", frozenset({"type", "name"}))
        return {"type": "function", "function": {"name": value.get("name")}}
    return value


def _text(value: Any, kind: EngineKind, chat: Json) -> None:
    keys(value, "text", frozenset({"format", "verbosity"}))
    if value.get("verbosity") is not None:
        _VERBOSITY(value["verbosity"], "text.verbosity")
        if kind is not EngineKind.OPENAI:
            raise wrong("text.verbosity", f"{kind} has no such field. Remove it.")
        chat["verbosity"] = value["verbosity"]
    form = value.get("format")
    if form is None or form == {"type": "text"}:
        return
    if kind is EngineKind.MINDIE:
        raise wrong("text.format", "MindIE holds no answer to a form. Remove it.")
    if type(form) is dict and form.get("type") == "json_schema":
        named = {k: v for k, v in form.items() if k != "type"}
        form = {"type": "json_schema", "json_schema": named}
    chat["response_format"] = form

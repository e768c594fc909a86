"""Chat messages: roles, parts, tool calls and their results. What has no place is refused."""

from __future__ import annotations

from typing import Any

from lionrock.errors import TooLarge
from lionrock.gateway.fields.checks import keys
from lionrock.gateway.fields.images import image
from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong
from lionrock.gateway.fields.words import Words

_ALLOWED = {
    "system": frozenset({"role", "content", "name"}),
    "developer": frozenset({"role", "content", "name"}),
    "user": frozenset({"role", "content", "name"}),
    "assistant": frozenset(
        "role content name tool_calls refusal audio function_call annotations "
        "reasoning_content".split()
    ),
    "tool": frozenset({"role", "content", "tool_call_id", "name"}),
}
_EMPTY = frozenset({"audio", "function_call", "annotations", "refusal"})
"""Clients send an answer back as they got it: these may be there, but empty."""
_REASONS = frozenset(
    {EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG, EngineKind.LLAMACPP}
)
_CALL = frozenset({"id", "type", "function", "index"})
_FUNCTION = frozenset({"name", "arguments"})


def messages(value: Any, kind: EngineKind, caps: Caps, words: Words) -> list[Json]:
    """The messages to send: `developer` becomes `system` but for `openai`; empty extras go."""
    if type(value) is not list or not value:
        raise wrong("messages", "must be a list of at least one message.")
    if len(value) > caps.messages:
        raise TooLarge(f"`messages`: {len(value)}; at most {caps.messages} are taken. Send fewer.")
    return [_message(each, i, kind, caps, words) for i, each in enumerate(value)]


def _message(value: Any, i: int, kind: EngineKind, caps: Caps, words: Words) -> Json:
    if type(value) is dict and len(value) == 2:
        role, content = value.get("role"), value.get("content")
        if type(content) is str and role in ("user", "system", "assistant"):
            return {"role": role, "content": words.said(content)}
    return _unusual(value, f"messages[{i}]", kind, caps, words)


def _unusual(value: Any, field: str, kind: EngineKind, caps: Caps, words: Words) -> Json:
    role: Any = value.get("role") if type(value) is dict else None
    allowed = _ALLOWED.get(role) if type(role) is str else None
    if allowed is None:
        raise wrong(f"{field}.role", f"must be one of {', '.join(_ALLOWED)}.")
    keys(value, field, allowed)
    done: Json = {"role": role}
    if role == "developer" and kind is not EngineKind.OPENAI:
        done["role"] = "system"
    calls = value.get("tool_calls")
    done["content"] = _content(value.get("content"), field, role, bool(calls), caps, words)
    if calls:
        done["tool_calls"] = _calls(calls, f"{field}.tool_calls", caps, words)
    for name in value.keys() - {"role", "content", "tool_calls"}:
        _extra(name, value[name], field, kind, done, words)
    if role == "tool" and "tool_call_id" not in done:
        raise wrong(f"{field}.tool_call_id", "must name the call this is the result of.")
    return done


def _extra(name: str, value: Any, field: str, kind: EngineKind, done: Json, words: Words) -> None:
    if value is None or (name in _EMPTY and not value):
        return
    if name in _EMPTY:
        raise wrong(f"{field}.{name}", "is not passed on. Put its text in content, or remove it.")
    if type(value) is not str:
        raise wrong(f"{field}.{name}", "must be a string.")
    if name == "reasoning_content":
        if kind not in _REASONS:
            raise wrong(f"{field}.{name}", f"{kind} takes no earlier reasoning. Remove it.")
        done[name] = words.said(value)
        return
    if not 0 < len(value) <= 256:
        raise wrong(f"{field}.{name}", "must be 1 to 256 characters.")
    done[name] = words.said(value) if name == "name" else value


def _content(
    value: Any, field: str, role: str, calls: bool, caps: Caps, words: Words
) -> str | list[Json] | None:
    if type(value) is str:
        return words.said(value)
    if value is None and role == "assistant" and calls:
        return None
    if type(value) is not list or not value:
        raise wrong(f"{field}.content", "must be a string or a list of parts.")
    return [_part(each, f"{field}.content[{i}]", role, caps, words) for i, each in enumerate(value)]


def _part(value: Any, field: str, role: str, caps: Caps, words: Words) -> Json:
    kind = value.get("type") if type(value) is dict else None
    if kind == "text":
        keys(value, field, frozenset({"type", "text"}))
        if type(value.get("text")) is not str:
            raise wrong(f"{field}.text", "must be a string.")
        return {"type": "text", "text": words.said(value["text"])}
    if kind == "image_url" and role == "user":
        keys(value, field, frozenset({"type", "image_url"}))
        image(value.get("image_url"), f"{field}.image_url", caps, words)
        return {"type": "image_url", "image_url": value["image_url"]}
    raise wrong(
        f"{field}.type",
        "must be text, or in a user's message image_url. Sound, video and files are not taken.",
    )


def _calls(value: Any, field: str, caps: Caps, words: Words) -> list[Json]:
    if type(value) is not list or len(value) > caps.tools:
        raise wrong(field, f"must be a list of at most {caps.tools} calls.")
    return [_call(each, f"{field}[{i}]", words) for i, each in enumerate(value)]


def _call(value: Any, field: str, words: Words) -> Json:
    keys(value, field, _CALL)
    if value.get("type", "function") != "function":
        raise wrong(f"{field}.type", "must be function.")
    function = keys(value.get("function"), f"{field}.function", _FUNCTION)
    for where, text in ((f"{field}.id", value.get("id")), (f"{field}.name", function.get("name"))):
        if type(text) is not str or not 0 < len(text) <= 256:
            raise wrong(where, "must be 1 to 256 characters.")
    arguments = function.get("arguments")
    if type(arguments) is not str:
        raise wrong(f"{field}.arguments", "must be a string that holds JSON.")
    return {
        "id": value["id"],
        "type": "function",
        "function": {"name": function["name"], "arguments": words.said(arguments)},
    }

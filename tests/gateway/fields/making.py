"""Requests, owned fields and engines' streams for the tests of the field policy."""

from __future__ import annotations

import json
from typing import Any

from lionrock.gateway.fields.kinds import Caps, Endpoint, EngineKind, Owned
from lionrock.gateway.fields.prepare import prepare
from lionrock.gateway.fields.prepared import Prepared, Reply
from lionrock.gateway.fields.reading import read
from lionrock.gateway.fields.words import Mask

OWNED = Owned(request_id="r-1", salt="5a1t", priority=2, model="/models/qwen", slot=3)
CAPS = Caps()
USAGE = {
    "prompt_tokens": 7,
    "completion_tokens": 3,
    "total_tokens": 10,
    "prompt_tokens_details": {"cached_tokens": 5},
}
PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a district.",
        "parameters": {"type": "object", "properties": {"district": {"type": "string"}}},
    },
}


def body(**fields: Any) -> bytes:
    asked = {"model": "qwen", "messages": [{"role": "user", "content": "你好"}], **fields}
    return json.dumps({k: v for k, v in asked.items() if v is not ...}).encode()


def from_body(
    raw: bytes,
    endpoint: Endpoint,
    kind: EngineKind,
    owned: Owned = OWNED,
    caps: Caps = CAPS,
    mask: Mask | None = None,
) -> Prepared:
    """A body read and made ready, as the gateway does."""
    return prepare(read(raw, caps), endpoint, kind, owned, caps, mask)


def chat(kind: EngineKind = EngineKind.VLLM, **fields: Any) -> Prepared:
    return from_body(body(**fields), Endpoint.CHAT, kind)


def sent(kind: EngineKind = EngineKind.VLLM, **fields: Any) -> dict[str, Any]:
    """What goes upstream for a chat request with these fields."""
    told = json.loads(chat(kind, **fields).body)
    assert isinstance(told, dict)
    return told


def other(endpoint: Endpoint, kind: EngineKind = EngineKind.VLLM, **fields: Any) -> dict[str, Any]:
    """The same for another endpoint."""
    raw = json.dumps({"model": "qwen", **fields}).encode()
    told = json.loads(from_body(raw, endpoint, kind).body)
    assert isinstance(told, dict)
    return told


def reply(**fields: Any) -> Reply:
    given = {"endpoint": Endpoint.CHAT, "request_id": "r-1", "model": "qwen", "stream": True}
    return Reply(**({**given, "include_usage": False} | fields))


def chunk(content: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk as vLLM sends it."""
    delta: dict[str, Any] = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {
        "id": "chatcmpl-engine",
        "object": "chat.completion.chunk",
        "created": 1790000000,
        "model": "/models/qwen",
        "choices": [{**choice, "token_ids": None}],
        **more,
    }


def event(told: dict[str, Any], *, spaced: bool = False, ascii_only: bool = False) -> bytes:
    separators = (", ", ": ") if spaced else (",", ":")
    text = json.dumps(told, separators=separators, ensure_ascii=ascii_only)
    return f"data: {text}\n\n".encode()


def told(stream: bytes) -> list[dict[str, Any]]:
    """The JSON of every event but [DONE]."""
    found = []
    for each in stream.decode().split("\n\n"):
        for line in each.split("\n"):
            if line.startswith("data: ") and line != "data: [DONE]":
                found.append(json.loads(line[6:]))
    return found

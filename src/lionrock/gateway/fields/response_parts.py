"""The objects of OpenAI's Responses API, as this gateway fills them."""

from __future__ import annotations

from typing import Any

from lionrock.gateway.fields.cleaning import Usage
from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.fields.prepared import Reply

_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


def incomplete(finish: str | None) -> tuple[str, str | None]:
    """(status, why not complete) of a finish reason."""
    why = _REASONS.get(finish or "")
    return ("incomplete", why) if why else ("completed", None)


def response(
    reply: Reply,
    created: Any,
    status: str,
    output: list[Json],
    used: Usage | None,
    why: str | None = None,
) -> Json:
    """A response object. Cached tokens are always told as 0: the count is another's secret."""
    return {
        "id": reply.id,
        "object": "response",
        "created_at": created if isinstance(created, int | float) else 0,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": why} if why else None,
        "model": reply.model,
        "output": output,
        **(reply.echo or {}),
        "usage": None
        if used is None
        else {
            "input_tokens": used.prompt,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": used.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used.prompt + used.output,
        },
    }


def text_part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def message(reply: Reply, index: int, text: str | None, status: str) -> Json:
    """A message item; `text` None for one that has just begun."""
    return {
        "id": f"msg_{reply.request_id}_{index}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [] if text is None else [text_part(text)],
    }


def call(reply: Reply, index: int, call_id: Any, name: Any, arguments: str, status: str) -> Json:
    """A function_call item."""
    return {
        "id": f"fc_{reply.request_id}_{index}",
        "type": "function_call",
        "status": status,
        "call_id": str(call_id or f"call_{reply.request_id}_{index}"),
        "name": str(name or ""),
        "arguments": arguments,
    }

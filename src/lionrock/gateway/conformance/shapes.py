"""Checks of shaped answers: JSON schema, tool calls, embeddings."""

from __future__ import annotations

import json
import math
from typing import Any

from lionrock.gateway.conformance.probe import GREEDY, Probe, said
from lionrock.gateway.conformance.verdicts import Outcome, failed, inapplicable, passed, unclear
from lionrock.gateway.conformance.wire import Json
from lionrock.gateway.fields.kinds import Endpoint, EngineKind

_CODE = "zq-417"
_ASK_CODE = "What colour is grass? Then write the letter k twenty times."
_TOOL: Json = {
    "type": "function",
    "function": {
        "name": "keep_years",
        "description": "Note for how many years records are kept.",
        "parameters": {
            "type": "object",
            "properties": {"years": {"type": "integer", "minimum": 0, "maximum": 99}},
            "required": ["years"],
            "additionalProperties": False,
        },
    },
}
_ASK_TOOL = "Records are kept for seven years. Note it with the tool keep_years."
_NO_EMBEDDINGS = frozenset({400, 404, 405, 422, 500, 501})
_ONLY_AUTO = frozenset({EngineKind.OLLAMA, EngineKind.MINDIE})


def enum_schema(word: str) -> Json:
    return {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": [word]}},
        "required": ["answer"],
        "additionalProperties": False,
    }


def constrained(schema: Json) -> Json:
    named = {"name": "answer", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


async def json_schema(probe: Probe) -> Outcome:
    """An answer fits a schema that no free answer would fit, and a bounded array stays bounded."""
    schema = enum_schema(_CODE)
    bounded = probe.kind is not EngineKind.MINDIE  # its page lists no maxItems
    if bounded:
        letters = {"type": "array", "items": {"type": "string", "enum": ["k"]}, "maxItems": 3}
        schema["properties"]["letters"] = letters
        schema["required"].append("letters")
    reply = await probe.send(probe.body(_ASK_CODE, 64, **GREEDY, **constrained(schema)))
    if not reply.ok:
        if probe.kind is EngineKind.MINDIE and reply.status < 500:
            return inapplicable(f"refused a schema ({reply.status}): this version takes none")
        return failed(f"answered {reply.status} to a JSON schema")
    text, finish = said(reply.json())
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("answer") != _CODE:
        return failed(f"the answer does not fit the schema (finish reason {finish})")
    if bounded and not (isinstance(told.get("letters"), list) and len(told["letters"]) <= 3):
        return failed("an array of at most 3 has more, or is none: maxItems is not kept")
    return passed("the answer fits" + (", and maxItems is kept" if bounded else ""))


async def tools(probe: Probe) -> Outcome:
    """A tool call comes as `tool_calls` with arguments that fit: auto taken, required obeyed."""
    if probe.kind is EngineKind.LLAMACPP:
        return inapplicable("the gateway makes tool calls itself, by JSON schema")
    auto = await probe.send(probe.body(_ASK_TOOL, 96, **GREEDY, tools=[_TOOL], tool_choice="auto"))
    if not auto.ok:
        return failed(f"answered {auto.status} to tools with tool_choice auto")
    if problem := _call_problem(auto.json()):
        if probe.kind in _ONLY_AUTO:
            return unclear(f"{problem}; it need not call one (auto is all it knows)")
    elif probe.kind in _ONLY_AUTO:
        return passed("a tool call that fits, with auto")
    asked = probe.body(_ASK_TOOL, 96, **GREEDY, tools=[_TOOL], tool_choice="required")
    required = await probe.send(asked)
    if not required.ok:
        return failed(f"answered {required.status} to tool_choice required")
    if missing := _call_problem(required.json()):
        return failed(f"with tool_choice required, {missing}")
    return passed("a tool call that fits, with required; auto taken")


async def embeddings(probe: Probe) -> Outcome:
    """Vectors of one length, finite, in the order asked, the same for the same text."""
    asked = {"model": probe.model, "input": ["river", "客戶盡職審查", "river"]}
    reply = await probe.wire.call("POST", Endpoint.EMBEDDINGS.path, asked)
    if reply.status in _NO_EMBEDDINGS:
        await probe.alive()
        return inapplicable(f"this model makes no embeddings ({reply.status})")
    if not reply.ok:
        return failed(f"answered {reply.status}")
    rows = reply.json().get("data")
    vectors = [_vector(row) for row in rows] if isinstance(rows, list) else []
    if len(vectors) != 3 or not all(vectors) or len({len(v) for v in vectors}) != 1:
        return failed("three texts did not give three vectors of one length")
    if [row.get("index") for row in rows or []] != [0, 1, 2]:
        return failed("the vectors are not numbered in the order asked")
    if not all(math.isfinite(x) for vector in vectors for x in vector):
        return failed("a vector holds what is no number")
    if _cosine(vectors[0], vectors[2]) < 0.999 or _cosine(vectors[0], vectors[1]) > 0.9999:
        return failed("the same text gave other vectors, or different texts the same one")
    return passed(f"{len(vectors[0])} dimensions, the same text the same vector")


def _call_problem(answer: Json) -> str:
    """What is wrong with the tool call that was asked for; empty where it is right."""
    said(answer)
    calls: Any = answer["choices"][0]["message"].get("tool_calls")
    if not isinstance(calls, list) or not calls:
        return "no tool was called"
    function = calls[0].get("function") if isinstance(calls[0], dict) else None
    if not isinstance(function, dict) or function.get("name") != "keep_years":
        return "the call names no tool that was offered"
    try:
        arguments = json.loads(function["arguments"])
    except (ValueError, TypeError, KeyError):
        return "the call's arguments are not JSON in a string"
    if not isinstance(arguments, dict) or type(arguments.get("years")) is not int:
        return "the call's arguments do not fit the tool's schema"
    return ""


def _vector(row: Any) -> list[float]:
    found = row.get("embedding") if isinstance(row, dict) else None
    fits = isinstance(found, list) and all(type(x) in (int, float) for x in found)
    return found if fits and found else []


def _cosine(a: list[float], b: list[float]) -> float:
    norm = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / norm if norm else 0.0

"""Tools and the choice among them: functions with bounded schemas, and no other kind of tool."""

from __future__ import annotations

import re
from typing import Any

from lionrock.gateway.fields.checks import boolean, keys
from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong
from lionrock.gateway.fields.schemas import bounded
from lionrock.gateway.fields.words import Words

_TOOL = frozenset({"type", "function"})
_FUNCTION = frozenset({"name", "description", "parameters", "strict"})
_STRICT = frozenset({EngineKind.OPENAI, EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG})
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def tools(value: Any, kind: EngineKind, caps: Caps, words: Words) -> list[Json]:
    """The functions offered. On llama.cpp every call is held to its schema, `strict` or not."""
    if type(value) is not list or not 0 < len(value) <= caps.tools:
        raise wrong("tools", f"must be a list of 1 to {caps.tools} functions.")
    made = [_tool(each, f"tools[{i}]", kind, caps, words) for i, each in enumerate(value)]
    names = [each["function"]["name"] for each in made]
    if len(set(names)) != len(names):
        raise wrong("tools", "two have the same name. Rename one.")
    return made


def _tool(value: Any, field: str, kind: EngineKind, caps: Caps, words: Words) -> Json:
    keys(value, field, _TOOL)
    if value.get("type") != "function":
        raise wrong(f"{field}.type", "must be function: the gateway runs no tools of its own.")
    function = keys(value.get("function"), f"{field}.function", _FUNCTION)
    name, description = function.get("name"), function.get("description")
    if type(name) is not str or not _NAME.fullmatch(name):
        raise wrong(
            f"{field}.function.name", "must be 1 to 64 letters, digits, and any of . _ - in ASCII."
        )
    made: Json = {"name": name}
    if description is not None:
        if type(description) is not str:
            raise wrong(f"{field}.function.description", "must be a string.")
        made["description"] = words.said(description)
    parameters = function.get("parameters")
    made["parameters"] = bounded(
        {"type": "object", "properties": {}} if parameters is None else parameters,
        f"{field}.function.parameters",
        kind,
        caps,
    )
    words.structure(made["parameters"])
    if function.get("strict") is not None:
        boolean(function["strict"], f"{field}.function.strict")
        if kind in _STRICT:
            made["strict"] = function["strict"]
        elif function["strict"] and kind is not EngineKind.LLAMACPP:
            raise wrong(f"{field}.function.strict", f"{kind} does not hold calls to it. Remove it.")
    return {"type": "function", "function": made}


def choice(value: Any, offered: list[Json]) -> str | Json:
    """`auto`, `none`, `required`, or the function named. InvalidInput: none of these."""
    if type(value) is str and value in ("auto", "none", "required"):
        return value
    if type(value) is dict and value.get("type") == "function":
        keys(value, "tool_choice", _TOOL)
        name = keys(value.get("function"), "tool_choice.function", frozenset({"name"})).get("name")
        if any(each["function"]["name"] == name for each in offered):
            return {"type": "function", "function": {"name": name}}
        raise wrong("tool_choice.function.name", "must be the name of one of the tools.")
    raise wrong("tool_choice", "must be auto, none, required, or a function by name.")

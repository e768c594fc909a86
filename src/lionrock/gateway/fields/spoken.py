"""Tools on llama.cpp: the calls are a JSON answer held to a schema, so that they always parse.

Its server reads tool calls out of a model's own mark-up, which small models (the default one among
them) do not write. Here the tools are told in the system message, the answer is constrained to
`{"tool_calls": […]}` or, where the choice is open, `{"content": "…"}`, and read back.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.fields.reading import parse, write

_CALLS_AT_ONCE = 8
_TOLD = (
    "You can call the tools below. Answer with one JSON object and nothing else: "
    '{"tool_calls": [{"name": "…", "arguments": {…}}]} to call tools%s\n\nTools:\n%s'
)
_OR_WORDS = ', or {"content": "…"} to answer in words when no tool helps or the results are in.'
_OPENING = re.compile(r'\s*\{\s*"content"\s*:\s*"')
_UNITS = re.compile(
    r'(?:[^"\\]|\\(?:["\\/bfnrt]|u(?![dD][89abAB])[0-9a-fA-F]{4}'
    r"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|u[dD][89abAB][0-9a-fA-F]{2}(?=[^\\]|\\[^u]|\\u[^dD]|\\u[dD][0-9abAB])))*"
)
"""Whole characters of a JSON string's inside; an escape not yet complete is left for later."""


def speak(sent: Json, tools: list[Json], choice: str | Json, parallel: bool) -> bool:
    """Rewrite a chat request in place; whether its answer must be read back with `heard`.

    Calls and results in the conversation become messages of plain text in any case.
    """
    names = _said(sent["messages"])
    sent["messages"] = names
    if not tools or choice == "none":
        return False
    if isinstance(choice, dict):
        name = choice["function"]["name"]
        tools = [t for t in tools if t["function"]["name"] == name]
    must = choice != "auto"
    told = "\n".join(write(t["function"]).decode() for t in tools)
    _instruct(sent["messages"], _TOLD % ("." if must else _OR_WORDS, told))
    most = _CALLS_AT_ONCE if parallel and not isinstance(choice, dict) else 1
    sent["response_format"] = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": _schema(tools, must, most)},
    }
    return True


def _schema(tools: list[Json], must: bool, most: int) -> Json:
    defs = {f"tool{i}": _moved(t["function"]["parameters"], i) for i, t in enumerate(tools)}
    one_call = [
        _object(name={"const": t["function"]["name"]}, arguments={"$ref": f"#/$defs/tool{i}"})
        for i, t in enumerate(tools)
    ]
    listed = {"type": "array", "items": {"anyOf": one_call}, "minItems": 1, "maxItems": most}
    calls = _object(tool_calls=listed)
    whole = calls if must else {"anyOf": [calls, _object(content={"type": "string"})]}
    return {**whole, "$defs": defs}


def _object(**properties: Json) -> Json:
    required = list(properties)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _moved(value: Any, i: int) -> Any:
    """A schema whose references follow it to `#/$defs/tool{i}`."""
    if isinstance(value, dict):
        return {
            k: f"#/$defs/tool{i}{v[1:]}" if k == "$ref" and isinstance(v, str) else _moved(v, i)
            for k, v in value.items()
        }
    return [_moved(v, i) for v in value] if isinstance(value, list) else value


def _said(messages: list[Json]) -> list[Json]:
    names: dict[str, str] = {}
    said: list[Json] = []
    for message in messages:
        if message["role"] == "tool":
            call = message["tool_call_id"]
            text = f"Result of {names.get(call, 'the call')} ({call}):\n{_text(message['content'])}"
            said.append({"role": "user", "content": text})
        elif calls := message.get("tool_calls"):
            names |= {c["id"]: c["function"]["name"] for c in calls}
            rest = {k: v for k, v in message.items() if k != "tool_calls"}
            said.append(rest | {"content": write({"tool_calls": _plain(calls)}).decode()})
        else:
            said.append(message)
    return said


def _plain(calls: list[Json]) -> list[Json]:
    plain = []
    for call in calls:
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        with contextlib.suppress(ValueError):  # a client's own making stays the text it is
            arguments = parse(arguments)
        plain.append({"name": name, "arguments": arguments})
    return plain


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def _instruct(messages: list[Json], told: str) -> None:
    first = messages[0]
    if first["role"] == "system" and isinstance(first["content"], str):
        messages[0] = first | {"content": f"{first['content']}\n\n{told}"}
    else:
        messages.insert(0, {"role": "system", "content": told})


class Hearing:
    """Reads a constrained answer as it comes: words at once, calls when it is complete."""

    def __init__(self, request_id: str) -> None:
        self._id = request_id
        self._raw = ""
        self._at: int | None = None

    def words(self, piece: str) -> str:
        """The next words for the user; empty while there are none."""
        self._raw += piece
        if self._at is None:
            opening = _OPENING.match(self._raw)
            if opening is None:
                return ""
            self._at = opening.end()
        units = _UNITS.match(self._raw, self._at)
        end = units.end() if units else self._at
        inside, self._at = self._raw[self._at : end], end
        return _decoded(inside)

    def calls(self) -> list[Json]:
        """The tool calls, once the answer is complete; none when it was words or was cut off."""
        if self._at is not None:
            return []
        try:
            listed = parse(self._raw)["tool_calls"]
            made = [(c["name"], write(c["arguments"]).decode()) for c in listed]
        except (ValueError, KeyError, TypeError):
            return []
        return [
            {
                "id": f"call_{self._id}_{i}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for i, (name, arguments) in enumerate(made)
        ]


def heard(message: Json, request_id: str) -> Json:
    """An assistant's message whose content was constrained: with words, or with tool calls."""
    hearing = Hearing(request_id)
    words = hearing.words(message.get("content") or "")
    calls = hearing.calls()
    if calls:
        return message | {"content": None, "tool_calls": calls}
    return message | {"content": words}


def _decoded(inside: str) -> str:
    if "\\" not in inside:
        return inside
    text: str = json.loads(f'"{inside}"', strict=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

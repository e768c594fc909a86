"""What a fake answers: tokens by rule, so that a seed, a stop string and a schema mean something."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.gateway.fakes.ills import Ill

_RIVERS = "The Yangtze, the Mekong and the Ganges are three long rivers of Asia that reach a sea."
_WORDS = "salt wave gull foam tide reef moon drift".split()


def words_in(body: dict[str, Any]) -> int:
    """Tokens of the prompt: words and four of a template."""
    return 4 + sum(len(str(m.get("content", "")).split()) for m in body["messages"])


def tokens(body: dict[str, Any], ills: frozenset[Ill]) -> Iterator[str]:
    """The pieces of the answer, without an end where it does not end by itself."""
    prompt = str(body["messages"][-1].get("content", ""))
    if (schema := _schema(body)) and Ill.SCHEMA_IGNORED not in ills:
        text = json.dumps(instance(schema, ills), ensure_ascii=False)
        return iter(re.findall(r".{1,2}", text))
    if body.get("ignore_eos") or prompt.startswith("Count from one"):
        return (f"n{number} " for number in itertools.count(1))
    if body.get("temperature", 1):
        return _sampled(prompt, body.get("seed"), ills)
    text = prompt.partition(": ")[2] if prompt.startswith("Repeat exactly") else _RIVERS
    return iter(re.findall(r"\S+\s*", text))


def instance(schema: dict[str, Any], ills: frozenset[Ill]) -> Any:
    """The shortest value that fits; arrays as long as they may be."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {k: instance(s, ills) for k, s in schema["properties"].items()}
        case "array":
            most = 20 if Ill.BOUNDS_IGNORED in ills else schema.get("maxItems", 20)
            return [instance(schema["items"], ills)] * most
        case "integer":
            return 7
    return ""


def called(body: dict[str, Any], ills: frozenset[Ill]) -> list[dict[str, Any]]:
    """The tool calls of the answer: of the first tool, or the one that was chosen. None where no tool is
    offered, and words once a result is in that it need not follow with another call."""
    choice = body.get("tool_choice", "auto")
    if not body.get("tools") or choice == "none" or Ill.TOOLS_IN_WORDS in ills:
        return []
    if choice == "auto" and body["messages"][-1]["role"] == "tool":
        return []
    offered = [tool["function"] for tool in body["tools"]]
    wanted = choice["function"]["name"] if isinstance(choice, dict) else offered[0]["name"]
    function = next(each for each in offered if each["name"] == wanted)
    value = instance(function["parameters"], ills)
    arguments = value if Ill.ARGUMENTS_MISSHAPEN in ills else json.dumps(value)
    told = {"name": function["name"], "arguments": arguments}
    return [{"id": "call_1", "type": "function", "function": told}]


def vector(text: str, ills: frozenset[Ill]) -> list[float]:
    seeded = b"" if Ill.VECTORS_CONSTANT in ills else text.encode()
    return [byte / 255 - 0.5 for byte in hashlib.sha256(seeded).digest()[:8]]


def _schema(body: dict[str, Any]) -> Any:
    asked = body.get("response_format") or {}
    return asked["json_schema"]["schema"] if asked.get("type") == "json_schema" else None


_CALLS = itertools.count()


def _sampled(prompt: str, seed: Any, ills: frozenset[Ill]) -> Iterator[str]:
    mixed = next(_CALLS) if Ill.SEED_IGNORED in ills or seed is None else seed
    digest = hashlib.sha256(f"{mixed} {prompt}".encode()).digest()
    return iter([f"{_WORDS[byte % len(_WORDS)]} " for byte in digest[:10]])

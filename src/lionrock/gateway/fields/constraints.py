"""One constraint on the form of an answer, from whichever field named it, in the engine's words.

`guided_*` are vLLM's old names, which it now ignores with no more than a log line; here they mean
what they meant. Grammars are GBNF, which llama.cpp, xgrammar (vLLM) and SGLang's `ebnf` all read.
"""

from __future__ import annotations

import re
from typing import Any

from lionrock.gateway.fields.checks import keys, strings, text
from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong
from lionrock.gateway.fields.schemas import bounded
from lionrock.gateway.fields.words import Words

VLLM = frozenset({EngineKind.VLLM, EngineKind.VLLM_ASCEND})
NAMES = frozenset(
    "response_format guided_json guided_regex guided_choice guided_grammar structured_outputs "
    "json_schema grammar regex ebnf".split()
)
_MEANS = {
    "guided_json": "json",
    "json_schema": "json",
    "guided_regex": "regex",
    "regex": "regex",
    "guided_choice": "choice",
    "guided_grammar": "grammar",
    "grammar": "grammar",
    "ebnf": "grammar",
}
_FORMAT = frozenset({"type", "json_schema"})
_NAMED = frozenset({"name", "description", "schema", "strict"})
_STRUCTURED = frozenset({"json", "regex", "choice", "grammar", "json_object"})
_CHOICE = strings(1000, 1000)
_REGEX = text(4000)
_GRAMMAR = text(64_000)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def constrain(sent: Json, kind: EngineKind, caps: Caps, words: Words) -> str | None:
    """Replace the constraint in `sent` by the engine's own form of it, schemas bounded.

    Returns the name of the field it came from; None when there was none.
    InvalidInput: two constraints at once, or one that is not well made.
    """
    named = sorted(NAMES & sent.keys())
    if not named:
        return None
    if len(named) > 1:
        raise wrong(named[1], f"{named[0]} is there too; an answer has one constraint. Keep one.")
    field, value = named[0], sent.pop(named[0])
    means, value = _meant(field, value)
    if means == "text":
        return None
    if means == "object":
        sent["response_format"] = {"type": "json_object"}
    elif means in ("json", "named"):
        sent["response_format"] = _schema(field, means, value, kind, caps, words)
    else:
        _CHECKS[means](value, field)
        sent.update(_written(means, value, kind))
    return field


def _meant(field: str, value: Any) -> tuple[str, Any]:
    if field == "response_format":
        return _response_format(value)
    if field == "structured_outputs":
        given = {k: v for k, v in keys(value, field, _STRUCTURED).items() if v is not None}
        if len(given) != 1:
            raise wrong(field, "must have exactly one of " + ", ".join(sorted(_STRUCTURED)) + ".")
        means, inner = next(iter(given.items()))
        if means == "json_object" and inner is not True:
            raise wrong(f"{field}.json_object", "must be true. Leave it out for plain text.")
        return ("object", None) if means == "json_object" else (means, inner)
    return _MEANS[field], value


def _response_format(value: Any) -> tuple[str, Any]:
    keys(value, "response_format", _FORMAT)
    means = value.get("type")
    if means not in ("text", "json_object", "json_schema"):
        raise wrong("response_format.type", "must be text, json_object or json_schema.")
    if means != "json_schema":
        if value.get("json_schema") is not None:
            raise wrong("response_format.json_schema", f"goes with type json_schema, not {means}.")
        return ("text", None) if means == "text" else ("object", None)
    return "named", value.get("json_schema")


def _schema(field: str, means: str, value: Any, kind: EngineKind, caps: Caps, words: Words) -> Json:
    inner: Json = {"name": "answer", "schema": value, "strict": True}
    if means == "named":
        field = "response_format.json_schema"
        inner = dict(keys(value, field, _NAMED))
        if type(inner.get("name")) is not str or not _NAME.fullmatch(inner["name"]):
            raise wrong(f"{field}.name", "must be 1 to 64 letters, digits, underscores or hyphens.")
    inner["schema"] = bounded(inner.get("schema"), f"{field}.schema", kind, caps)
    words.structure(inner)
    return {"type": "json_schema", "json_schema": inner}


def _written(means: str, value: Any, kind: EngineKind) -> Json:
    """The policy lets each meaning only reach kinds that have a case here."""
    if kind in VLLM:
        return {"structured_outputs": {means: value}}
    if means == "choice":
        if kind is EngineKind.SGLANG:
            return {"regex": "(" + "|".join(re.escape(each) for each in value) + ")"}
        return {"grammar": "root ::= " + " | ".join(_quoted(each) for each in value)}
    if kind is EngineKind.SGLANG:
        return {"ebnf" if means == "grammar" else means: value}
    return {means: value}


def _choice(value: Any, field: str) -> None:
    if type(value) is not list:
        raise wrong(field, "must be a list of strings.")
    _CHOICE(value, field)


def _quoted(choice: str) -> str:
    """A GBNF literal: what is not a letter or digit of ASCII goes by its code point."""
    return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08X}" for c in choice) + '"'


_CHECKS = {"regex": _REGEX, "grammar": _GRAMMAR, "choice": _choice}

"""Sifted completion and embedding requests: a text or several, never token ids."""

from __future__ import annotations

from typing import Any

from lionrock.errors import TooLarge
from lionrock.gateway.fields.constraints import constrain
from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong
from lionrock.gateway.fields.words import Words


def completion(sent: Json, kind: EngineKind, caps: Caps, words: Words) -> int:
    """Complete `sent` in place; how many prompts there are."""
    sent["prompt"], count = _texts(sent.get("prompt"), "prompt", caps.prompts, words)
    if "suffix" in sent:
        sent["suffix"] = words.said(sent["suffix"])
    constrain(sent, kind, caps, words)
    return count


def embedding(sent: Json, caps: Caps, words: Words) -> int:
    """As `completion`, for what is to be embedded."""
    sent["input"], count = _texts(sent.get("input"), "input", caps.inputs, words)
    return count


def _texts(value: Any, field: str, most: int, words: Words) -> tuple[str | list[str], int]:
    if type(value) is str and value:
        return words.said(value), 1
    if type(value) is not list or not value or not all(type(v) is str and v for v in value):
        raise wrong(
            field,
            "must be a text or a list of texts, none empty. "
            "Token ids are not taken: they cannot be checked for personal data.",
        )
    if len(value) > most:
        raise TooLarge(f"`{field}`: {len(value)} texts; at most {most} are taken. Send fewer.")
    return [words.said(each) for each in value], len(value)

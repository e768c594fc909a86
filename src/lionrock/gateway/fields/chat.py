"""A sifted chat request in the engine's words."""

from __future__ import annotations

from typing import Any

from lionrock.gateway.fields import spoken
from lionrock.gateway.fields.constraints import constrain
from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong
from lionrock.gateway.fields.messages import messages
from lionrock.gateway.fields.tools import choice, tools
from lionrock.gateway.fields.words import Words

_ONLY_AUTO = frozenset({EngineKind.OLLAMA, EngineKind.MINDIE})
_ONE_CONSTRAINT = frozenset({EngineKind.LLAMACPP, EngineKind.SGLANG})
"""Kinds that hold tool calls by the same constraint as the answer's form."""


def chat(sent: Json, kind: EngineKind, caps: Caps, words: Words) -> bool:
    """Complete `sent` in place, but for sizes and owned fields; whether tools are spoken."""
    sent["messages"] = messages(sent.get("messages"), kind, caps, words)
    constrained = constrain(sent, kind, caps, words)
    if "top_logprobs" in sent and sent.get("logprobs") is not True:
        raise wrong("top_logprobs", "needs logprobs to be true. Add it, or remove top_logprobs.")
    offered, chosen = _tools(sent, kind, caps, words)
    if offered and constrained and kind in _ONE_CONSTRAINT:
        raise wrong(constrained, f"{kind} cannot hold both tools and the answer's form. Keep one.")
    if kind is not EngineKind.LLAMACPP:
        return False
    for name in ("tools", "tool_choice"):
        sent.pop(name, None)
    return spoken.speak(sent, offered, chosen, sent.pop("parallel_tool_calls", True))


def _tools(sent: Json, kind: EngineKind, caps: Caps, words: Words) -> tuple[list[Json], str | Json]:
    asked: Any = sent.pop("tools", None)
    wanted: Any = sent.pop("tool_choice", None)
    if not asked:
        if asked is not None and asked != []:
            raise wrong("tools", "must be a list of functions.")
        if wanted not in (None, "none", "auto"):
            raise wrong("tool_choice", "there are no tools to choose from. Add tools.")
        sent.pop("parallel_tool_calls", None)
        return [], "auto"
    offered = sent["tools"] = tools(asked, kind, caps, words)
    chosen = "auto" if wanted is None else choice(wanted, offered)
    if kind in _ONLY_AUTO:
        if chosen != "auto":
            raise wrong("tool_choice", f"{kind} only knows auto. Remove it.")
    elif wanted is not None:
        sent["tool_choice"] = chosen
    return offered, chosen

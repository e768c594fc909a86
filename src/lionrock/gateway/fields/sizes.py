"""The size of an answer within the caps, and the fields that the gateway sets."""

from __future__ import annotations

import re

from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, Owned, wrong

_VLLM = frozenset({EngineKind.VLLM, EngineKind.VLLM_ASCEND})
_SALTED = _VLLM | {EngineKind.SGLANG}
_NO_OPTIONS = frozenset({EngineKind.MINDIE})
"""MindIE counts usage in the last event of every stream; its texts name no option for it."""
_SALT = re.compile(r"[^@/\\\0]{1,128}")
_ID = re.compile(r"[A-Za-z0-9-]{1,128}")


def sized(sent: Json, kind: EngineKind, caps: Caps, field: str = "max_tokens") -> int:
    """Put the output cap in `sent`; the most tokens of all choices together.

    `field`: what the client calls it, for refusals.
    """
    older, newer = sent.pop("max_tokens", None), sent.pop("max_completion_tokens", None)
    if older is not None and newer is not None and older != newer:
        raise wrong("max_tokens", "differs from max_completion_tokens. Keep one.")
    asked = newer if newer is not None else older
    if asked is not None and asked > caps.output:
        named = "max_completion_tokens" if newer is not None else field
        raise wrong(named, f"{asked}; at most {caps.output} here. Ask for fewer.")
    most: int = caps.output if asked is None else asked
    new_name = kind is EngineKind.OPENAI and older is None
    sent["max_completion_tokens" if new_name else "max_tokens"] = most
    choices: int = sent.get("n", 1)
    if choices > caps.choices:
        raise wrong("n", f"{choices}; at most {caps.choices} here. Ask for fewer.")
    return most * choices


def streamed(sent: Json, kind: EngineKind) -> tuple[bool, bool]:
    """Have a stream's usage told; (streamed, the client asked for the usage)."""
    stream, options = bool(sent.get("stream", False)), sent.pop("stream_options", None)
    if options and not stream:
        raise wrong("stream_options", "needs stream to be true. Remove it.")
    if stream and kind not in _NO_OPTIONS:
        sent["stream_options"] = {"include_usage": True}
    return stream, bool(options and options.get("include_usage"))


def own(sent: Json, kind: EngineKind, owned: Owned, model: str) -> None:
    """Put in what the gateway sets. ValueError: an `Owned` that the engines would refuse."""
    if not _ID.fullmatch(owned.request_id):
        raise ValueError("A request id has 1 to 128 letters, digits and hyphens.")
    sent["model"] = owned.model or model
    if kind in _SALTED:
        if owned.salt is not None:
            if not _SALT.fullmatch(owned.salt):
                raise ValueError("A salt has 1 to 128 characters, none of them @ / \\ or NUL.")
            sent["cache_salt"] = owned.salt
        if owned.priority is not None:
            sent["priority"] = owned.priority
        sent["request_id" if kind in _VLLM else "rid"] = owned.request_id
    elif kind is EngineKind.LLAMACPP:
        sent["cache_prompt"] = owned.prompt_cache
        if owned.slot is not None:
            sent["id_slot"] = owned.slot

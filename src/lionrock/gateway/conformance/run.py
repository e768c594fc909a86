"""The checks in order, one `Finding` each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from lionrock.errors import EngineUnavailable
from lionrock.gateway.conformance import isolation, limits, locks, shapes, talking
from lionrock.gateway.conformance.probe import Patience, Probe
from lionrock.gateway.conformance.verdicts import (
    Fault,
    Finding,
    Outcome,
    failed,
    passed,
)
from lionrock.gateway.conformance.wire import Wire
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.kernel.egress import Gate

Check = Callable[[Probe], Awaitable[Outcome]]

CHECKS: dict[str, Check] = {
    "chat": talking.chat,
    "stream": talking.stream,
    "stop": talking.stop,
    "seed": talking.seed,
    "JSON schema": shapes.json_schema,
    "tools": shapes.tools,
    "usage": talking.usage,
    "embeddings": shapes.embeddings,
    "cancel": limits.cancel,
    "over-long context": limits.context,
    "bad input": limits.bad_input,
    "UTF-8": talking.utf8,
    "salt": isolation.salt,
    "priority": isolation.priority,
    "auth": locks.auth,
}
"""By the names that the report shows; `models` comes before them."""

_OWNERS = {
    "llamacpp": EngineKind.LLAMACPP, "vllm": EngineKind.VLLM, "sglang": EngineKind.SGLANG,
    "library": EngineKind.OLLAMA, "mindie server": EngineKind.MINDIE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """`url` as for `Wire`. What is None is asked of the engine, or goes untold.

    `context`: tokens of prompt and answer together. `at_once`: requests it works on at once.
    """

    url: str
    key: str | None = None
    kind: EngineKind | None = None
    model: str | None = None
    context: int | None = None
    at_once: int | None = None


async def check(
    target: Target, *, egress: Gate | None = None, patience: Patience | None = None
) -> AsyncIterator[Finding]:
    """Findings as they come: `models`, and if a model is known, all of `CHECKS`.

    EngineUnavailable: it cannot be reached at all. EgressRefused: its host is not on the list.
    """
    patience = patience or Patience()
    clock = asyncio.get_running_loop().time
    wire = Wire(target.url, key=target.key, egress=egress, silence=patience.silence)
    try:
        began = clock()
        try:
            probe, outcome = await _introduced(target, wire, patience)
        except Fault as fault:
            probe, outcome = None, failed(f"it {fault}")
        yield Finding("models", outcome.verdict, outcome.detail, clock() - began)
        for name, run in CHECKS.items() if probe else ():
            began = clock()
            outcome = await _judged(run, probe)
            yield Finding(name, outcome.verdict, outcome.detail, clock() - began)
    finally:
        await wire.close()


async def _judged(run: Check, probe: Probe | None) -> Outcome:
    assert probe is not None
    try:
        return await run(probe)
    except Fault as fault:
        return failed(f"it {fault}")
    except EngineUnavailable:
        return failed("it can no longer be reached")


async def _introduced(
    target: Target, wire: Wire, patience: Patience
) -> tuple[Probe | None, Outcome]:
    """Who it is, by its own list of models and what was told of it."""
    reply = await wire.call("GET", "/v1/models")
    if reply.status in (401, 403):
        return None, failed(f"it does not take the key ({reply.status}); name its file: --key-file")
    rows: Any = reply.json().get("data") if reply.ok else None
    listed = [row for row in rows or [] if isinstance(row, dict) and isinstance(row.get("id"), str)]
    row = next((r for r in listed if target.model in (None, r["id"])), None)
    if row is None:
        wanted = f"does not list {target.model}" if target.model else "lists no model"
        return None, failed(f"it {wanted} at /v1/models ({reply.status})")
    kind = target.kind or _OWNERS.get(str(row.get("owned_by")).lower(), EngineKind.OPENAI)
    context = target.context or _context(row)
    probe = Probe(wire, kind, row["id"], context, target.at_once, patience)
    told = f"context {context} tokens" if context else "context not told"
    source = "as told" if target.kind else "by its owned_by"
    return probe, passed(f"{row['id']}, {told}; kind {kind} ({source})")


def _context(row: dict[str, Any]) -> int | None:
    """vLLM and SGLang: max_model_len. llama.cpp: meta.n_ctx, where its version tells it."""
    meta = row.get("meta")
    found = row.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return found if type(found) is int and found > 0 else None

"""Checks of what keeps tenants apart: cache salts, and priorities in the engine's own queue."""

from __future__ import annotations

import asyncio
import secrets

from lionrock.gateway.conformance.gauges import cache_hits
from lionrock.gateway.conformance.limits import filled
from lionrock.gateway.conformance.probe import Probe
from lionrock.gateway.conformance.verdicts import (
    Fault,
    Outcome,
    failed,
    inapplicable,
    passed,
    unclear,
)
from lionrock.gateway.conformance.wire import Json
from lionrock.gateway.fields.kinds import EngineKind

_SALTED = frozenset({EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG})
_ROUNDS = 3
_SOON, _LATER = -10, 10
"""The gateway's convention, which is vLLM's: the lower number goes first."""
_SALT_BYTES = 32
_LONG_CHARACTERS = 3000
_BRIEF_CHARACTERS = 320


async def salt(probe: Probe) -> Outcome:
    """A prompt replayed under another tenant's salt takes nothing from the cache.

    Judged by the cached tokens that the engine tells, in answers or in its counters; times alone
    would not do on an engine that others use. llama.cpp knows no salts: with `cache_prompt` false
    a replayed prompt must be read anew.
    """
    prompt = _long_prompt(probe)
    if probe.kind is EngineKind.LLAMACPP:
        return await _read_anew(probe, prompt)
    if probe.kind not in _SALTED:
        return inapplicable("it knows no salts: one instance for each tenant, or no prompt cache")
    ours, theirs = (secrets.token_hex(_SALT_BYTES) for _ in range(2))
    await _cached(probe, prompt, ours)
    own = await _cached(probe, prompt, ours)
    foreign = await _cached(probe, prompt, theirs)
    if own is None or foreign is None:
        return unclear(
            "it tells no cached tokens; for the check, start it with metrics, or with "
            "--enable-prompt-tokens-details (vLLM) or --enable-cache-report (SGLang)"
        )
    if not own:
        if foreign:
            return failed(f"another salt took {foreign} tokens from the cache")
        return unclear("nothing came from a cache even under the same salt: it may be off")
    if foreign:
        return failed(f"another salt took {foreign} tokens from the cache (the same salt {own})")
    return passed(f"the same salt took {own} tokens from the cache, another salt none")


async def priority(probe: Probe) -> Outcome:
    """Of two requests that wait, the lower priority number goes first, though it came last."""
    if probe.kind not in _SALTED:
        return inapplicable("it knows no priorities: the gateway's queue orders alone")
    reply = await probe.send(probe.body("Say yes.", 1, priority=_LATER))
    if not reply.ok:
        return inapplicable(
            f"it refuses a priority ({reply.status}), as without priority scheduling: the "
            "gateway's queue orders alone"
        )
    first = [await _overtaken(probe) for _ in range(_ROUNDS)]
    if None in first:
        return unclear("it has room for more; tell how many it works on at once (--at-once)")
    right = sum(map(bool, first))
    if right == _ROUNDS:
        return passed(f"the lower number went first in {_ROUNDS} of {_ROUNDS} rounds")
    if right:
        return unclear(f"the lower number went first in {right} of {_ROUNDS} rounds")
    return failed(
        "the lower number never went first; vLLM needs --scheduling-policy priority, SGLang "
        "--enable-priority-scheduling and --schedule-low-priority-values-first"
    )


async def _overtaken(probe: Probe) -> bool | None:
    """Whether the request that came last and is to go first did; None: neither had to wait."""
    order: list[int] = []

    async def ask(number: int) -> None:
        await probe.ask("Name a river.", 8, priority=number)
        order.append(number)

    async with filled(probe) as held:
        asking = [asyncio.create_task(ask(_LATER))]
        try:
            await asyncio.sleep(probe.patience.queued)
            asking.append(asyncio.create_task(ask(_SOON)))
            await asyncio.sleep(probe.patience.queued)
            waited = not asking[0].done()
            # One place only: with two free at once both would start together.
            held[0].cancel()
            await asyncio.gather(*asking)
        finally:
            for task in asking:
                task.cancel()
    return order[0] == _SOON if waited else None


async def _read_anew(probe: Probe, prompt: str) -> Outcome:
    await probe.ask(prompt, 1)
    answer = await probe.ask(prompt, 1)
    timings = answer.get("timings")
    found = [_cached_in(answer), timings.get("cache_n") if isinstance(timings, dict) else None]
    told = [count for count in found if type(count) is int]
    if not told:
        return unclear("it tells no cached tokens")
    if max(told):
        return failed(
            f"a replayed prompt took {max(told)} tokens from the cache though cache_prompt is false"
        )
    return passed("it knows no salts; a replayed prompt was read anew, nothing from a cache")


async def _cached(probe: Probe, prompt: str, key: str) -> int | None:
    """Tokens of the prompt that came from the cache, by the answer or else the counters."""
    before = await cache_hits(probe)
    answer = await probe.ask(prompt, 1, cache_salt=key)
    told = _cached_in(answer)
    if told is not None:
        return told
    after = await cache_hits(probe)
    return None if before is None or after is None else int(after - before)


def _cached_in(answer: Json) -> int | None:
    usage = answer.get("usage")
    details = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    count = details.get("cached_tokens") if isinstance(details, dict) else None
    if count is not None and type(count) is not int:
        raise Fault("tells cached tokens that are no number")
    return count


def _long_prompt(probe: Probe) -> str:
    """Several cache blocks of text that nobody has sent before."""
    brief = probe.context is not None and probe.context < 4096
    length = _BRIEF_CHARACTERS if brief else _LONG_CHARACTERS
    return f"{secrets.token_hex(8)}: " + ("The river runs to the sea. " * (length // 27))

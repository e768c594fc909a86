"""What engines tell of themselves in Prometheus text: requests under way, prefix cache hits.

Names: vLLM 0.33 v1/metrics/loggers.py; SGLang `--enable-metrics`; llama.cpp `--metrics`.
"""

from __future__ import annotations

import re

from lionrock.gateway.conformance.probe import Probe
from lionrock.gateway.conformance.verdicts import Fault

_RUNNING = ("vllm:num_requests_running", "sglang:num_running_reqs", "llamacpp:requests_processing")
_HITS = ("vllm:prefix_cache_hits_total", "vllm:prefix_cache_hits", "sglang:cached_tokens_total")


async def running(probe: Probe) -> float | None:
    """Requests being worked on, all engines of the server together; None where it is not told."""
    return await _value(probe, _RUNNING)


async def cache_hits(probe: Probe) -> float | None:
    """Tokens taken from the prefix cache since the start; None where it is not told."""
    return await _value(probe, _HITS)


async def _value(probe: Probe, names: tuple[str, ...]) -> float | None:
    try:
        reply = await probe.wire.call("GET", "/metrics")
    except Fault:
        return None
    if not reply.ok:
        return None
    text = reply.body.decode("utf-8", "replace")
    for name in names:
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([0-9.eE+-]+)", text, re.MULTILINE)
        if found:
            return sum(map(float, found))
    return None

"""Checks at the edges: a prompt too long, requests that are wrong, a client that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from lionrock.gateway.conformance.gauges import running
from lionrock.gateway.conformance.probe import Probe
from lionrock.gateway.conformance.verdicts import Outcome, failed, passed, unclear
from lionrock.gateway.conformance.wire import Json
from lionrock.gateway.fields.kinds import EngineKind

_UNTOLD_CONTEXT = 262_144
_LONG_ANSWER = "Count from one to ten thousand in words, and do not stop before."
_MANY_TOKENS = 100_000
_GOES_ON = frozenset(
    {EngineKind.LLAMACPP, EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG,
     EngineKind.MINDIE}
)  # fmt: skip
"""Kinds that know `ignore_eos`: an answer cannot end before it is given up."""


async def context(probe: Probe) -> Outcome:
    """A prompt longer than the context is refused with a 4xx, not cut, and nothing breaks."""
    tokens = probe.context or _UNTOLD_CONTEXT
    # "word " is a token in every vocabulary known here; half as much again is beyond doubt.
    reply = await probe.send(probe.body("word " * (tokens * 3 // 2), 4))
    await probe.alive()
    if reply.ok:
        if probe.context is None:
            return unclear(
                f"it took {tokens * 3 // 2} words; tell its context (--context) to know more"
            )
        return failed("it answered a prompt longer than its context: the prompt was cut unseen")
    if not 400 <= reply.status < 500:
        return failed(f"it answered {reply.status}, which reads as a fault of the engine's")
    return passed(f"refused with {reply.status}, and it goes on")


async def bad_input(probe: Probe) -> Outcome:
    """What is wrong in a request is refused with a 4xx, and nothing breaks."""
    plain = probe.body("Say yes.", 1)
    wrong: dict[str, Json | bytes] = {
        "not JSON": b'{"model": ',
        "no messages": {k: v for k, v in plain.items() if k != "messages"},
        "messages of text": plain | {"messages": "hello"},
        "a temperature of text": plain | {"temperature": "warm"},
    }
    statuses = {name: (await probe.send(body)).status for name, body in wrong.items()}
    await probe.alive()
    bad = [f"{name} ({status})" for name, status in statuses.items() if not 400 <= status < 500]
    if bad:
        return failed("answered other than 4xx to: " + ", ".join(bad))
    return passed(f"{len(wrong)} wrong requests refused, and it goes on")


async def cancel(probe: Probe) -> Outcome:
    """A client that goes away frees the engine within a second.

    Seen in the engine's own gauge of running requests where it shows one; else by filling it and
    seeing whether a request that had to wait is answered once the others are given up.
    """
    if await running(probe) is None:
        return await _by_waiting(probe)
    return await _by_gauge(probe)


async def _by_gauge(probe: Probe) -> Outcome:
    before = await running(probe)
    async with probe.streaming(long_body(probe)) as response:
        await probe.first_piece(response)
        during = await running(probe)
    if before is None or during is None or during <= before:
        return unclear("its gauge did not show the request")
    clock = asyncio.get_running_loop().time
    gone = clock()
    while clock() - gone < probe.patience.stuck:
        now = await running(probe)
        if now is not None and now < during:
            took = clock() - gone
            if took <= probe.patience.freed + probe.patience.poll:
                return passed(f"its gauge fell {took:.1f} s after the client was gone")
            return failed(f"it worked on for {took:.1f} s after the client was gone")
        await asyncio.sleep(probe.patience.poll)
    return failed(f"it still worked {probe.patience.stuck:g} s after the client was gone")


async def _by_waiting(probe: Probe) -> Outcome:
    clock = asyncio.get_running_loop().time
    began = clock()
    await probe.ask("Say yes.", 1)
    alone = clock() - began
    async with filled(probe):
        waiting = asyncio.create_task(probe.ask("Say yes.", 1))
        done, _ = await asyncio.wait({waiting}, timeout=alone * 2 + probe.patience.queued)
        gone = clock()
    if done:
        await waiting
        return unclear("it has room for more; tell how many it works on at once (--at-once)")
    try:
        async with asyncio.timeout(probe.patience.stuck + alone):
            await waiting
    except TimeoutError:
        return failed(f"it still worked {probe.patience.stuck:g} s after the client was gone")
    took = max(0.0, clock() - gone - alone)
    if took > probe.patience.freed:
        return failed(f"it was free only {took:.1f} s after the client was gone")
    return passed(f"free {took:.1f} s after the client was gone")


@asynccontextmanager
async def filled(probe: Probe) -> AsyncIterator[list[asyncio.Task[None]]]:
    """As many long answers under way as the engine works on at once (one where nobody told)."""
    started = [asyncio.Event() for _ in range(probe.at_once or 1)]
    held = [asyncio.create_task(_hold(probe, event)) for event in started]
    try:
        # It may take fewer at once than was told: then it is full all the same.
        with suppress(TimeoutError):
            async with asyncio.timeout(probe.patience.silence):
                for event in started:
                    await event.wait()
        yield held
    finally:
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def _hold(probe: Probe, started: asyncio.Event) -> None:
    try:
        async with probe.streaming(long_body(probe)) as response:
            await probe.first_piece(response)
            started.set()
            async for _ in response.content.iter_any():
                pass
    finally:
        started.set()


def long_body(probe: Probe) -> Json:
    """An answer that will not end by itself while it is watched."""
    limit = probe.context // 2 if probe.context else _UNTOLD_CONTEXT // 64
    fields = {"ignore_eos": True} if probe.kind in _GOES_ON else {}
    return probe.body(_LONG_ANSWER, min(limit, _MANY_TOKENS), temperature=0, **fields)

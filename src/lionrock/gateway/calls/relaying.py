"""One attempt at one engine: the request out, the answer back, in the bytes the client gets."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import aiohttp

from lionrock.errors import EgressRefused, EngineRefused, EngineUnavailable, LionrockError
from lionrock.gateway.calls.asked import Ready
from lionrock.gateway.calls.faults import Elsewhere, broke, never_sent, refused
from lionrock.gateway.calls.meter import Meter
from lionrock.gateway.fields.answers import cleaned
from lionrock.gateway.fields.cleaning import error as told
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.fields.reading import write
from lionrock.gateway.fields.tail import Tail
from lionrock.gateway.ledger.calls import Outcome
from lionrock.gateway.pool import Upstream

_MOST_BYTES = 64 * 2**20
"""Of an answer that is not streamed."""
_WHOLE_SECONDS = 900.0
"""Such an answer comes after a silence as long as all its work."""
_FAULTS = (aiohttp.ClientError, OSError, EgressRefused)  # a TimeoutError is an OSError


async def attempt(upstream: Upstream, ready: Ready, meter: Meter) -> AsyncGenerator[bytes, None]:
    """Bytes for the client. `Elsewhere`: it failed, and nothing was passed on. EngineRefused: asking
    another engine will not help. A stream that fails after its beginning ends with an error event.
    """
    name, made = upstream.engine.name, ready.prepared
    silence = None if made.stream else max(upstream.engine.silence, _WHOLE_SECONDS)
    path = made.path.removeprefix("/v1/")
    tail = Tail(made.reply, ready.masking.restore if ready.masking else None)
    try:
        meter.asked_engine = True
        async with upstream.post(path, made.body, None, silence) as response:
            upstream.answered(response.status)
            if response.status != 200:
                meter.outcome = Outcome.FAILED
                raise await refused(name, response, made)
            if not made.stream:
                yield await _whole(response, ready, meter)
                return
            async for chunk in response.content.iter_any():
                out = tail.feed(chunk)
                meter.pieces, meter.usage = tail.pieces, tail.usage
                if out:
                    meter.passing()
                    yield out
        rest = _end(tail, ready)
        meter.outcome = Outcome.FINISHED if _complete(tail) else Outcome.FAILED
        meter.usage = tail.usage
        if meter.outcome is Outcome.FAILED:
            upstream.failed()
            if not meter.answered:
                raise Elsewhere(EngineUnavailable(f"The engine {name} broke its answer off."))
        if rest:
            meter.passing()
            yield rest
    except (*_FAULTS, EngineRefused) as error:
        meter.outcome = Outcome.FAILED
        if isinstance(error, _FAULTS):
            upstream.failed()
            meter.asked_engine = not (never_sent(error) or isinstance(error, EgressRefused))
        why = error if isinstance(error, LionrockError) else broke(name, error)
        if not meter.answered:
            if isinstance(error, EngineRefused):
                raise
            raise Elsewhere(EngineUnavailable(why.detail)) from None
        yield _broken(tail, ready, why)


async def _whole(response: aiohttp.ClientResponse, ready: Ready, meter: Meter) -> bytes:
    parts, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > _MOST_BYTES:
            raise EngineRefused(f"The engine's answer is larger than {_MOST_BYTES:,} bytes.")
        parts.append(chunk)
    content = b"".join(parts)
    answer = cleaned(
        content, ready.prepared.reply, ready.masking.restore if ready.masking else None
    )
    meter.outcome, meter.usage = Outcome.FINISHED, answer.usage
    if answer.usage is None and ready.prepared.max_output:
        meter.pieces = min(len(answer.body) // 3, ready.prepared.max_output)
    meter.passing()
    return answer.body


def _complete(tail: Tail) -> bool:
    return tail.error is None and (tail.done or tail.finish is not None)


def _end(tail: Tail, ready: Ready) -> bytes:
    rest = tail.close()
    if ready.prepared.reply.endpoint is Endpoint.RESPONSES or tail.error is not None:
        return rest
    if tail.finish is None and not tail.done:
        return rest + _event("The engine broke off before the answer was complete.")
    # Clients wait for it, and some engines leave it out.
    return rest if tail.done else rest + b"data: [DONE]\n\n"


def _broken(tail: Tail, ready: Ready, why: LionrockError) -> bytes:
    if ready.prepared.reply.endpoint is Endpoint.RESPONSES:
        return tail.close()
    return _event(why.detail)


def _event(message: str) -> bytes:
    return b"data: " + write(told({"message": message})) + b"\n\n"

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
from lionrock.models.engine_faults import may_repeat

_MOST_BYTES = 64 * 2**20
"""Of an answer."""
_WHOLE_SECONDS = 900.0
"""Such an answer comes after a silence as long as all its work."""
_FAULTS = (aiohttp.ClientError, OSError, EgressRefused)  # a TimeoutError is an OSError
_MISSHAPEN = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What comes of reading an answer in which a list is where a text belongs, or the like."""
_PIECES_A_TOKEN, _MORE_PIECES = 2, 64
"""An engine sends one piece a token, or fewer; one that goes on and on is not waited for."""


async def attempt(upstream: Upstream, ready: Ready, meter: Meter) -> AsyncGenerator[bytes, None]:
    """Bytes for the client. `Elsewhere`: it failed, and nothing was passed on. EngineRefused: asking
    another engine will not help. A stream that fails after its beginning ends with an error event.
    """
    name, made = upstream.engine.name, ready.prepared
    silence = None if made.stream else max(upstream.engine.silence, _WHOLE_SECONDS)
    path = made.path.removeprefix("/v1/")
    restore = ready.masking.restore if ready.masking else None
    tail = Tail(made.reply, restore, lambda words: may_repeat(words, "\n".join(made.texts)))
    before, meter.asked = meter.asked, upstream.engine
    try:
        async with upstream.post(path, made.body, None, silence) as response:
            upstream.answered(response.status)
            if response.status != 200:
                meter.outcome = Outcome.FAILED
                raise await refused(name, response, made)
            if not made.stream:
                yield await _whole(response, ready, meter)
                return
            size = 0
            async for chunk in response.content.iter_any():
                size += len(chunk)
                out = tail.feed(chunk)
                meter.pieces, meter.usage = tail.pieces, tail.usage
                _bounded(size, tail, made.max_output)
                if out:
                    meter.passing()
                    yield out
        rest = _end(tail, ready)
        meter.outcome = Outcome.FINISHED if _complete(tail) else Outcome.FAILED
        meter.usage = tail.usage
        if meter.outcome is Outcome.FAILED:
            _blamed(upstream, tail)
            if not meter.answered:
                raise Elsewhere(EngineUnavailable(f"The engine {name} broke its answer off."))
        if rest:
            meter.passing()
            yield rest
    except (*_FAULTS, *_MISSHAPEN, EngineRefused) as error:
        meter.outcome = Outcome.FAILED
        if isinstance(error, _FAULTS):
            upstream.failed()
            unsent = never_sent(error) or isinstance(error, EgressRefused)
            meter.asked = before if unsent else meter.asked
        why = _why(name, error)
        if not meter.answered:
            if isinstance(why, EngineRefused):
                raise why from None
            raise Elsewhere(EngineUnavailable(why.detail)) from None
        yield _broken(tail, ready, why)


def _blamed(upstream: Upstream, tail: Tail) -> None:
    """What an engine says itself may be the request's doing, as a status 500 may."""
    if tail.error is None:
        upstream.failed()
    else:
        upstream.answered(500)


def _bounded(size: int, tail: Tail, tokens: int) -> None:
    if size > _MOST_BYTES or tail.pieces > tokens * _PIECES_A_TOKEN + _MORE_PIECES:
        raise EngineRefused("The engine sent more than was asked for.")


def _why(name: str, error: Exception) -> LionrockError:
    if isinstance(error, LionrockError):
        return error
    # Some of aiohttp's errors are ValueErrors too.
    if isinstance(error, _MISSHAPEN) and not isinstance(error, _FAULTS):
        return EngineRefused(f"The engine {name} sent an answer of a shape that is not known.")
    return broke(name, error)


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

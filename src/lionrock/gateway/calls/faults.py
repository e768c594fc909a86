"""An engine's refusals and failures as the gateway tells them. Nothing of a request is repeated."""

from __future__ import annotations

import aiohttp

from lionrock.errors import EngineUnavailable, LionrockError, RequestRefused
from lionrock.gateway.fields.prepared import Prepared
from lionrock.models.engine_faults import refusal

_MOST_BYTES = 2**16
_ELSEWHERE = frozenset({401, 403, 404, 408, 425, 429, 502, 503, 504})
"""Statuses that tell of the engine, not of the request: another one may answer it."""


class Elsewhere(Exception):
    """The engine did not begin to answer, and another may. `why` is for the client if none does."""

    def __init__(self, why: LionrockError) -> None:
        super().__init__(why.detail)
        self.why = why


async def refused(
    name: str, response: aiohttp.ClientResponse, prepared: Prepared
) -> LionrockError | Elsewhere:
    """What to raise for an answer whose status is not 200."""
    content = await response.content.read(_MOST_BYTES)
    status, label = response.status, f"The engine {name}"
    told = refusal(label, status, content, "\n".join(prepared.texts))
    if status in _ELSEWHERE:
        return Elsewhere(
            told if isinstance(told, EngineUnavailable) else EngineUnavailable(told.detail)
        )
    # A 500 may be the request's own doing: it is not tried on the next engine.
    if 400 <= status < 500 or status == 501:
        return RequestRefused(told.detail)
    return told


def broke(name: str, error: Exception) -> EngineUnavailable:
    """A connection that could not be made, or did not last."""
    label = f"The engine {name}"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return EngineUnavailable(f"{label} did not take a connection in time.")
    if isinstance(error, TimeoutError):
        return EngineUnavailable(f"{label} fell silent.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return EngineUnavailable(f"{label} cannot be reached.")
    return EngineUnavailable(f"{label} broke the connection off.")


def never_sent(error: Exception) -> bool:
    """Whether it failed before the request went out."""
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)

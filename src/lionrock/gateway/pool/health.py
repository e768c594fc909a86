"""Whether the engines are well: one cheap request to each every few seconds, never all at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from random import random
from types import MappingProxyType

from lionrock.errors import EngineUnavailable
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool.dispatcher import HEALTH_SECONDS, Dispatcher
from lionrock.gateway.pool.engines import Engine
from lionrock.gateway.pool.lanes import Lane

_log = logging.getLogger(__name__)

# None of them runs the model. MindIE has health checks on its management port only, so it is asked
# for its models; a server of unknown make too.
_PATHS = MappingProxyType(
    {
        EngineKind.LLAMACPP: "/health",
        EngineKind.VLLM: "/health",
        EngineKind.VLLM_ASCEND: "/health",
        EngineKind.SGLANG: "/health",
        EngineKind.MINDIE: "/v1/models",
        EngineKind.OLLAMA: "/api/version",
        EngineKind.OPENAI: "/v1/models",
    }
)

Probe = Callable[[str], Awaitable[None]]
"""GETs a path; EngineUnavailable with the reason if the answer is not what a well engine gives."""


def health_path(engine: Engine) -> str:
    return engine.health or _PATHS[engine.kind]


class Watch:
    """Checks one engine and tells its lane. `chance` gives numbers in [0, 1)."""

    def __init__(
        self,
        lane: Lane,
        probe: Probe,
        dispatcher: Dispatcher,
        chance: Callable[[], float] = random,
    ) -> None:
        self._lane, self._probe, self._dispatcher, self._chance = lane, probe, dispatcher, chance
        self._path = health_path(lane.engine)

    async def check(self) -> None:
        """Once."""
        why = ""
        try:
            await self._probe(self._path)
        except EngineUnavailable as error:
            why = error.detail
        was_healthy = self._lane.healthy
        if self._lane.checked(why, asyncio.get_running_loop().time()):
            self._dispatcher.dispatch(self._lane)
        if was_healthy != self._lane.healthy:
            name = self._lane.engine.name
            _log.warning("engine %s: %s", name, why or "well again")

    async def run(self) -> None:
        """Until cancelled: a fifth more or less than the interval, so that checks do not align."""
        while True:
            pause = HEALTH_SECONDS * (0.8 + 0.4 * self._chance())
            self._lane.next_check = asyncio.get_running_loop().time() + pause
            await asyncio.sleep(pause)
            await self.check()

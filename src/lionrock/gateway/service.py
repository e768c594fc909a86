"""The door to every engine. The product's own calls pass here like any outside client's.

One place counts tokens and times, holds the number of calls at once to what the engine can work on,
and cancels upstream when the caller goes away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from lionrock.errors import EngineUnavailable, LionrockError
from lionrock.kernel.capabilities import ModelUse, RunContext
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission
from lionrock.models.engines import ChatRequest, Delta, Engine, Finished


class Gateway:
    def __init__(self, engine: Engine | None, *, why_none: str = "", at_once: int = 1) -> None:
        self._engine = engine
        self.why_none = why_none
        """Why there is no engine, in words for the user; empty when there is one."""
        self._places = asyncio.Semaphore(at_once)

    @property
    def model(self) -> str | None:
        """Name of the model that would answer; None when there is none."""
        return self._engine.model_name if self._engine else None

    @property
    def context(self) -> int:
        """Tokens that prompt and answer may take together."""
        return self._engine.context if self._engine else 0

    async def count_tokens(self, text: str) -> int:
        return await self._need().count_tokens(text)

    async def chat(
        self, run: RunContext, request: ChatRequest
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Stream an answer; the use is added to the run whatever happens."""
        require(run.actor, Permission.GATEWAY_MODEL_CALL)
        engine = self._need()
        async with self._places:
            started, first, outcome = time.monotonic(), None, "cancelled"
            finished = Finished("cancelled", 0, 0)
            pieces = 0
            stream = engine.chat(request)
            try:
                async for part in stream:
                    if isinstance(part, Finished):
                        finished = part
                    else:
                        first = first or time.monotonic()
                        pieces += 1
                    yield part
                outcome = finished.reason
            except LionrockError as error:
                outcome = error.code()
                raise
            finally:
                await stream.aclose()
                run.uses.append(
                    ModelUse(
                        model=engine.model_name,
                        prompt_tokens=finished.prompt_tokens,
                        output_tokens=finished.output_tokens or pieces,
                        first_token_ms=_ms(first - started) if first else None,
                        total_ms=_ms(time.monotonic() - started),
                        outcome=outcome,
                    )
                )

    def _need(self) -> Engine:
        if self._engine is None:
            raise EngineUnavailable(self.why_none or "No model is set up.")
        return self._engine


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

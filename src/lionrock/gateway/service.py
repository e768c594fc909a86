"""The product's own calls to a model. They pass where any outside client's do: admitted, in line,
metered, settled, and cancelled upstream when the caller goes away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from lionrock.errors import EngineRefused, EngineUnavailable, InvalidInput, LionrockError
from lionrock.gateway.calls import Calls
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.operating import EngineService
from lionrock.gateway.places import parts
from lionrock.kernel.capabilities import ModelUse, RunContext
from lionrock.kernel.decisions import require
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.residency import Part
from lionrock.kernel.permissions import Permission
from lionrock.models.engines import ChatRequest, Delta, Engine, Finished, chat_body
from lionrock.models.event_stream import StreamedAnswer


class Gateway:
    """With `calls`, a request goes by way of them to the engines of `model`, and `engine` only counts
    tokens. Without, as in tests of what asks, `engine` answers itself, `at_once` at a time."""

    def __init__(
        self,
        engine: Engine | None,
        *,
        why_none: str = "",
        at_once: int = 1,
        calls: Calls | None = None,
        engines: EngineService | None = None,
    ) -> None:
        self._engine, self.calls = engine, calls
        self._engines = engines
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

    @property
    def engines(self) -> EngineService:
        """For operators."""
        if self._engines is None:
            raise EngineUnavailable("There are no engines here.")
        return self._engines

    def places(self, egress: Egress) -> list[Part]:
        """Where its engines are, for the report on where data can go."""
        return parts(self.calls.pool.engines(), egress) if self.calls else []

    def forget(self, tenant: UUID) -> None:
        """What the tenant has decided about calls was changed: it counts from the next one on."""
        if self.calls is not None:
            self.calls.forget(tenant)

    async def count_tokens(self, text: str) -> int:
        return await self._need().count_tokens(text)

    async def chat(
        self, run: RunContext, request: ChatRequest
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Stream an answer; the use is added to the run whatever happens."""
        require(run.actor, Permission.GATEWAY_MODEL_CALL)
        engine = self._need()
        started, first, outcome = time.monotonic(), None, "cancelled"
        finished = Finished("cancelled", 0, 0)
        pieces = 0
        stream = (
            self._alone(engine, request)
            if self.calls is None
            else _called(self.calls, engine.model_name, run, request)
        )
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
            if self.calls is not None:
                self.calls.telemetry.measures.refused(error)
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

    async def _alone(
        self, engine: Engine, request: ChatRequest
    ) -> AsyncGenerator[Delta | Finished, None]:
        async with self._places, aclosing(engine.chat(request)) as stream:
            async for part in stream:
                yield part

    def _need(self) -> Engine:
        if self._engine is None:
            raise EngineUnavailable(self.why_none or "No model is set up.")
        return self._engine


async def _called(
    calls: Calls, model: str, run: RunContext, request: ChatRequest
) -> AsyncGenerator[Delta | Finished, None]:
    """By the way of clients. EngineRefused, not InvalidInput, where an engine cannot take the request:
    nobody outside has worded it."""
    said = request.said()
    # What is kept of the product's own questions is their run: not an exchange at the door as well.
    retention = Retention.NONE if run.zero_retention else Retention.METADATA
    try:
        call = await calls.ask(run.actor, Endpoint.CHAT, chat_body(request, model), retention)
    except InvalidInput as error:
        raise EngineRefused(f"The engine of {model} cannot take this: {error.detail}") from None
    answer = StreamedAnswer(f"The engine of {model}", said)
    async with aclosing(call.answer()) as relayed:
        async for data in relayed:
            for text in answer.feed(data):
                yield Delta(text)
    # The engine's count; where it told none, what the ledger was settled with.
    prompt = answer.prompt_tokens
    yield Finished(
        answer.reason,
        call.likely_in() if prompt is None else prompt,
        answer.output_tokens,
        answer.first_token,
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

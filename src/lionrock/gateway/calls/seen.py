"""What is counted and traced of a call: how long each step took and how it ended. Not who, and no words."""

from __future__ import annotations

import asyncio
from types import MappingProxyType

from lionrock.errors import LionrockError
from lionrock.gateway.calls.asked import Asked
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Outcome, Use
from lionrock.gateway.pool import Engine
from lionrock.kernel.telemetry import Telemetry
from lionrock.kernel.telemetry.spans import Kind, Span, current

_NONE = "none"
# OpenTelemetry's semantic conventions for generative AI, `gen_ai.operation.name`.
_OPERATIONS = MappingProxyType(
    {
        Endpoint.CHAT: "chat",
        Endpoint.COMPLETIONS: "text_completion",
        Endpoint.RESPONSES: "chat",
        Endpoint.EMBEDDINGS: "embeddings",
    }
)


class Seen:
    """Of one call, from its admission on: steps follow each other, and `ended` is called once."""

    __slots__ = ("_endpoint", "_engine", "_model", "_root", "_step", "_telemetry")

    def __init__(self, telemetry: Telemetry, asked: Asked) -> None:
        self._telemetry, self._model = telemetry, asked.worst.name
        self._endpoint, self._engine = asked.first.reply.endpoint, _NONE
        self._root: Span | None = None
        self._step: Span | None = None
        if telemetry.traces is not None:
            above = current.get()
            kind = Kind.SERVER if above is None else Kind.INTERNAL
            given = {"gen_ai.request.model": self._model}
            self._root = Span(f"gateway {self._endpoint}", kind, above, dict(given))
            self.step("ledger admit")

    def step(self, name: str) -> None:
        """The next one begins."""
        if self._root is not None:
            self._end_step()
            self._step = Span(name, Kind.INTERNAL, self._root, {})

    def asks(self, engine: Engine) -> None:
        """The next step is to have this engine answer."""
        self._engine = engine.name
        if self._root is not None:
            self._end_step()
            operation = _OPERATIONS[self._endpoint]
            self._step = Span(
                f"{operation} {self._model}", Kind.CLIENT, self._root,
                {
                    "gen_ai.operation.name": operation,
                    "gen_ai.provider.name": engine.kind.value,
                    "gen_ai.request.model": self._model,
                    "lionrock.engine": engine.name,
                },
            )  # fmt: skip

    def failed(self, error: BaseException) -> None:
        """The present step did."""
        if self._root is not None:
            self._end_step(error)
            if isinstance(error, LionrockError):
                self._root.error = error.code()

    def refused(self, error: BaseException) -> None:
        """It was not admitted, which is its end."""
        traces = self._telemetry.traces
        if traces is not None and self._root is not None:
            self._end_step(error)
            traces.end(self._root, error)

    def ended(self, use: Use) -> asyncio.Future[None] | None:
        """To be done when the use is on record; None where nobody waits for that."""
        self._count(use)
        traces, root = self._telemetry.traces, self._root
        if traces is None or root is None:
            return None
        if self._step is not None and self._step.kind is Kind.CLIENT:
            self._step.attributes["gen_ai.usage.input_tokens"] = use.tokens_in
            self._step.attributes["gen_ai.usage.output_tokens"] = use.tokens_out
        self._end_step()
        root.attributes["lionrock.outcome"] = use.outcome.value
        if use.outcome is Outcome.FINISHED:
            root.error = ""
        traces.end(root)
        settling = Span("ledger settle", Kind.INTERNAL, root, {})
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(
            lambda done: traces.end(settling, None if done.cancelled() else done.exception())
        )
        return future

    def _end_step(self, error: BaseException | None = None) -> None:
        step, self._step = self._step, None
        if step is not None and self._telemetry.traces is not None:
            self._telemetry.traces.end(step, error)

    def _count(self, use: Use) -> None:
        measures = self._telemetry.measures
        call = self._endpoint.value, self._model, self._engine
        measures.calls.add(*call, use.outcome.value)
        if use.outcome is Outcome.VOID:
            return
        measures.queue.see(use.queue_ms / 1000, *call)
        if use.first_byte_ms is not None:
            measures.first_byte.see(use.first_byte_ms / 1000, *call)
        measures.seconds.see(use.total_ms / 1000, *call)
        measures.tokens_in.see(use.tokens_in, *call)
        measures.tokens_out.see(use.tokens_out, *call)

"""`Telemetry`: what a part is handed to be counted and traced with. Without traces it costs next to nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from lionrock.kernel.telemetry.measures import Measures
from lionrock.kernel.telemetry.spans import Kind, Span, Traces, current

P = ParamSpec("P")
R = TypeVar("R")


class Telemetry:
    """`traces` is None where no collector is named."""

    def __init__(self, traces: Traces | None = None) -> None:
        self.measures = Measures()
        self.traces = traces

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        """Trace the block, beneath what the task works on already. `name` is one of this program's."""
        if self.traces is None:
            yield
            return
        span = Span(name, Kind.INTERNAL, current.get(), {})
        before = current.set(span)
        error: BaseException | None = None
        try:
            yield
        except BaseException as failure:
            error = failure
            raise
        finally:
            current.reset(before)
            self.traces.end(span, error)


class Observed(Protocol):
    """A part that can be counted and traced."""

    telemetry: Telemetry


O = TypeVar("O", bound=Observed)  # noqa: E741


def attach(telemetry: Telemetry, *parts: Observed | None) -> None:
    for part in parts:
        if part is not None:
            part.telemetry = telemetry


def traced(
    name: str,
) -> Callable[
    [Callable[Concatenate[O, P], Awaitable[R]]], Callable[Concatenate[O, P], Coroutine[Any, Any, R]]
]:
    """A method of an observed part, each call of it a span."""

    def around(
        method: Callable[Concatenate[O, P], Awaitable[R]],
    ) -> Callable[Concatenate[O, P], Coroutine[Any, Any, R]]:
        async def call(self: O, /, *given: P.args, **named: P.kwargs) -> R:
            with self.telemetry.span(name):
                return await method(self, *given, **named)

        update_wrapper(call, method)
        return call

    return around

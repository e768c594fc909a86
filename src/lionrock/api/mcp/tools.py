"""A tool: what its client is told of it, who may use it, and what it does.

Every declared capability is one, made from its declaration, and so are those of `library`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from mcp_types import Tool as Described
from mcp_types import ToolAnnotations
from pydantic import BaseModel

from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Capability, Progress, Result, capabilities
from lionrock.kernel.decisions import decide
from lionrock.kernel.permissions import Permission

if TYPE_CHECKING:
    from lionrock.app import House

Told = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a tool. `told` passes progress on."""

    house: House
    actor: Actor
    told: Told


@dataclass(frozen=True, slots=True)
class Answer:
    result: BaseModel
    text: str
    """The result for a reader; "" where its JSON is all there is."""
    run: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    permission: Permission
    request: type[BaseModel]
    result: type[BaseModel]
    work: Callable[[Call, Any], Awaitable[Answer]]
    reads_only: bool = False
    """It leaves no run behind."""

    def described(self) -> Described:
        """As `tools/list` tells of it. What does not only read adds a run and changes nothing else; no
        tool reaches beyond this installation and the engines its operator set up."""
        return Described(
            name=self.name,
            description=self.description,
            input_schema=_schema(self.request, "validation"),
            output_schema=_schema(self.result, "serialization"),
            annotations=ToolAnnotations(
                read_only_hint=self.reads_only,
                destructive_hint=False,
                idempotent_hint=self.reads_only,
                open_world_hint=False,
            ),
        )


@cache
def _schema(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    return model.model_json_schema(mode=mode)


def declared_tools() -> list[Tool]:
    """One for each capability there is."""
    return [_tool(declared) for declared in capabilities()]


def open_to(actor: Actor, tools: list[Tool]) -> dict[str, Tool]:
    """Those that the actor may use, by name."""
    return {tool.name: tool for tool in tools if decide(actor, tool.permission)}


def _tool(declared: Capability) -> Tool:
    async def work(call: Call, request: BaseModel) -> Answer:
        runs = call.house.runs
        live = await runs.begin(call.house.context(call.actor), declared, request)
        try:
            async with aclosing(runs.watch.guarded(call.actor, live.follow())) as updates:  # type: ignore[type-var]
                async for update in updates:
                    if isinstance(update, Progress):
                        await call.told(update)
                    elif isinstance(update, Result):
                        return Answer(update, update.plain(), live.id)
        finally:
            # Who leaves or cancels stops the run.
            if not live.ended:
                live.cancel()
        raise LionrockError("The run ended without a result.")

    description = inspect.getdoc(declared.body) or declared.id
    return Tool(
        declared.name, description, declared.permission, declared.request, declared.result, work
    )

"""A capability is declared once; commands, routes, pages, procedures and tests read the declaration.

    @capability(id="assist.ask", risk=Risk.LIMITED, permission=Permission.ASSIST_ASK_RUN)
    async def ask(run: RunContext, request: AskRequest) -> AsyncIterator[Progress | Evidence | Answer]:
        ...

The request's fields become arguments and form fields; the last type named is the result.
"""

from __future__ import annotations

import typing
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.permissions import Permission

if TYPE_CHECKING:
    from lionrock.documents.service import DocumentService
    from lionrock.gateway.service import Gateway
    from lionrock.search.service import SearchService


Part = TypeVar("Part")


class Risk(StrEnum):
    """The four tiers of the Digital Policy Office's Generative AI guideline (15 April 2025)."""

    LOW = "low"
    LIMITED = "limited"
    HIGH = "high"
    UNACCEPTABLE = "unacceptable"


class Update(BaseModel):
    """What a capability yields while it works. `event` names it on the wire."""

    model_config = ConfigDict(frozen=True)
    event: ClassVar[str]
    template: ClassVar[str] = ""
    """Page fragment that shows it, in its room's `templates/`; empty where a page has no use of it."""

    def plain(self) -> str:
        """How a terminal shows it; empty for nothing."""
        return ""


class Progress(Update):
    event: ClassVar[str] = "progress"
    template: ClassVar[str] = "progress.html"
    stage: str
    done: int = 0
    total: int = 0


class Result(Update):
    """The last thing a capability yields; kept on the run."""

    event: ClassVar[str] = "result"
    formats: ClassVar[tuple[str, ...]] = ()
    """The kinds of file it can be saved as, by their suffix."""

    async def file(self, run: RunContext, format: str) -> bytes:
        """It as a file of one of `formats`, made from what was kept."""
        raise NotImplementedError(f"{type(self).__name__} makes no {format}")


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model call: tokens counted by the engine, times in milliseconds."""

    model: str
    prompt_tokens: int
    output_tokens: int
    first_token_ms: int | None
    total_ms: int
    outcome: str


@dataclass(slots=True)
class RunContext:
    """All a capability may touch: its actor, the tenant's documents and search, the gateway, its
    room's own keeping, and what it used."""

    actor: Actor
    run_id: UUID
    search: SearchService
    gateway: Gateway
    uses: list[ModelUse] = field(default_factory=list)
    zero_retention: bool = False
    """Nothing of the request or the result is kept; set when the run begins, see `access.keeps_nothing`."""
    parts: Mapping[type, object] = field(default_factory=dict)
    """What the capabilities' rooms keep, by type; see `of`."""

    @property
    def documents(self) -> DocumentService:
        return self.search.documents

    def of(self, kind: type[Part]) -> Part:
        """The tenant's keeping of that kind: a translation memory, templates."""
        return cast(Part, self.parts[kind])


Body = Callable[[RunContext, Any], AsyncIterator[Update]]


@dataclass(frozen=True, slots=True)
class Capability:
    id: str
    risk: Risk
    permission: Permission
    request: type[BaseModel]
    result: type[Result]
    body: Body

    @property
    def room(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (self.body.__doc__ or self.id).strip().partition("\n")[0]


_declared: dict[str, Capability] = {}


def capability(*, id: str, risk: Risk, permission: Permission) -> Callable[[Body], Body]:
    """Declare the decorated async generator as the capability `id` (`room.name`)."""

    def declare(body: Body) -> Body:
        if id in _declared:
            raise ValueError(f"capability {id} is declared twice")
        request, result = _types(body)
        _declared[id] = Capability(id, risk, permission, request, result, body)
        return body

    return declare


def _types(body: Body) -> tuple[type[BaseModel], type[Result]]:
    hints = typing.get_type_hints(body, localns={"RunContext": RunContext})
    returned = hints.pop("return")
    request = list(hints.values())[1]
    members = typing.get_args(typing.get_args(returned)[0]) or typing.get_args(returned)
    results = [m for m in members if isinstance(m, type) and issubclass(m, Result)]
    if len(results) != 1:
        raise TypeError(
            f"{body.__qualname__} must name exactly one Result type, it names {results}"
        )
    return request, results[0]


def capabilities() -> list[Capability]:
    """Every declared capability, by id."""
    return [_declared[key] for key in sorted(_declared)]


def find(name: str) -> Capability:
    for declared in _declared.values():
        if name in (declared.id, declared.name):
            return declared
    raise NotFound(f"There is no capability {name}. There are: {', '.join(sorted(_declared))}.")

"""A row of the matrix: how to make a request that may be made, and who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

Make = Callable[[Institution], Awaitable[Sent]]


@dataclass(frozen=True)
class Recipe:
    make: Make
    needs: P | None = None
    """The permission it asks for."""
    open: str = ""
    """Why it asks for no credential at all."""
    everyone: str = ""
    """Why every member may, whatever their role."""
    own: bool = False
    """Only whose it is may: to a colleague it is as absent as to a stranger."""
    missing: int = 404
    """What an id that is not there answers."""
    by_role: str = ""
    """Why a member may or may not, by what their roles open elsewhere."""
    varies: str = ""
    """Why two answers to the same request differ; then their status is compared, and no more."""
    answers: int = 0
    """What the request that may be made answers, where that is not a success; `open` says why."""
    session: bool = False
    """It takes a session, in the API too: a key may not."""
    any_key: str = ""
    """Why a key may do it whatever its scopes, where `everyone` may."""
    quiet: str = ""
    """Why a change writes no event."""
    more: tuple[tuple[Slot, str], ...] = ()
    """Ids that are no UUID, each with one that does not exist."""


def request(**parts: object) -> Make:
    async def make(_: Institution) -> Sent:
        return Sent(**parts)  # type: ignore[arg-type]

    return make

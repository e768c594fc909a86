"""Screening many of whom one may break it: halved down to that one, who holds up nobody."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from traceback import extract_tb
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from lionrock.errors import InvalidInput, LionrockError
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.screener import Against, Asked, Screener

if TYPE_CHECKING:
    _Search = Callable[[Sequence[Asked]], Awaitable[list[list[Hit]]]]

log = logging.getLogger(__name__)
_PROBE: Final = Asked(Entity("probe", Schema.PERSON, (Name("Probe"),)))
_NOT_THEIRS: Final = (LionrockError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why someone could not be screened: the kind of error. What it says may name them."""

    error: str

    @property
    def words(self) -> str:
        return f"It could not be screened ({self.error}): look at it by hand."


async def each(
    screener: Screener, db: asyncpg.Connection, tenant: UUID, against: Against,
    asked: Sequence[Asked],
) -> list[list[Hit] | Fault]:  # fmt: skip
    """The hits of each, or why there are none. What is wrong with no one of them in particular (the
    database, a key, an index that answers nobody) is raised."""
    try:
        return list(await screener.hits(db, tenant, against, asked, many=True))
    except Exception as error:
        if not of_one(error):
            raise

        async def here(some: Sequence[Asked]) -> list[list[Hit]]:
            return await screener.hits(db, tenant, against, some)

        try:
            await here([_PROBE])
        except Exception:
            raise error from None
        return await _apart(here, asked)


async def _apart(search: _Search, asked: Sequence[Asked]) -> list[list[Hit] | Fault]:
    try:
        return list(await search(asked))
    except Exception as error:
        if not of_one(error):
            raise
        if len(asked) == 1:
            return [fault_of(error)]
        middle = len(asked) // 2
        return [*await _apart(search, asked[:middle]), *await _apart(search, asked[middle:])]


def of_one(error: Exception) -> bool:
    """May it be of one who is screened, and not of the ground all stand on?"""
    return isinstance(error, InvalidInput) or not isinstance(error, _NOT_THEIRS)


def fault_of(error: Exception) -> Fault:
    """Logged with its place alone."""
    place = extract_tb(error.__traceback__)[-1:]
    where = f"{place[0].filename}:{place[0].lineno}" if place else "?"
    log.error("someone could not be screened: %s at %s", type(error).__name__, where)
    return Fault(type(error).__name__)

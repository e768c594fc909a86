"""Indexes of a tenant's lists, and of its customers: built beside the old, swapped, shared, removed.

`HOME/indexes/screening/TENANT/KIND/STATE`, with STATE the digest of what it was built of: another
state is another folder, so nothing is ever written into an index that someone reads. Derived data:
it holds names in the clear, goes with what it was built of and is rebuilt when it is missing.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match
from lionrock.screening.registry import shelves
from lionrock.screening.registry.engine import Engine, SearchIndex
from lionrock.screening.registry.feeding import Feed, Pages

Kind = Literal["lists", "customers"]
_EMPTY: Final = "empty"


class Nothing:
    """The index of no entities."""

    def __len__(self) -> int:
        return 0

    def screen(self, query: Entity, *, threshold: float, limit: int) -> list[Match]:
        return []

    def reached(self, listed: Entity, *, threshold: float) -> list[str]:
        return []

    def mentions(self, text: str, *, threshold: float) -> list[tuple[int, int]]:
        return []


@dataclass(slots=True)
class _Open:
    index: SearchIndex
    hold: shelves.Hold
    state: str
    users: int = 0


class Indexes:
    def __init__(self, folder: Path, engine: Engine) -> None:
        """`folder`: HOME/indexes/screening."""
        self._folder, self._engine = folder, engine
        self._open: dict[tuple[UUID, Kind], dict[str, _Open]] = {}
        self._current: dict[tuple[UUID, Kind], str] = {}
        self._locks: dict[tuple[UUID, Kind], asyncio.Lock] = {}

    @asynccontextmanager
    async def lease(
        self, tenant: UUID, kind: Kind, state: str, pages: Callable[[], Pages], *, keep: bool = True
    ) -> AsyncIterator[SearchIndex]:
        """The index of `state`, built of `pages()` if it is not there yet.

        With `keep` it is the current one: it stays open, and the one before goes with its last user.
        Screening in it takes CPU: do that in a thread.
        """
        of = (tenant, kind)
        async with self._locks.setdefault(of, asyncio.Lock()):
            opened = self._open.setdefault(of, {})
            one = opened.get(state) or await self._opened(of, state, pages)
            opened[state] = one
            one.users += 1
            if keep and self._current.get(of) != state:
                self._current[of] = state
                await self._tidy(of)
        try:
            yield one.index
        finally:
            one.users -= 1
            if one.users == 0 and self._current.get(of) != state:
                await asyncio.shield(self._tidied(of))

    def folder(self, tenant: UUID, kind: Kind, state: str) -> Path:
        """Where the index of `state` is, while it is leased."""
        return self._shelf((tenant, kind)) / state

    async def _opened(self, of: tuple[UUID, Kind], state: str, pages: Callable[[], Pages]) -> _Open:
        folder, feed = self._shelf(of) / state, Feed(pages())
        if of not in self._current:
            # The first since this process began: what others left, killed, is nobody's.
            await asyncio.to_thread(shelves.sweep, folder.parent, state)
        try:
            hold = await asyncio.to_thread(shelves.take, folder, lambda new: self._build(new, feed))
        finally:
            feed.stop()
        return _Open(await asyncio.to_thread(self._read, folder), hold, state)

    def _build(self, folder: Path, feed: Feed) -> None:
        entities = iter(feed)
        first = next(entities, None)
        if first is None:
            folder.mkdir(mode=0o700)
            (folder / _EMPTY).touch()
        else:
            self._engine.build(chain([first], entities), folder)

    def _read(self, folder: Path) -> SearchIndex:
        return Nothing() if (folder / _EMPTY).exists() else self._engine.open(folder)

    async def _tidied(self, of: tuple[UUID, Kind]) -> None:
        async with self._locks.setdefault(of, asyncio.Lock()):
            await self._tidy(of)

    async def _tidy(self, of: tuple[UUID, Kind]) -> None:
        """Let go of what is neither current nor used."""
        opened = self._open.get(of, {})
        idle = [o for o in opened.values() if not o.users and o.state != self._current.get(of)]
        for one in idle:
            del opened[one.state]
            await asyncio.to_thread(one.hold.release, remove=True)

    async def purge(self, tenant: UUID, kind: Kind) -> None:
        """Erase a tenant's indexes of one kind: the next lease builds anew from what is left.

        Who screens in one now reads on in what is no longer on the disk.
        """
        of = (tenant, kind)
        async with self._locks.setdefault(of, asyncio.Lock()):
            self._current.pop(of, None)
            for one in self._open.pop(of, {}).values():
                await asyncio.to_thread(one.hold.release, remove=False)
            await asyncio.to_thread(shutil.rmtree, self._shelf(of), ignore_errors=True)

    async def close(self) -> None:
        """Let go of all; the folders stay for the next start."""
        for opened in self._open.values():
            for one in opened.values():
                await asyncio.to_thread(one.hold.release, remove=False)
        self._open.clear()
        self._current.clear()

    def _shelf(self, of: tuple[UUID, Kind]) -> Path:
        return self._folder / of[0].hex / of[1]

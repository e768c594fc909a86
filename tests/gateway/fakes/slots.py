"""A fake's places for requests, and its queue."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    def __init__(self, at_once: int, ordered: bool) -> None:
        self._at_once, self._ordered = at_once, ordered
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = itertools.count()
        self.running = 0

    @asynccontextmanager
    async def one(self, priority: int) -> AsyncIterator[None]:
        """The lowest priority first, then who came first."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = (priority if self._ordered else 0, next(self._number), turn)
        heapq.heappush(self._waiting, place)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            turn.cancel()
            raise
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        self.running -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.running < self._at_once:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self.running += 1
                turn.set_result(None)

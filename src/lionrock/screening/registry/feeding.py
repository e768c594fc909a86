"""A stream of the event loop's, read by a thread: pages of entities for an index that is being built."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import TimeoutError as NotYet

from lionrock.screening.entities import Entity

Pages = AsyncIterator[Sequence[Entity]]


class Feed:
    """Iterate over it in another thread than the loop's. Memory: one page."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._loop = pages, asyncio.get_running_loop()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Nobody waits for the index any more: the iteration raises."""
        self._stopped.set()

    def __iter__(self) -> Iterator[Entity]:
        while (page := self._page()) is not None:
            yield from page

    def _page(self) -> Sequence[Entity] | None:
        if self._stopped.is_set():
            raise RuntimeError("the building of an index was stopped")
        asked = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
        while True:
            try:
                return asked.result(timeout=0.5)
            except NotYet:
                if self._stopped.is_set():
                    asked.cancel()
                    raise RuntimeError("the building of an index was stopped") from None

    async def _next(self) -> Sequence[Entity] | None:
        return await anext(self._pages, None)

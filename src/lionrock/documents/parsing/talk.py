"""What a parsing child says before its answer, heard by the process that started it; see `child`.

Nothing is taken on trust: a page that is no page, or not the next one, ends the conversation.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from lionrock.documents.parsing import reading

OnProgress = Callable[[int, int], None]
"""Called with pages done and pages in all."""

_LARGEST_PAGE = 2**26
_MOST_PAGES = 100_000
_MOST_SKIPPED = 20
"""After so many pages that brought their reader down, no more are recognised in that file."""


class Pages(Protocol):
    """Where pages are kept as they are read, so that what was read before a crash stays read."""

    have: int
    """It has the pages 1 to `have`."""

    async def keep(self, number: int, count: int, body: bytes) -> None:
        """Page `number` of `count` as `reading.packed`, checked; they come in order."""

    def kept(self, until: int) -> AsyncIterator[bytes]:
        """The pages 1 to `until`, in order."""


@dataclass(frozen=True, slots=True)
class Ocr:
    """Whether pages without usable text are to be recognised, and the longest one may take."""

    wanted: bool = False
    page_seconds: int = 120


NO_OCR = Ocr()


class Talk:
    """The conversation about one file, over as many children as it takes."""

    def __init__(
        self,
        on_progress: OnProgress | None = None,
        pages: Pages | None = None,
        ocr: Ocr = NO_OCR,
    ) -> None:
        self._on_progress, self._pages, self._ocr = on_progress, pages, ocr
        self._skipped: list[int] = []
        self._trying = 0
        self._left = 0.0
        self._last = 0

    @property
    def goes_on(self) -> bool:
        """Whether the child may ask for something after its request."""
        return self._pages is not None

    def request(self) -> dict[str, object]:
        """What the next child is told of pages and recognition."""
        self._trying, self._last = 0, self._pages.have if self._pages else 0
        wanted = self._ocr.wanted and len(self._skipped) <= _MOST_SKIPPED
        seconds = self._ocr.page_seconds if self._ocr.wanted else 0
        return {
            "have": self._last, "keeps": self.goes_on, "ocr": wanted, "skipped": self._skipped, "page_seconds": seconds,
        }  # fmt: skip

    def without_that_page(self) -> bool:
        """Whether the child ended over recognising a page: the next is to leave that one alone."""
        if not self._trying:
            return False
        self._skipped.append(self._trying)
        return True

    async def heard(
        self, kind: bytes, rest: bytes, child: Process, deadline: asyncio.Timeout
    ) -> bool:
        """Whether one line, and the bytes it announces, made sense.

        Raises `ValueError` for a line that is none of a reader's.
        """
        numbers = [int(number) for number in rest.split()]
        try:
            await self._hear(kind, numbers, child, deadline)
        except reading.Inconsistent:
            return False
        return True

    async def _hear(
        self, kind: bytes, numbers: list[int], child: Process, deadline: asyncio.Timeout
    ) -> None:
        match kind, numbers:
            case b"P", [done, total]:
                self._progress(done, total)
            case b"O", [number] if not self._trying and number == self._last + 1:
                self._recognising(number, deadline)
            case b"F", [number, count, length] if 0 <= length <= _LARGEST_PAGE:
                assert child.stdout is not None
                await self._page(number, count, await child.stdout.readexactly(length))
                self._recognised(deadline)
            case b"W", [until] if self._pages is not None and until <= self._pages.have:
                await self._give_back(child, until)
            case _:
                raise reading.Inconsistent("not a line of a reader")

    def _progress(self, done: int, total: int) -> None:
        if self._on_progress is not None:
            self._on_progress(done, total)

    async def _page(self, number: int, count: int, body: bytes) -> None:
        if number != self._last + 1 or not number <= count <= _MOST_PAGES:
            raise reading.Inconsistent("not the next page")
        # Off the loop: a dense page takes some milliseconds to look through.
        page = await asyncio.to_thread(reading.unpacked, body)
        if page.number != number:
            raise reading.Inconsistent("another page than it says")
        self._last = number
        if self._pages is not None:
            await self._pages.keep(number, count, body)
        self._progress(number, count)

    async def _give_back(self, child: Process, until: int) -> None:
        assert child.stdin is not None and self._pages is not None
        async for body in self._pages.kept(until):
            child.stdin.write(b"%d\n" % len(body))
            child.stdin.write(body)
            await child.stdin.drain()
        child.stdin.close()

    def _recognising(self, number: int, deadline: asyncio.Timeout) -> None:
        """The time of the document stands still while a page is recognised, and that page's runs."""
        now, when = asyncio.get_running_loop().time(), deadline.when()
        assert when is not None
        self._trying, self._left = number, when - now
        deadline.reschedule(now + self._ocr.page_seconds)

    def _recognised(self, deadline: asyncio.Timeout) -> None:
        if self._trying:
            self._trying = 0
            deadline.reschedule(asyncio.get_running_loop().time() + self._left)

"""A file of pages, read page by page in the confined child: each page goes out as soon as it is read.

What the parent process has kept of an earlier attempt is not read again; it comes back by the pipe
when the pages are put together. A page whose text layer says too little is read from its picture.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing.pdf import (
    assembled,
    metadata_title,
    opened,
    page_count,
    read_page,
)
from lionrock.documents.parsing.reading import ReadPage, packed, unpacked
from lionrock.errors import LionrockError, UnreadableDocument

OFF = "OCR is off (LIONROCK_OCR)"
_FULL = 1000
"""Characters of a page whose text layer is believed if it reads like a language."""


class Parent(Protocol):
    """What the process that asked is told, and asked in turn."""

    have: int
    """It has the pages 1 to `have` from an earlier attempt."""

    keeps: bool
    """Whether it keeps what it is given, and gives it back."""

    def page(self, number: int, count: int, body: bytes) -> None: ...

    def trying(self, number: int) -> None:
        """Page `number` is being recognised now, which takes seconds."""

    def kept(self, until: int) -> Iterator[bytes]:
        """The pages 1 to `until`, in order."""


class Eyes(Protocol):
    """Recognition, of whatever make."""

    def wanted(self, document: Any, page: ReadPage) -> bool:
        """Whether the page shows more than its text layer says."""

    def read(self, document: Any, page: ReadPage) -> ReadPage:
        """The page as recognised from its picture."""


@dataclass(slots=True)
class Paged:
    """One reading of one file. `skipped` are pages not to be recognised: they brought it down."""

    parent: Parent
    eyes: Eyes | None
    ocr: bool
    skipped: frozenset[int] = frozenset()
    _why: str = field(default="", init=False)
    _recognising: bool = field(default=False, init=False)

    def parse(self, source: Path | bytes, stem: str, media_type: str) -> ParsedDocument:
        """READ what is not kept, then ASSEMBLE.

        Raises `UnreadableDocument`: password, damage, too many pages, none that could be read.
        """
        with opened(source) as document:
            count = page_count(document)
            own: list[bytes | None] = []
            for index in range(min(self.parent.have, count), count):
                body = packed(self._page(document, index))
                own.append(body)
                self.parent.page(index + 1, count, body)
                if self._recognising and self.parent.keeps:
                    own.clear()  # memory is short beside the models: they come back in the end
            named = metadata_title(document)
        if self._recognising:
            self.eyes = None  # its models take more memory than the document
            _give_back_memory()
        away = count - len(own)
        pages = [unpacked(body) for body in self.parent.kept(away)] if away else []
        for i, kept in enumerate(own):
            assert kept is not None
            pages.append(unpacked(kept))
            own[i] = None
        self._refuse_unread(pages)
        return assembled(pages, named, stem, media_type)

    def _page(self, document: Any, index: int) -> ReadPage:
        page = read_page(document, index)
        if self.eyes is None or not self.eyes.wanted(document, page):
            return page
        if not self.ocr or self._why or page.number in self.skipped:
            page.unread = True
            return page
        self._recognising = True
        self.parent.trying(page.number)
        try:
            seen = self.eyes.read(document, page)
            _give_back_memory()
            return seen
        except LionrockError as error:
            self._why = error.detail  # its models are not here: no other page fares better
        except Exception:  # kept with the text it has, and told as not read
            pass
        page.unread = True
        return page

    def _refuse_unread(self, pages: Sequence[ReadPage]) -> None:
        if any(page.fragments for page in pages):
            return
        if not any(page.unread for page in pages):
            raise UnreadableDocument("it holds no text: there is none on any of its pages")
        why = self._why or ("none of its pages could be recognised" if self.ocr else OFF)
        raise UnreadableDocument(f"it is a scan without a text layer, and {why}")


def _give_back_memory() -> None:
    """After a page was recognised: what its network used, cycles too, which nobody looks for in the
    child, and what the allocator keeps for later (glibc; elsewhere it stays)."""
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def eyes() -> Eyes:
    """Recognition as this release has it. Nothing is loaded before a page needs it."""
    return _Recognition()


class _Recognition:
    def __init__(self) -> None:
        self._recogniser: Any = None
        self._facts: dict[int, Any] = {}

    def wanted(self, document: Any, page: ReadPage) -> bool:
        from lionrock.documents import ocr
        from lionrock.documents.ocr.usable import looks_like_language

        text = "".join([fragment.text for fragment in page.fragments])
        if len(text) >= _FULL and looks_like_language(text):
            return False  # counting its characters and pictures would cost a sixth of its reading
        self._facts = {page.number: ocr.page_facts(document, page.number - 1)}
        return not ocr.usable(page.fragments, self._facts[page.number])

    def read(self, document: Any, page: ReadPage) -> ReadPage:
        from lionrock.documents import ocr

        if self._recogniser is None:
            self._recogniser = ocr.Recogniser()
        facts = self._facts[page.number]
        found = ocr.read_page(self._recogniser, document, page.number - 1, page.fragments, facts)
        return ReadPage(
            page.number, found.width, found.height, found.fragments,
            turn=found.turn, confidence=min(max(found.confidence, 0.0), 1.0),
        )  # fmt: skip

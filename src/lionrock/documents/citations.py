"""A citation: version, page, boxes and the exact words quoted. Made only from text that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.parsed import ParsedPage


class Box(BaseModel):
    """A rectangle on the page, in fractions of its width and height from the top left corner."""

    model_config = ConfigDict(frozen=True)
    x0: float
    y0: float
    x1: float
    y1: float


class Held(BaseModel):
    """From when to when a version held, as seen on the day it is told; None where nobody said."""

    model_config = ConfigDict(frozen=True)
    since: date | None = None
    until: date | None = None
    """The first day on which it holds no more."""
    replaced_by: UUID | None = None
    """The version of the same document that holds after it."""
    superseded: bool = False
    """It holds no more."""
    coming: bool = False
    """It does not hold yet."""

    @classmethod
    def of(cls, row: Mapping[str, Any], today: date) -> Held:
        """From a row with the three columns; the database's infinite days are no days."""
        since, until = row["effective_from"], row["effective_to"]
        return cls(
            since=since if since > date.min else None, until=until if until < date.max else None,
            replaced_by=row["replaced_by"], superseded=until <= today, coming=since > today,
        )  # fmt: skip

    @property
    def notice(self) -> str:
        """What must be said with words that do not hold today; "" for words that do."""
        if self.superseded and self.until is not None:
            since = f"from {self.since} " if self.since else ""
            by = ", when a later version replaced it" if self.replaced_by else ""
            return f"superseded: it held {since}until {self.until}{by}"
        return f"not yet in force: it holds from {self.since}" if self.coming else ""


class CitedCell(BaseModel):
    """A cell of a table row that is quoted: `text[start:end]` of its page."""

    model_config = ConfigDict(frozen=True)
    text: str
    heading: str
    """What stands over it in the head of the table; "" where nothing does."""
    start: int
    end: int
    box: Box
    stated: bool = False
    """Its figure is one that the answer states."""


class Citation(BaseModel):
    model_config = ConfigDict(frozen=True)
    document_id: UUID
    version_id: UUID
    document: str
    """The document's name, as uploaded."""
    page: int
    boxes: list[Box]
    quote: str
    notes: list[str] = []
    """Corrections noted beside the document, to be shown with the quote (Cap. 486, s. 25(2))."""
    cells: list[CitedCell] = []
    """Of a table row, its cells."""
    held: Held = Held()
    """When the version held that is quoted: `held.notice` is shown with the quote."""


_SPACE = re.compile(r"\s+")


def fold_space(text: str) -> str:
    """Runs of white space as one blank: the only difference a quote may have from its page."""
    return _SPACE.sub(" ", text).strip()


def occurs(quote: str, page: ParsedPage | str) -> bool:
    """Is `quote` on the page, after folding white space in both?"""
    text = page if isinstance(page, str) else page.text
    folded = fold_space(quote)
    return bool(folded) and folded in fold_space(text)

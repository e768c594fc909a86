"""A citation: version, page, boxes and the exact words quoted. Made only from text that is there."""

from __future__ import annotations

import re
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


_SPACE = re.compile(r"\s+")


def fold_space(text: str) -> str:
    """Runs of white space as one blank: the only difference a quote may have from its page."""
    return _SPACE.sub(" ", text).strip()


def occurs(quote: str, page: ParsedPage | str) -> bool:
    """Is `quote` on the page, after folding white space in both?"""
    text = page if isinstance(page, str) else page.text
    folded = fold_space(quote)
    return bool(folded) and folded in fold_space(text)

"""What goes in and out of the memory."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lionrock.assist.schemas import without_controls
from lionrock.documents.language import Language
from lionrock.search.glossary.schemas import BadRow

LONGEST = 20_000


def _words(text: str) -> str:
    found = without_controls(text).strip()
    if not found:
        raise ValueError("a side is empty")
    return found


Side = Annotated[str, AfterValidator(_words), Field(max_length=LONGEST)]


class Pair(BaseModel):
    """A segment in two languages, which is one's translation of the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source_language: Language
    into: Language
    source: Side
    target: Side


class Unit(Pair):
    """A pair as kept: who accepted or imported it, and when."""

    id: UUID
    document_id: UUID | None
    """The document it was translated from; the pair goes with it."""
    accepted_by: UUID
    accepted_at: datetime


class Units(BaseModel):
    model_config = ConfigDict(frozen=True)
    units: list[Unit]
    total: int


class Taken(BaseModel):
    """What became of a file's pairs."""

    model_config = ConfigDict(frozen=True)
    added: int
    known: int
    bad: list[BadRow]

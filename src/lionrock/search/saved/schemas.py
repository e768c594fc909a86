"""What goes in and out: saved searches, and passages that are new for one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lionrock.documents.schemas import Passage
from lionrock.search.filters import EVERYTHING, Filters

LONGEST_NAME = 120
LONGEST_QUESTION = 2000


def _line(text: str) -> str:
    found = " ".join(text.split())
    if not found:
        raise ValueError("nothing was written")
    return found


Line = Annotated[str, AfterValidator(_line)]


class NewSearch(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[Line, Field(max_length=LONGEST_NAME)]
    question: Annotated[Line, Field(max_length=LONGEST_QUESTION)]
    filters: Filters = EVERYTHING


class SavedSearch(NewSearch):
    id: UUID
    created_at: datetime
    seen_at: datetime
    """When the member last said that they had seen what was new; at first when it was saved."""
    new: int = 0
    """Passages that are new since then and that who asks may read."""


class Match(BaseModel):
    """A passage that a new document brought."""

    model_config = ConfigDict(frozen=True)
    passage: Passage
    found_at: datetime
    words: list[str]
    """Terms of the question that stand in it."""

"""The lines of a draft, each piece with where its words come from."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from lionrock.assist.drafting.body import Shape


class State(StrEnum):
    """Where words of a draft come from."""

    FIXED = "fixed"
    """The template's."""
    GIVEN = "given"
    """A field's value."""
    OPEN = "open"
    """A blank: nothing was given, or the documents say nothing."""
    WORDED = "worded"
    """Written by the model from the quotes it cites; the checks held."""
    QUOTED = "quoted"
    """A quote, to be put in words by a person."""


class Said(BaseModel):
    """`cites`: indexes into the draft's citations."""

    model_config = ConfigDict(frozen=True)
    text: str
    state: State = State.FIXED
    bold: bool = False
    cites: list[int] = []


class DraftLine(BaseModel):
    """`cells`: one, or those of a row of a table."""

    model_config = ConfigDict(frozen=True)
    shape: Shape
    cells: list[list[Said]]

    def said(self) -> Iterator[Said]:
        for cell in self.cells:
            yield from cell

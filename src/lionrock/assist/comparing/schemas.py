"""What goes in and out of a comparison of two texts."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.checks import CheckName
from lionrock.assist.comparing import files
from lionrock.assist.schemas import CleanText
from lionrock.documents.citations import Citation
from lionrock.documents.comparing import Span
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Result, RunContext, Update
from lionrock.kernel.fields import DocumentId

MOST_CHARACTERS = 100_000


class CompareRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    documents: list[DocumentId] = Field(
        default=[], max_length=2, description="Two documents, or one and a text."
    )
    text: CleanText = Field(
        default="", max_length=MOST_CHARACTERS, description="A text in place of a document."
    )
    other_text: CleanText = Field(
        default="", max_length=MOST_CHARACTERS, description="The text to compare it with."
    )
    show_same: bool = Field(default=False, description="Show clauses that say the same, too.")


class Verdict(StrEnum):
    """Of a clause and its counterpart. `same`: in the same words, or in the other Chinese script."""

    DIFFERS = "differs"
    FIRST_ONLY = "first_only"
    SECOND_ONLY = "second_only"
    REWORDED = "reworded"
    SAME = "same"


class Difference(BaseModel):
    """What one side states and the other does not, in its own words: "14 days" and "10 days"."""

    model_config = ConfigDict(frozen=True)
    name: CheckName
    first: list[str] = []
    second: list[str] = []

    def __str__(self) -> str:
        sides = (", ".join(side) or "—" for side in (self.first, self.second))
        return f"{self.name}: {' ≠ '.join(sides)}"


class Clause(BaseModel):
    """A paragraph of one side. `cite`: its place among the result's citations; a text has none."""

    model_config = ConfigDict(frozen=True)
    number: str = ""
    heading: str = ""
    text: str
    page: int | None = None
    cite: int | None = None


class Pair(BaseModel):
    """A clause of the first, its counterpart in the second, or both. `before` and `after`: of the same
    language, both cut into what they share and what they do not. `moved`: in another order."""

    model_config = ConfigDict(frozen=True)
    verdict: Verdict
    moved: bool = False
    first: Clause | None = None
    second: Clause | None = None
    before: list[Span] = []
    after: list[Span] = []
    differences: list[Difference] = []


class Weighed(Update):
    """A pair, after what it differs in was looked for."""

    event: ClassVar[str] = "pair"
    template: ClassVar[str] = "assist/compare_pair.html"
    pair: Pair


class TextComparison(Result):
    template: ClassVar[str] = "assist/comparison.html"
    formats: ClassVar[tuple[str, ...]] = ("md", "docx", "xlsx")
    names: tuple[str, str]
    """Of the documents; "" for a text."""
    languages: tuple[Language, Language]
    counts: dict[str, int]
    """How many of each verdict, and "moved"."""
    pairs: list[Pair]
    """In the second's order; those that are the same where they were asked for or have moved."""
    citations: list[Citation]
    notes: list[str]

    async def file(self, run: RunContext, format: str) -> bytes:
        return await asyncio.to_thread(files.made, self, format)

    def plain(self) -> str:
        told = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in self.counts.items())
        notes = [f"  ({note})" for note in self.notes]
        return "\n".join([*(_plain(p) for p in self.pairs), *notes, told])


_SIGNS = {"same": "=", "reworded": "≈", "differs": "≠", "first_only": "-", "second_only": "+"}


def _plain(pair: Pair) -> str:
    moved = " (moved)" if pair.moved else ""
    lines = [f"{_SIGNS[pair.verdict]}{moved} {'; '.join(map(str, pair.differences))}".rstrip()]
    for sign, clause, spans, marks in (
        ("-", pair.first, pair.before, "[-{}-]"), ("+", pair.second, pair.after, "{{+{}+}}"),
    ):  # fmt: skip
        if clause is None:
            continue
        text = "".join(marks.format(s.text) if s.marked else s.text for s in spans) or clause.text
        page = f"p. {clause.page}  " if clause.page else ""
        lines.append(f"    {sign} {page}{' '.join(text.split())}")
    return "\n".join(lines)

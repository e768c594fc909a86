"""What goes in and out: entries, import previews, mined candidates."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lionrock.documents.language import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh-Hant", "zh-Hans", "yue")
LONGEST_TERM = 200
MOST_VARIANTS = 20


def _term(text: str) -> str:
    found = " ".join(unicodedata.normalize("NFC", text).split())
    if not found:
        raise ValueError("a term is empty")
    if len(found) > LONGEST_TERM:
        raise ValueError(f"a term has more than {LONGEST_TERM} characters")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in found):
        raise ValueError("a term holds a control character")
    return found


Term = Annotated[str, AfterValidator(_term)]
Variants = Annotated[list[Term], Field(max_length=MOST_VARIANTS)]


class NewEntry(BaseModel):
    """Terms that mean one thing, by language; the first of a language is the one preferred."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    terms: dict[Language, Variants]
    note: Annotated[str, Field(max_length=1000)] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    """Where it was taken from: a law, a list, a member's own."""

    @model_validator(mode="after")
    def _two_at_least(self) -> NewEntry:
        kept = {k: list(dict.fromkeys(v)) for k, v in self.terms.items() if v}
        ordered = {k: kept[k] for k in LANGUAGES if k in kept}
        if len({t.casefold() for v in ordered.values() for t in v}) < 2 and len(ordered) < 2:
            raise ValueError("an entry needs two terms at least: in two languages, or a variant")
        object.__setattr__(self, "terms", ordered)
        return self

    def key(self) -> frozenset[tuple[str, str]]:
        """What makes two entries the same one."""
        return frozenset((k, t.casefold()) for k, v in self.terms.items() for t in v)


class Entry(NewEntry):
    id: UUID


class Entries(BaseModel):
    model_config = ConfigDict(frozen=True)
    entries: list[Entry]
    total: int


class BadRow(BaseModel):
    """A row or entry of a file that cannot be taken in, and why. `row` counts as the file does."""

    model_config = ConfigDict(frozen=True)
    row: int
    reason: str


class Preview(BaseModel):
    """What a file holds, before any of it is kept."""

    model_config = ConfigDict(frozen=True)
    format: Literal["csv", "xlsx", "tbx"]
    columns: dict[str, str]
    """Of a table: what each column was read as; "" for one passed over."""
    good: int
    new: int
    """Of the good ones, those that are not there yet."""
    bad: list[BadRow]
    first: list[NewEntry]


class Imported(BaseModel):
    model_config = ConfigDict(frozen=True)
    added: int
    known: int
    bad: list[BadRow]


class Candidate(BaseModel):
    """A pair of terms that stand in passages of two documents that translate each other."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    first_document: UUID
    second_document: UUID
    first: str
    first_language: Language
    second: str
    second_language: Language
    score: float
    places: int


class Candidates(BaseModel):
    model_config = ConfigDict(frozen=True)
    candidates: list[Candidate]


class Mining(BaseModel):
    """Two documents, one the translation of the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: UUID
    second: UUID


class Mined(BaseModel):
    model_config = ConfigDict(frozen=True)
    aligned: int
    """Pairs of passages that were set side by side."""
    found: int
    """Candidates that were not there yet."""


class Decision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    candidates: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    accept: bool

"""What goes in and out of translation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.checks import Check, told
from lionrock.assist.schemas import CleanText
from lionrock.assist.translate.checking import BINDING
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Result, RunContext, Update
from lionrock.kernel.fields import DocumentId

LONGEST_TEXT = 50_000
LONGEST_SEGMENT = 20_000
LONGEST_REASON = 500


class Into(StrEnum):
    """What is translated into; the values are those of `Language`."""

    ENGLISH = "en"
    TRADITIONAL = "zh-Hant"
    SIMPLIFIED = "zh-Hans"
    CANTONESE = "yue"

    @property
    def language(self) -> Language:
        return _LANGUAGE[self]


_LANGUAGE: dict[Into, Language] = {
    Into.ENGLISH: "en", Into.TRADITIONAL: "zh-Hant", Into.SIMPLIFIED: "zh-Hans", Into.CANTONESE: "yue",
}  # fmt: skip


class TranslateRequest(BaseModel):
    """A text, or a document of the library."""

    model_config = ConfigDict(extra="forbid")
    text: CleanText = Field(
        default="", max_length=LONGEST_TEXT, description="The text to translate, if not a document."
    )
    document: DocumentId | None = Field(
        default=None, description="The document to translate, if not a text."
    )
    into: Into = Field(default=Into.TRADITIONAL, description="What to translate into.")


class Origin(StrEnum):
    """Where a segment's translation comes from; named in catalogues, context "origin"."""

    MEMORY = "memory"
    """A person accepted these very words before."""
    MODEL = "model"
    SCRIPT = "script"
    """The other script, by table."""
    COPIED = "copied"
    """Nothing in it to translate: figures, or the language asked for."""
    NONE = "none"
    """Not translated: no model answered."""
    PERSON = "person"


class Match(BaseModel):
    """What the memory holds that is nearest. `score`: likeness of the sources from 0 to 1; 1 is the same."""

    model_config = ConfigDict(frozen=True)
    source: str
    target: str
    score: float


class Segment(BaseModel):
    """A sentence, heading, cell or item of the source, and its translation.

    `key` and `kind`: the block it stands in. `lead` (a number, a bullet, a Markdown sign) stands before
    the block's first segment and is kept as it is; `after` separates the block from the next.
    """

    model_config = ConfigDict(frozen=True)
    number: int
    key: str
    kind: str
    lead: str = ""
    after: str = ""
    page: int | None = None
    source: str
    target: str = ""
    origin: Origin = Origin.NONE
    match: Match | None = None
    checks: list[Check] = []
    accepted: bool = False
    meant: str = ""
    """Why a person accepted figures, dates or references that differ."""
    changed_at: datetime | None = None

    @property
    def binding(self) -> list[Check]:
        """Failed checks with which it is not accepted, unless the difference is meant."""
        return [c for c in self.checks if c.name in BINDING and not c.held]

    @property
    def held(self) -> bool:
        return all(c.held for c in self.checks)


class Begun(Update):
    """The first update: into how many segments the source falls, and which languages."""

    event: ClassVar[str] = "begun"
    template: ClassVar[str] = "assist/translate-begun.html"
    segments: int
    source_language: str
    into: Into
    model: str | None

    def plain(self) -> str:
        return f"{self.segments} segments, {self.source_language} → {self.into.value}"


class Translated(Update):
    event: ClassVar[str] = "segment"
    template: ClassVar[str] = "assist/translate-segment.html"
    segment: Segment

    def plain(self) -> str:
        one = self.segment
        faults = told(one.checks)
        mark = "" if one.origin is Origin.MODEL else f"  [{one.origin.value}]"
        return f"{one.target or one.source}{mark}" + (f"\n    ✗ {faults}" if faults else "")


class Translation(Result):
    """The whole. `translation`: where it is kept to be edited; None where nothing is kept."""

    event: ClassVar[str] = "result"
    template: ClassVar[str] = "assist/translation.html"
    formats: ClassVar[tuple[str, ...]] = ("md", "xlsx", "docx", "tmx")
    translation: UUID | None
    document_id: UUID | None
    version_id: UUID | None
    title: str
    source_language: Language
    into: Into
    model: str | None
    """The model that translated; None where no segment is one's work."""
    segments: list[Segment]
    note: str = ""

    @property
    def failed(self) -> int:
        """Segments with a failed check."""
        return sum(not s.held for s in self.segments)

    @property
    def untranslated(self) -> int:
        return sum(s.origin is Origin.NONE for s in self.segments)

    def plain(self) -> str:
        from lionrock.assist.translate.segmenting import joined

        text = joined(self.segments, self.into.language)
        lines = [f"  ✗ {s.number}: {told(s.checks)}" for s in self.segments if not s.held]
        return "\n".join([text, *lines, *([f"  ({self.note})"] if self.note else [])])

    async def file(self, run: RunContext, format: str) -> bytes:
        """As it stands now: what people have changed since counts."""
        from lionrock.assist.translate.files import written

        return await written(run, self, format)


class Edit(BaseModel):
    """New words for a segment."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    target: CleanText = Field(max_length=LONGEST_SEGMENT)


class Acceptance(BaseModel):
    """Accept a segment, with new words if they are given. `meant`: why its figures, dates or references
    differ from the source's, where they do; kept, and on record as given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    target: CleanText | None = Field(default=None, max_length=LONGEST_SEGMENT)
    meant: CleanText = Field(default="", max_length=LONGEST_REASON)


class Segments(BaseModel):
    """A stretch of a kept translation's segments."""

    model_config = ConfigDict(frozen=True)
    translation: UUID
    document_id: UUID | None
    title: str
    source_language: Language
    into: Into
    segments: list[Segment]
    total: int
    accepted: int
    failed: int

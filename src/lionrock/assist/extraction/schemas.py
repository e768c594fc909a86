"""What goes in and out of extraction."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Given

from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.kinds import Kind, Normal
from lionrock.assist.schemas import CleanText
from lionrock.documents.citations import Citation
from lionrock.kernel.capabilities import Result, RunContext, Update
from lionrock.kernel.fields import DocumentId

MOST_DOCUMENTS = 500
_Line = Annotated[CleanText, Given(max_length=300)]


class ExtractRequest(BaseModel):
    """Fields to fill from documents. One of `fields` and `json_schema`."""

    model_config = ConfigDict(extra="forbid")
    documents: list[DocumentId] = Given(
        min_length=1, max_length=MOST_DOCUMENTS, description="The documents to read."
    )
    fields: list[_Line] = Given(
        default=[], max_length=50,
        description="A field a line: its label, and a type after a colon if you like.",
    )  # fmt: skip
    json_schema: CleanText = Given(
        default="", max_length=20_000, description="A JSON Schema in place of the list."
    )
    unrelated: bool = Given(
        default=False,
        description="The documents are of different matters: their values may differ.",
    )
    rules_only: bool = Given(
        default=False, description="Ask no model for what the rules do not find."
    )


class How(StrEnum):
    """How a value was found, the surest first; called by name in the catalogues, context "found"."""

    BESIDE = "beside"
    CELL = "cell"
    BELOW = "below"
    FORM = "form"
    PLACE = "place"
    MODEL = "model"


class Sure(StrEnum):
    """How far to trust a value; context "sure". What each has meant: docs/desk-extract.md."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Value(BaseModel):
    """A value as it stands on its page, and in its normal form: None where it is not of its kind."""

    model_config = ConfigDict(frozen=True)
    written: str
    normal: Normal | None
    label: str
    """The words of the page that it was found by; "" where none were."""
    how: How
    sure: Sure
    citation: Citation
    start: int
    end: int
    """The characters of its page that it is."""

    @property
    def told(self) -> str:
        """Its normal form in a line; "" where it has none."""
        if self.normal is None:
            return ""
        return " ".join(filter(None, (self.normal.text, self.normal.unit)))


class Filled(BaseModel):
    """A document's values for one field, best first."""

    model_config = ConfigDict(frozen=True)
    field: str
    values: list[Value]

    @property
    def best(self) -> Value | None:
        return self.values[0] if self.values else None


class Read(Update):
    """A document that was read, with a `Filled` for each field in the order asked."""

    event: ClassVar[str] = "read"
    template: ClassVar[str] = "assist/extract-read.html"
    document_id: UUID
    document: str
    filled: list[Filled]
    unread: str = ""
    """Why nothing was read of it; "" where it was."""
    beyond: int = 0
    """Pages at its end that were not looked at."""

    def plain(self) -> str:
        lines = [self.document + (f": {self.unread}" if self.unread else "")]
        for one in self.filled if not self.unread else ():
            best = one.best
            said = (
                f"{best.written}{_normal(best)} (p. {best.citation.page}; {best.how}, {best.sure})"
                if best
                else "–"
            )
            lines.append(f"  {one.field}: {said}")
        if self.beyond:
            lines.append(f"  (the last {self.beyond} pages were not looked at)")
        return "\n".join(lines)


class Fault(StrEnum):
    """What a person must look at; context "fault"."""

    CHECK_DIGIT = "check_digit"
    DISAGREE = "disagree"
    NOT_OF_KIND = "not_of_kind"

    @property
    def told(self) -> str:
        """As a terminal and a file say it."""
        return _FAULTS[self]


_FAULTS = {
    Fault.CHECK_DIGIT: "check digit wrong",
    Fault.DISAGREE: "documents disagree",
    Fault.NOT_OF_KIND: "not a value of its type",
}


class Claim(BaseModel):
    """What a finding rests on."""

    model_config = ConfigDict(frozen=True)
    told: str
    citation: Citation
    start: int
    end: int


class Finding(BaseModel):
    model_config = ConfigDict(frozen=True)
    fault: Fault
    field: str
    kind: Kind
    claims: list[Claim]


class Extracted(Result):
    template: ClassVar[str] = "assist/extracted.html"
    formats: ClassVar[tuple[str, ...]] = ("xlsx", "csv")
    fields: list[Field]
    documents: list[Read]
    findings: list[Finding]
    model: str | None
    """The model that was asked for what the rules did not find; None where none was."""
    note: str
    """What was not done and why; "" where all was."""

    async def file(self, run: RunContext, format: str) -> bytes:
        from lionrock.assist.extraction.sheet_files import written

        return written(self, format)

    def plain(self) -> str:
        lines = [
            f"! {f.fault.told}: {f.field}: " + " ≠ ".join(_claim(c) for c in f.claims)
            for f in self.findings
        ]
        lines += [read.plain() for read in self.documents]
        return "\n".join(lines + ([f"({self.note})"] if self.note else []))


def _claim(claim: Claim) -> str:
    return f"{claim.told} ({claim.citation.document}, p. {claim.citation.page})"


def _normal(value: Value) -> str:
    return f" = {value.told}" if value.told and value.told != value.written else ""

"""What goes in and out of a summary."""

from __future__ import annotations

import asyncio
import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.checks import Check, told
from lionrock.assist.schemas import Origin
from lionrock.assist.summaries import files
from lionrock.assist.summaries.choices import Length, Reader, Shape, Wanted
from lionrock.assist.summaries.printed import printed
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Result, RunContext, Update
from lionrock.kernel.fields import DocumentId

MOST_DOCUMENTS = 50


class SummariseRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    documents: list[DocumentId] = Field(
        min_length=1, max_length=MOST_DOCUMENTS, description="The documents to summarise."
    )
    shape: Shape = Field(default=Shape.PARAGRAPH, description="What the summary looks like.")
    length: Length = Field(
        default=Length.MEDIUM,
        description="3, 6 or 12 sentences; at least one for each document. Of a chronology 8, 20 or 60.",
    )
    reader: Reader = Field(default=Reader.EXECUTIVE, description="Whom it is worded for.")
    summary_language: Wanted = Field(
        default=Wanted.DOCUMENT, description="The language of the summary."
    )
    quotes_only: bool = Field(
        default=False, description="Choose sentences of the documents, without a model."
    )


class Line(BaseModel):
    """A sentence of the summary; an event of a chronology has its `date`, as ISO 8601 writes it."""

    model_config = ConfigDict(frozen=True)
    text: str
    origin: Origin
    cites: list[int]
    """Indexes into the citations that come with it."""
    checks: list[Check] = []
    """Of a worded sentence what held; of a quoted one what failed in the wording it stands for."""
    date: str = ""
    pair: str = ""
    """Of a bilingual summary, the same in the other language; "" where no wording of it held."""
    pair_checks: list[Check] = []

    @property
    def day(self) -> datetime.date | None:
        """The date, where it tells the day."""
        return (
            datetime.date.fromisoformat(self.date) if len(self.date) == len("2026-11-23") else None
        )

    @property
    def failed(self) -> list[Check]:
        return [c for c in (*self.checks, *self.pair_checks) if not c.held]


class Chosen(Update):
    """The source sentences that the summary will stand on, shown before a word of it is written."""

    event: ClassVar[str] = "chosen"
    template: ClassVar[str] = "assist/summary_chosen.html"
    quotes: list[Citation]


class Written(Update):
    """A line of the summary, after its checks, with what it stands on."""

    event: ClassVar[str] = "line"
    template: ClassVar[str] = "assist/summary_line.html"
    shape: Shape
    number: int
    line: Line
    citations: list[Citation]


class Summary(Result):
    template: ClassVar[str] = "assist/summary.html"
    formats: ClassVar[tuple[str, ...]] = ("md", "docx", "pdf", "xlsx")
    documents: list[str]
    shape: Shape
    language: Language
    lines: list[Line]
    citations: list[Citation]
    model: str | None
    """The model that worded any of it; None where every line is a quote."""
    notes: list[str]
    """In the language of the summary: what the reader must know of how it came about."""
    uncovered: list[str]
    """Sections of which no sentence is cited."""
    kept_out: list[Citation]
    """Where the documents speak to a language model: kept out of the summary, for a person to see."""

    @property
    def dated(self) -> bool:
        return self.shape is Shape.CHRONOLOGY

    @property
    def paired(self) -> bool:
        return self.shape is Shape.BILINGUAL

    @property
    def pair_languages(self) -> tuple[Language, Language]:
        """Of a bilingual summary: of its text, and of its pair."""
        return ("en", "zh-Hant") if self.language == "en" else ("zh-Hant", "en")

    async def file(self, run: RunContext, format: str) -> bytes:
        if format == "md":
            return files.markdown(self).encode()
        if format == "xlsx":
            return files.workbook(self)
        return await asyncio.to_thread(printed, self, format)

    def plain(self) -> str:
        lines = [_plain(number, line, self.shape) for number, line in enumerate(self.lines, 1)]
        lines += [
            f"  [{i}] {c.document}, p. {c.page}: “{c.quote}”"
            for i, c in enumerate(self.citations, 1)
        ]
        lines += [f"  ({note})" for note in self.notes]
        if self.uncovered:
            lines.append(f"  Not covered: {'; '.join(self.uncovered)}")
        return "\n".join(lines)


def _plain(number: int, line: Line, shape: Shape) -> str:
    first = f"{number}. " if shape is not Shape.PARAGRAPH else ""
    date = f"{line.date}  " if line.date else ""
    text = first + date + line.text + "".join(f" [{i + 1}]" for i in line.cites)
    if line.pair:
        text += f"\n   {line.pair}"
    return text + (f"  ({told(line.failed)})" if line.failed else "")

"""What goes in and out of this room."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lionrock.documents.citations import Citation
from lionrock.kernel.capabilities import Result, RunContext, Update


def without_controls(text: str) -> str:
    """No database or terminal takes them as text: U+0000, escapes and their like."""
    if any(category(c) == "Cc" and c not in "\t\n\r" for c in text):
        raise ValueError("it holds a control character")
    return text


CleanText = Annotated[str, AfterValidator(without_controls)]


class AskRequest(BaseModel):
    """A question over the tenant's documents."""

    model_config = ConfigDict(extra="forbid")
    question: CleanText = Field(
        min_length=1, max_length=2000, description="The question, in any of the languages."
    )
    quotes_only: bool = Field(
        default=False, description="Answer with quotes alone, without a model."
    )
    as_at: date | None = Field(
        default=None, description="Answer from what was in force on this day; else today's."
    )


class Quote(BaseModel):
    """A sentence or table row that bears on the question, where it stands, and what spoke for it."""

    model_config = ConfigDict(frozen=True)
    citation: Citation
    heading: str
    lead: str = ""
    """What it is read with: its nearest heading; of a table row the table's first row too."""
    score: float
    """The ranker's score; comparable within one question only."""
    meaning: float
    """Cosine similarity to the question, 0 when no embedding model answered."""
    words: list[str]
    """Index terms it shares with the question."""


class Evidence(Update):
    """The ranked quotes, shown before any word is written. A second one replaces the first."""

    event: ClassVar[str] = "evidence"
    template: ClassVar[str] = "assist/evidence.html"
    quotes: list[Quote]
    translated: str = ""
    """The question in the other language, where it was searched for too."""

    def plain(self) -> str:
        return "\n".join(
            f"  · {_where(q.citation)}  {_short(q.citation.quote)}{_held(q.citation)}"
            for q in self.quotes
        )


class Origin(StrEnum):
    WORDED = "worded"
    """Written by the model from the quotes it cites; the checks held."""
    QUOTED = "quoted"
    """The quote itself: no model, or what the model wrote did not hold."""


class Sentence(BaseModel):
    model_config = ConfigDict(frozen=True)
    text: str
    origin: Origin
    cites: list[int]
    """Indexes into the answer's citations."""


class Checked(Update):
    """A sentence of the answer, after its checks."""

    event: ClassVar[str] = "sentence"
    template: ClassVar[str] = "assist/sentence.html"
    sentence: Sentence
    citations: list[Citation]
    """What the sentence rests on; its numbers in the answer are known at the end."""


class Answer(Result):
    template: ClassVar[str] = "assist/answer.html"
    formats: ClassVar[tuple[str, ...]] = ("md",)
    question: str
    language: str
    answer: str
    refused: bool
    """True when the documents do not hold the answer; `nearest` then shows what came closest."""
    sentences: list[Sentence]
    citations: list[Citation]
    nearest: list[Quote]
    model: str | None
    """The model that worded the answer; None when the quotes alone are the answer."""
    note: str
    """In the asker's language: why there are only quotes, or why there is no answer."""
    confidence: float

    async def file(self, run: RunContext, format: str) -> bytes:
        return f"# {self.question}\n\n{self.plain()}\n".encode()

    def plain(self) -> str:
        if self.refused:
            return f"{self.answer}\n  ({self.note})" if self.note else self.answer
        lines = [s.text + "".join(f" [{i + 1}]" for i in s.cites) for s in self.sentences]
        lines += [
            f"  [{i}] {_where(c)}: “{c.quote}”{_held(c)}" for i, c in enumerate(self.citations, 1)
        ]
        return "\n".join(lines + ([f"  ({self.note})"] if self.note else []))


def _held(citation: Citation) -> str:
    """What must be said with words that do not hold today."""
    return f" ({citation.held.notice})" if citation.held.notice else ""


def _where(citation: Citation) -> str:
    return f"{citation.document}, p. {citation.page}"


def _short(text: str, longest: int = 100) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

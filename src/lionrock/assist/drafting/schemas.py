"""What goes into a draft and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.checks import Check
from lionrock.assist.drafting import files
from lionrock.assist.drafting.lines import DraftLine, Said
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Result, RunContext, Update
from lionrock.kernel.fields import DocumentId


class DraftRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    template: str = Field(
        min_length=1, max_length=60, description="The template's name: see lionrock templates list."
    )
    documents: list[DocumentId] = Field(
        default=[], max_length=20, description="Documents that the sections are worded from."
    )
    values: list[str] = Field(
        default=[], max_length=400, description="field=value, one a line; the rest stays open."
    )
    quotes_only: bool = Field(
        default=False, description="Put quotes into the sections, without a model."
    )


class Written(Update):
    """A sentence of a section, after its checks."""

    event: ClassVar[str] = "written"
    template: ClassVar[str] = "assist/draft_written.html"
    said: Said
    citations: list[Citation]
    """What it stands on; its numbers in the draft are known at the end."""


class Draft(Result):
    template: ClassVar[str] = "assist/drafted.html"
    formats: ClassVar[tuple[str, ...]] = ("docx", "pdf", "md")
    name: str
    """The template's."""
    version: int
    digest: str
    """SHA-256 of the template's file."""
    title: str
    language: Language
    blocks: list[list[DraftLine]]
    """Blocks of lines, with space between them."""
    citations: list[Citation]
    open: list[str]
    """Labels of fields and names of sections that are left to fill in."""
    checks: list[Check]
    model: str | None
    """The model that worded sections; None where no sentence is one's."""
    notes: list[str]
    """In the draft's language: why there are only quotes, and the like."""

    def said(self) -> Iterator[Said]:
        for block in self.blocks:
            for line in block:
                yield from line.said()

    def plain(self) -> str:
        """The text, then what stands behind it."""
        return files.text(self)

    async def file(self, run: RunContext, format: str) -> bytes:
        return await files.saved(self, format)

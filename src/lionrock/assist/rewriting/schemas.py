"""What goes in and out of a rewriting."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.checks import Check, told
from lionrock.assist.docx.making import docx, paragraph
from lionrock.assist.schemas import CleanText
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Result, RunContext, Update


class Style(StrEnum):
    PLAIN = "plain"
    OFFICIAL = "official"
    CONCISE = "concise"


class RewriteRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: CleanText = Field(
        min_length=1, max_length=20_000, description="The text to rewrite; its language stays."
    )
    style: Style = Field(default=Style.PLAIN, description="How it is to be written.")


class Unit(BaseModel):
    """A sentence. Where the rewriting failed a check, `text` is the original and `checks` say why."""

    model_config = ConfigDict(frozen=True)
    text: str
    original: str
    checks: list[Check] = []
    first: bool = False
    """It begins a paragraph."""

    @property
    def changed(self) -> bool:
        return self.text != self.original

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if not check.held]


class Rewritten(Update):
    """A sentence, after its checks."""

    event: ClassVar[str] = "unit"
    template: ClassVar[str] = "assist/rewrite_unit.html"
    unit: Unit


class Rewriting(Result):
    template: ClassVar[str] = "assist/rewriting.html"
    formats: ClassVar[tuple[str, ...]] = ("md", "docx")
    language: Language
    style: Style
    units: list[Unit]
    model: str | None
    notes: list[str]

    @property
    def paragraphs(self) -> list[str]:
        made: list[str] = []
        for unit in self.units:
            joint = " " if self.language == "en" else ""
            if unit.first or not made:
                made.append(unit.text)
            else:
                made[-1] += joint + unit.text
        return made

    async def file(self, run: RunContext, format: str) -> bytes:
        if format == "md":
            return ("\n\n".join(self.paragraphs) + "\n").encode()
        blocks = [paragraph(text) for text in self.paragraphs]
        return await asyncio.to_thread(docx, blocks, self.language, self.paragraphs[0][:60])

    def plain(self) -> str:
        kept = [f"  (kept: {u.original} — {told(u.failed)})" for u in self.units if u.failed]
        return "\n\n".join([*self.paragraphs, *kept, *(f"  ({n})" for n in self.notes)])

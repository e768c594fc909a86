"""A template as it is kept: which version of it, since when, whether it came with the product."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.assist.drafting.template import Genre, Template, TemplateField, read
from lionrock.documents.language import Language


class Kept(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID | None
    """None for one that came with the product."""
    version: int
    template: Template
    added_at: datetime | None = None
    retired: bool = False

    @property
    def name(self) -> str:
        return self.template.name

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.template.text.encode()).hexdigest()


class Summary(BaseModel):
    """A template in a list."""

    name: str
    title: str
    genre: Genre
    language: Language
    version: int
    built_in: bool
    retired: bool
    fields: int
    sections: int

    @classmethod
    def of(cls, kept: Kept) -> Summary:
        front, body = kept.template.front, kept.template.body
        return cls(
            name=front.name, title=front.title, genre=front.genre, language=front.language,
            version=kept.version, built_in=kept.id is None, retired=kept.retired,
            fields=len(front.field), sections=len(body.sections()),
        )  # fmt: skip


class VersionOf(BaseModel):
    version: int
    added_at: datetime | None
    digest: str


class Detail(Summary):
    """A template whole; `text` is its file."""

    source: str
    named_fields: list[TemplateField]
    named_sections: list[str]
    text: str
    versions: list[VersionOf]
    """Newest first."""

    @classmethod
    def whole(cls, shown: Kept, versions: Sequence[Kept]) -> Detail:
        front, body = shown.template.front, shown.template.body
        return cls(
            **Summary.of(shown).model_dump(), source=front.source, named_fields=front.field,
            named_sections=[section.name for section in body.sections()], text=shown.template.text,
            versions=[
                VersionOf(version=k.version, added_at=k.added_at, digest=k.digest) for k in versions
            ],
        )  # fmt: skip


class Templates(BaseModel):
    templates: list[Summary]


@cache
def built_in() -> tuple[Kept, ...]:
    """Those that come with the product, by name."""
    folder = files("lionrock.assist.drafting") / "builtin"
    found = [read(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".txt")]
    found.sort(key=lambda template: template.name)
    return tuple(Kept(id=None, version=1, template=template) for template in found)

"""What goes in and out of this room."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Box


class State(StrEnum):
    QUEUED = "queued"
    PARSED = "parsed"
    INDEXED = "indexed"
    """Found by its words; the vectors for its meaning are being made."""
    READY = "ready"
    FAILED = "failed"


class Document(BaseModel):
    """A document with the state of its version. `done` of `total` counts the present step."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    version_id: UUID
    name: str
    title: str
    collection: str
    media_type: str
    language: str
    bytes: int
    sha256: str
    state: State
    error: str
    pages: int
    done: int
    total: int
    added_at: datetime


class Added(BaseModel):
    """`duplicate` is true when the collection already held these very bytes."""

    model_config = ConfigDict(frozen=True)
    document_id: UUID
    version_id: UUID
    name: str
    state: State
    duplicate: bool


class Page(BaseModel):
    model_config = ConfigDict(frozen=True)
    document_id: UUID
    version_id: UUID
    document: str
    number: int
    pages: int
    width: float
    height: float
    text: str


class Texts(BaseModel):
    """A document's pages as (number, text), in order. `zero_retention`: its collection keeps nothing of
    what is made from it."""

    model_config = ConfigDict(frozen=True)
    document_id: UUID
    version_id: UUID
    document: str
    sha256: str
    zero_retention: bool
    pages: list[tuple[int, str]]


class Passage(BaseModel):
    """A passage as stored, with where each part of its text stands."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    version_id: UUID
    document_id: UUID
    document: str
    ordinal: int
    kind: str
    number: str
    heading: str
    language: str
    text: str
    slices: list[tuple[int, int, int]]
    """(page, start, end) in page texts, in the order of `text`."""


class Highlight(BaseModel):
    model_config = ConfigDict(frozen=True)
    page: int
    quote: str
    boxes: list[Box]

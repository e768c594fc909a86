"""What goes in and out of this room."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.citations import Box, Held


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
    unread: list[int] = []
    """Numbers of the pages that show more than could be read: pictures that were not recognised."""
    done: int
    total: int
    added_at: datetime
    held: Held = Held()
    """When this version held: the one in force today, unless none is."""
    versions: int = 1
    """How many versions the document has."""
    members: int = 0
    """How many files its file holds: a ZIP's, a mail's attachments."""
    parent_id: UUID | None = None
    """The document that it came in; None for one that was added by itself."""
    path: str = ""
    """What it is called inside of that."""


class Added(BaseModel):
    """`duplicate` is true when the collection already held these very bytes."""

    model_config = ConfigDict(frozen=True)
    document_id: UUID
    version_id: UUID
    name: str
    state: State
    duplicate: bool


class Member(BaseModel):
    """A file inside a document's file. With a `document_id` it was taken in: as a document of its own,
    or, `shared`, as one that was here before. Without, `reason` says why not; a document that could
    not be read has its `reason` too."""

    model_config = ConfigDict(frozen=True)
    number: int
    path: str
    bytes: int
    document_id: UUID | None
    state: State | None
    media_type: str
    pages: int
    reason: str
    shared: bool


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
    recognised: bool = False
    """Read by OCR, not from a text layer."""
    turn: int = 0
    """Quarter turns clockwise from how the file shows the page to how it is shown here."""
    confidence: float | None = None
    """Of what was recognised, from 0 to 1."""
    unread: bool = False
    """It shows more than its text says."""
    held: Held = Held()


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
    held: Held = Held()


class Highlight(BaseModel):
    model_config = ConfigDict(frozen=True)
    page: int
    quote: str
    boxes: list[Box]

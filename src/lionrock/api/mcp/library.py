"""Tools that look into the library, and its pages as resources. They leave no run behind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from mcp_types import ResourceTemplate
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.mcp.tools import Answer, Call, Tool
from lionrock.documents.language import Language
from lionrock.documents.listing import Wanted
from lionrock.documents.schemas import Document, State
from lionrock.errors import InvalidInput
from lionrock.kernel.fields import DocumentId
from lionrock.kernel.permissions import Permission
from lionrock.search.filters import Filters
from lionrock.search.service import Hit

PAGE_URI: Final = "lionrock://documents/{document_id}/pages/{number}"
PAGES: Final = ResourceTemplate(
    name="page",
    uri_template=PAGE_URI,
    description="The text of one page of a document, as it holds today; pages count from 1.",
    mime_type="text/plain",
)
_PAGE: Final = re.compile(r"lionrock://documents/([0-9a-fA-F-]{36})/pages/([1-9][0-9]{0,6})")


class SearchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    query: str = Field(
        min_length=1, max_length=2000, description="A question or words, in any of the languages."
    )
    documents: list[DocumentId] = Field(
        default=[], max_length=100, description="Only in these documents, by id; none: in all."
    )
    languages: list[Language] = Field(
        default=[], max_length=10, description="Only passages in these languages; none: in any."
    )
    as_at: date | None = Field(
        default=None, description="What was in force on this day; else what is today."
    )
    limit: int = Field(default=10, ge=1, le=50, description="How many passages.")


class FoundPassage(BaseModel):
    document_id: UUID
    document: str
    pages: list[int]
    uri: str
    """Of the first of those pages."""
    heading: str
    language: str
    text: str
    score: float
    """Comparable within one search only."""
    notice: str
    """What must be said with words that do not hold today."""


class Found(BaseModel):
    passages: list[FoundPassage]


class DocumentsRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=200, description="Only those with these words in it.")
    start: int = Field(default=0, ge=0, le=10_000_000, description="How many to pass over.")
    limit: int = Field(default=50, ge=1, le=200, description="How many to tell of.")


class ListedDocument(BaseModel):
    id: UUID
    name: str
    title: str
    language: str
    pages: int
    state: State
    added_at: datetime
    notice: str
    """What must be said of a document that does not hold today."""


class ListedDocuments(BaseModel):
    documents: list[ListedDocument]
    total: int


async def _search(call: Call, request: SearchRequest) -> Answer:
    filters = Filters(
        documents=tuple(request.documents), languages=tuple(request.languages), as_at=request.as_at
    )
    hits = await call.house.search.passages(
        call.actor, request.query, limit=request.limit, filters=filters
    )
    found = Found(passages=[_passage(hit) for hit in hits])
    return Answer(found, "\n\n".join(map(_told, found.passages)) or "Nothing found.")


def _passage(hit: Hit) -> FoundPassage:
    passage = hit.passage
    pages = sorted({page for page, _, _ in passage.slices})
    first = pages[0] if pages else 1
    return FoundPassage(
        document_id=passage.document_id, document=passage.document, pages=pages,
        uri=PAGE_URI.format(document_id=passage.document_id, number=first),
        heading=passage.heading, language=passage.language, text=passage.text, score=hit.score,
        notice=passage.held.notice,
    )  # fmt: skip


def _told(passage: FoundPassage) -> str:
    pages = ", ".join(map(str, passage.pages))
    notice = f" ({passage.notice})" if passage.notice else ""
    return f"{passage.document}, p. {pages}{notice}\n{passage.text}"


async def _documents(call: Call, request: DocumentsRequest) -> Answer:
    listed = await call.house.documents.listing(
        call.actor, Wanted(name=request.name), start=request.start, limit=request.limit
    )
    documents = [_listed(document) for document in listed.documents]
    return Answer(ListedDocuments(documents=documents, total=listed.total), _lines(documents))


def _listed(document: Document) -> ListedDocument:
    return ListedDocument(
        id=document.id, name=document.name, title=document.title, language=document.language,
        pages=document.pages, state=document.state, added_at=document.added_at,
        notice=document.held.notice,
    )  # fmt: skip


def _lines(documents: Sequence[ListedDocument]) -> str:
    lines = [f"{d.id}  {d.name} (pages: {d.pages}, {d.state})" for d in documents]
    return "\n".join(lines) or "No documents."


def page_of(uri: str) -> tuple[UUID, int]:
    """The document and page that a resource's address names."""
    found = _PAGE.fullmatch(uri)
    try:
        if found:
            return UUID(found[1]), int(found[2])
    except ValueError:
        pass
    raise InvalidInput(f"There is no such resource. Pages are at {PAGE_URI}.")


LIBRARY_TOOLS: Final = (
    Tool(
        "documents",
        "List the documents of the library, newest first, with the ids that other tools take.",
        Permission.DOCUMENTS_DOCUMENT_READ, DocumentsRequest, ListedDocuments, _documents,
        reads_only=True,
    ),
    Tool(
        "search",
        "Search the library: ranked passages word for word, each with its document and pages.",
        Permission.SEARCH_PASSAGE_READ, SearchRequest, Found, _search, reads_only=True,
    ),
)  # fmt: skip

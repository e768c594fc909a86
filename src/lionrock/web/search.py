"""Search: passages for a question, with what spoke for each, and what they can be narrowed to.

The question stands in the address, as it does in the API's: a result can be gone back to, and kept as
a bookmark. Marks are made of the terms that the engine found; a page is told them with the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from lionrock.documents.schemas import Passage
from lionrock.doors import house
from lionrock.errors import InvalidInput
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.search.export import MEDIA, Format
from lionrock.search.figures import MARK
from lionrock.search.filters import Filters
from lionrock.search.marking import marks
from lionrock.search.results import FIRST
from lionrock.search.saved.schemas import LONGEST_NAME, LONGEST_QUESTION, NewSearch, SavedSearch
from lionrock.search.service import Hit
from lionrock.web.auth import Reader
from lionrock.web.kinds import KINDS
from lionrock.web.rendering import page, translator
from lionrock.web.search_parts import Segment, found_words, segments

_WORDS: Final = 40
"""Terms that an address carries to a page, at most."""

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage of a list as it is drawn: where it leads, and its words with what is marked."""

    passage: Passage
    address: str
    number: int | None
    """Of its first page."""
    segments: Sequence[Segment]
    words: Sequence[str]
    """What was found of the question, as it is written there."""


def shown(passage: Passage, words: Sequence[str], nearest: tuple[int, int] | None = None) -> Shown:
    marked = marks(passage.text, words)
    number = passage.slices[0][0] if passage.slices else None
    carried = {"version": passage.version_id, "passage": passage.id, "w": " ".join(words[:_WORDS])}
    address = f"/documents/{passage.document_id}/pages/{number or 1}?{urlencode(carried)}"
    return Shown(
        passage, address, number, segments(passage.text, marked, nearest),
        found_words(passage.text, marked),
    )  # fmt: skip


def filters_of(
    collection: Annotated[list[UUID], Query()] = [],  # noqa: B006
    document: Annotated[list[UUID], Query()] = [],  # noqa: B006
    language: Annotated[list[str], Query()] = [],  # noqa: B006
    type: Annotated[list[str], Query()] = [],  # noqa: B006
    as_at: Annotated[str, Query(max_length=10)] = "",
) -> Filters:
    """What an address narrows a search to; a day that is none is left out."""
    try:
        return Filters(
            collections=tuple(collection), documents=tuple(document), languages=tuple(language),  # type: ignore[arg-type]
            media_types=tuple(type), as_at=date.fromisoformat(as_at) if as_at else None,
        )  # fmt: skip
    except (ValueError, ValidationError) as error:
        raise InvalidInput("The address or the form is not one of this server's.") from error


Narrowed = Annotated[Filters, Depends(filters_of)]


def address_of(question: str, filters: Filters) -> str:
    """The query of an address that searches so again."""
    pairs: list[tuple[str, object]] = [("q", question)]
    for name, values in _chosen(filters).items():
        pairs += [(name, value) for value in values]
    if filters.as_at:
        pairs.append(("as_at", filters.as_at))
    return urlencode(pairs)


def _chosen(filters: Filters) -> dict[str, Sequence[object]]:
    return {
        "collection": filters.collections, "type": filters.media_types,
        "language": filters.languages, "document": filters.documents,
    }  # fmt: skip


def _terms(hit: Hit) -> list[str]:
    """What is marked: its figures first, of which there are few."""
    return [*(MARK + name for name in hit.figures), *hit.words]


@routes.get("/search")
async def search(
    request: Request,
    actor: Reader,
    filters: Narrowed,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
) -> Response:
    """The field; with a question what was found for it."""
    require(actor, P.SEARCH_PASSAGE_READ)
    question = " ".join(q.split())
    results = await house(request).results.look(actor, question, filters) if question else None
    hits = [(h, shown(h.passage, _terms(h), h.nearest)) for h in results.hits] if results else []
    return page(
        request, "search/search.html", question=question, filters=filters, results=results,
        hits=hits, most=FIRST, kinds=KINDS, again=address_of(question, filters),
        narrowed=any(_chosen(filters).values()) or filters.as_at is not None, suggested=question[:60],
        longest=LONGEST_NAME, worded=any(one.words or hit.cited for hit, one in hits),
    )  # fmt: skip


@routes.get("/search/export")
async def exported(
    request: Request,
    actor: Reader,
    filters: Narrowed,
    q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION)],
    format: Format = "csv",
) -> Response:
    """The results as a file."""
    data = await house(request).results.export(actor, " ".join(q.split()), filters, format)
    headers = {
        "Content-Disposition": f'attachment; filename="search.{format}"',
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=MEDIA[format], headers=headers)


@routes.get("/search/new")
async def badge(request: Request, actor: Reader) -> Response:
    """How many saved searches have something new: for the menu."""
    return page(request, "search/badge.html", count=await house(request).saved.waiting(actor))


@routes.get("/search/saved")
async def saved(request: Request, actor: Reader) -> Response:
    searches = await house(request).saved.listing(actor)
    lines = [(s, address_of(s.question, s.filters)) for s in searches]
    return page(request, "search/saved.html", lines=lines, here="/search")


@routes.post("/search/saved")
async def save(
    request: Request,
    actor: Reader,
    name: Annotated[str, Form(max_length=1000)] = "",
    q: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
    collection: Annotated[list[UUID], Form()] = [],  # noqa: B006
    document: Annotated[list[UUID], Form()] = [],  # noqa: B006
    language: Annotated[list[str], Form()] = [],  # noqa: B006
    type: Annotated[list[str], Form()] = [],  # noqa: B006
    as_at: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    require(actor, P.SEARCH_SAVED_MANAGE)
    filters = filters_of(collection, document, language, type, as_at)
    try:
        wanted = NewSearch(name=name, question=q, filters=filters)
    except ValidationError as error:
        speak = translator(request)
        wrong = speak.gettext(
            "Give the search a name of at most %(most)s characters.", most=LONGEST_NAME
        )
        raise InvalidInput(wrong) from error
    await house(request).saved.save(actor, wanted)
    return RedirectResponse("/search/saved", 303)


@routes.get("/search/saved/{search_id}")
async def whats_new(request: Request, actor: Reader, search_id: UUID) -> Response:
    """What is new for one of the reader's searches."""
    searches = house(request).saved
    found: SavedSearch = await searches.get(actor, search_id)
    matches = await searches.new(actor, search_id)
    return page(
        request, "search/new.html", search=found, again=address_of(found.question, found.filters),
        matches=[(m, shown(m.passage, m.words)) for m in matches], here="/search",
        until=matches[0].found_at.isoformat() if matches else "",
    )  # fmt: skip


@routes.post("/search/saved/{search_id}/seen")
async def seen(
    request: Request,
    actor: Reader,
    search_id: UUID,
    until: Annotated[datetime | None, Form()] = None,
) -> Response:
    await house(request).saved.see(actor, search_id, until=until)
    return RedirectResponse("/search/saved", 303)


@routes.post("/search/saved/{search_id}/remove")
async def remove(request: Request, actor: Reader, search_id: UUID) -> Response:
    await house(request).saved.remove(actor, search_id)
    return RedirectResponse("/search/saved", 303)

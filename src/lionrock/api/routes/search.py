"""Search over HTTP: results, what they divide into, files of them, and saved searches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from lionrock.api.deps import ActorDep
from lionrock.documents.language import Language
from lionrock.doors import house
from lionrock.search.export import MEDIA, Format
from lionrock.search.facets import Facet
from lionrock.search.filters import Filters
from lionrock.search.saved.schemas import Match, NewSearch, SavedSearch
from lionrock.search.service import Hit

Question = Annotated[str, Query(min_length=1, max_length=2000)]


class Hits(BaseModel):
    question: str
    hits: list[Hit]
    facets: list[Facet] = []
    """With `facets`: how all that was found divides; `among` says how many passages were counted."""


class SavedSearches(BaseModel):
    searches: list[SavedSearch]


class Matches(BaseModel):
    matches: list[Match]


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid")
    until: datetime | None = None
    """When the newest passage that was seen was found; none: now."""


def filters_of(
    collection: Annotated[list[UUID], Query()] = [],  # noqa: B006
    document: Annotated[list[UUID], Query()] = [],  # noqa: B006
    language: Annotated[list[Language], Query()] = [],  # noqa: B006
    type: Annotated[list[str], Query()] = [],  # noqa: B006
    as_at: date | None = None,
) -> Filters:
    """`type`: media types of the files; `as_at`: what was in force on this day, else today."""
    return Filters(
        collections=tuple(collection), documents=tuple(document), languages=tuple(language),
        media_types=tuple(type), as_at=as_at,
    )  # fmt: skip


Narrowed = Annotated[Filters, Depends(filters_of)]


routes = APIRouter(tags=["search"])


@routes.get("/search")
async def search(
    request: Request,
    actor: ActorDep,
    q: Question,
    filters: Narrowed,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    facets: bool = False,
) -> Hits:
    """Ranked passages, each with what spoke for it."""
    if facets:
        found = await house(request).results.look(actor, q, filters, limit=limit)
        return Hits(question=q, hits=list(found.hits), facets=list(found.facets))
    hits = await house(request).search.passages(actor, q, limit=limit, filters=filters)
    return Hits(question=q, hits=hits)


@routes.get(
    "/search/export", response_class=Response,
    responses={200: {"content": {media: {} for media in MEDIA.values()}}},
)  # fmt: skip
async def export(
    request: Request, actor: ActorDep, q: Question, filters: Narrowed, format: Format = "json"
) -> Response:
    """The results as a file, headed by what was asked, when, by whom, and what could be found."""
    data = await house(request).results.export(actor, q, filters, format)
    name = {"Content-Disposition": f'attachment; filename="search.{format}"'}
    return Response(data, media_type=MEDIA[format], headers=name)


@routes.get("/search/saved")
async def saved(request: Request, actor: ActorDep) -> SavedSearches:
    """The caller's own, each with how many passages are new for it."""
    return SavedSearches(searches=await house(request).saved.listing(actor))


@routes.post("/search/saved", status_code=201)
async def save(request: Request, actor: ActorDep, wanted: NewSearch) -> SavedSearch:
    """Keep a search; from then on new documents are looked through for it."""
    return await house(request).saved.save(actor, wanted)


@routes.get("/search/saved/{search_id}")
async def get(request: Request, actor: ActorDep, search_id: UUID) -> SavedSearch:
    return await house(request).saved.get(actor, search_id)


@routes.delete("/search/saved/{search_id}", status_code=204)
async def remove(request: Request, actor: ActorDep, search_id: UUID) -> None:
    await house(request).saved.remove(actor, search_id)


@routes.get("/search/saved/{search_id}/new")
async def new(request: Request, actor: ActorDep, search_id: UUID) -> Matches:
    """Passages that new documents brought since the caller last said that they had seen them."""
    return Matches(matches=list(await house(request).saved.new(actor, search_id)))


@routes.post("/search/saved/{search_id}/seen", status_code=204)
async def seen(request: Request, actor: ActorDep, search_id: UUID, told: Seen) -> None:
    await house(request).saved.see(actor, search_id, until=told.until)

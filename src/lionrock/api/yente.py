"""yente's API under /yente: a client of it needs another address and key, and nothing else.

Keys alone open it, as `Authorization: ApiKey KEY` (what yente's clients send) or `Bearer KEY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from lionrock.api import deps
from lionrock.doors import house
from lionrock.errors import InvalidInput, Unavailable
from lionrock.kernel.actors import Actor
from lionrock.screening.yente import scale
from lionrock.screening.yente import shapes as s
from lionrock.screening.yente.service import Wanted, Yente

KNOWN = (
    "best",
    "lionrock",
    "logic-v1",
    "logic-v2",
    "name-based",
    "name-qualified",
    "regression-v1",
)
"""Algorithms that a client may ask for: whichever it is, the one engine answers."""

KeyDep = Annotated[Actor, Depends(deps.key_holder)]
Words = Annotated[Sequence[str], Query(max_length=50)]
Share = Annotated[float | None, Query(ge=0, lt=1)]


routes = APIRouter(prefix="/yente", tags=["yente"])


@routes.get("/healthz")
async def healthz() -> s.Status:
    """Whether the server answers."""
    return s.Status()


@routes.get("/readyz")
async def readyz(request: Request) -> s.Status:
    """Whether names can be screened: not while the audit log does not verify."""
    if house(request).audit.state.status == "broken":
        raise Unavailable("Nothing can be screened: the audit log does not verify.")
    return s.Status()


@routes.get("/catalog")
async def catalog(request: Request, actor: KeyDep) -> s.Catalog:
    """The tenant's lists in use, as datasets."""
    return await _yente(request).catalog(actor)


@routes.get("/algorithms")
async def algorithms(actor: KeyDep) -> s.Algorithms:
    """There is one."""
    words = f"Lionrock's engine. Its own threshold stands at {scale.USUAL} on yente's scale."
    one = s.Algorithm(name="lionrock", description=words)
    return s.Algorithms(algorithms=[one], default="lionrock", best="lionrock")


@routes.post("/match/{dataset}")
async def match(
    request: Request,
    actor: KeyDep,
    dataset: str,
    query: s.MatchQuery,
    limit: Annotated[int, Query(ge=1, le=500)] = 5,
    threshold: Share = None,
    cutoff: Share = None,
    algorithm: str = "best",
    include_dataset: Words = (),
    exclude_dataset: Words = (),
    exclude_schema: Words = (),
    exclude_entity_ids: Words = (),
    topics: Words = (),
    fuzzy: bool = True,
    changed_since: str | None = None,
) -> s.MatchResponse:
    """Screen up to 100 entities by example. Without `threshold`, that of each list counts."""
    if algorithm.lower().strip() not in KNOWN:
        raise InvalidInput(f"There is no algorithm {algorithm[:40]!r}: use {', '.join(KNOWN)}.")
    _not_offered(changed_since=changed_since)
    wanted = Wanted(
        dataset, include_dataset, exclude_dataset, topics, exclude_schema, exclude_entity_ids,
        threshold, cutoff, limit,
    )  # fmt: skip
    return await _yente(request).match(actor, query, wanted)


@routes.get("/search/{dataset}")
async def search(
    request: Request,
    actor: KeyDep,
    dataset: str,
    q: Annotated[str, Query(max_length=1000)] = "",
    schema: str = "Thing",
    include_dataset: Words = (),
    exclude_dataset: Words = (),
    exclude_schema: Words = (),
    countries: Words = (),
    topics: Words = (),
    datasets: Words = (),
    limit: Annotated[int, Query(ge=1, le=500)] = 10,
    offset: Annotated[int, Query(ge=0, le=9499)] = 0,
    fuzzy: bool = False,
    filter: Words = (),
    changed_since: str | None = None,
) -> s.SearchResponse:
    """Entries with a name like `q`. No query syntax; names are always compared loosely."""
    _not_offered(filter=filter, changed_since=changed_since)
    wanted = Wanted(
        dataset, [*include_dataset, *datasets], exclude_dataset, topics, exclude_schema,
        limit=limit, offset=offset, schema=schema, countries=countries,
    )  # fmt: skip
    return await _yente(request).search(actor, q, wanted)


@routes.get("/entities/{entity_id}")
async def entity(
    request: Request, actor: KeyDep, entity_id: str, nested: bool = True
) -> s.EntityShape:
    """One entry by its source's id, or as dataset:id. It is told flat, whatever `nested` says."""
    return await _yente(request).entity(actor, entity_id)


def _yente(request: Request) -> Yente:
    rooms = house(request)
    return Yente(rooms.database, rooms.vault, rooms.screening.registry)


def _not_offered(**limits: object) -> None:
    """Passing over what narrows a request would answer another question than was asked."""
    for name, value in limits.items():
        if value:
            raise InvalidInput(f"{name} is not offered here: leave it out.")

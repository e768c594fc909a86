"""`/v1/screening/names`: one name against the lists, each hit with its evidence in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from lionrock.api.deps import ActorDep
from lionrock.api.routes.screening_queries import Given, GivenEntity, either
from lionrock.doors import house
from lionrock.errors import Conflict
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.ftm import to_ftm
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.service import Kept
from lionrock.screening.registry.states import State, applied


class _Against(BaseModel):
    lists: list[UUID] | None = Field(
        default=None, min_length=1, max_length=200, description="All in use, if it is left out."
    )
    threshold: float | None = Field(
        default=None, gt=0, lt=1, description="For all lists, in the place of their own."
    )
    type: str = Field(
        default="", max_length=40, description="Type of customer: lists have thresholds by it."
    )
    limit: int = Field(default=50, ge=1, le=1000, description="Most hits in the answer.")


class NameQuery(Given, _Against):
    """Who, in plain fields, and against what."""


class EntityQuery(GivenEntity, _Against):
    """Who, in FollowTheMoney's shape, and against what."""


class EvidenceOut(BaseModel):
    """`weight` in bits: log2 of how much likelier the two are the same."""

    feature: str
    weight: float
    query: str
    listed: str
    words: str


class ListOut(BaseModel):
    id: UUID
    name: str
    kind: str
    version: int
    threshold: float


class HitOut(BaseModel):
    """`score` in (0, 1). `query_name` and `listed_name` are the two that are most alike; `entry` is
    what the list says, in FollowTheMoney's shape; its `id` is the list's own."""

    score: float
    query_name: str
    listed_name: str
    caption: str
    evidence: list[EvidenceOut]
    list: ListOut
    entry_id: UUID
    entry: dict[str, Any]


class Screened(BaseModel):
    """`id`: where it is kept. `found` hits in all, the best first; `lists` is what was screened
    against."""

    id: UUID
    found: int
    hits: list[HitOut]
    lists: list[ListOut]


class KeptHitOut(BaseModel):
    list_id: UUID
    entry_id: UUID
    score: float
    query_name: str
    listed_name: str
    evidence: list[EvidenceOut]


class KeptOut(BaseModel):
    """A screening as it was. Without `query` nothing of its content was to be kept; `salt` and
    `query` are what `commitment` in the audit log commits to."""

    id: UUID
    kind: str
    screened_by: UUID
    screened_at: datetime
    lists: list[ListOut]
    engine: str
    commitment: str
    salt: str
    found: int
    query: dict[str, Any] | None
    hits: list[KeptHitOut]


def add(routes: APIRouter) -> None:
    @routes.post("/screening/names")
    async def screen(
        request: Request, actor: ActorDep, wanted: either(NameQuery, EntityQuery)  # type: ignore[valid-type]
    ) -> Screened:  # fmt: skip
        """Screen a person, a company, a vessel. What was asked and found is kept, sealed."""
        return await _screened(house(request), actor, wanted)

    @routes.get("/screening/names/{screening_id}")
    async def kept(request: Request, actor: ActorDep, screening_id: UUID) -> KeptOut:
        """A screening of one's own, as it was."""
        return _kept(await house(request).screening.registry.screening.kept(actor, screening_id))


async def _screened(found: Any, actor: Actor, wanted: NameQuery | EntityQuery) -> Screened:
    require(actor, P.SCREENING_NAME_SCREEN)
    query = wanted.entity("query")
    done = await found.screening.registry.screening.run(
        actor, query, lists=wanted.lists, threshold=wanted.threshold, type=wanted.type
    )
    lists = lists_of(done.state, wanted.type)
    hits = [hit_out(h, lists) for h in done.hits[: wanted.limit]]
    return Screened(id=done.id, found=len(done.hits), hits=hits, lists=list(lists.values()))


async def in_use(database: Database, actor: Actor) -> State:
    """The lists in use. `Conflict` if there is none: "no hit" would say nothing."""
    async with database.tenant_session(actor) as db:
        state = await applied(db, actor.tenant_id)
    if not state.lists:
        raise Conflict("There is no list to screen against: import one first.")
    return state


def lists_of(state: State, type: str = "") -> dict[UUID, ListOut]:
    """By id, with the threshold for a type of customer."""
    return {
        s.ref.id: ListOut(
            id=s.ref.id, name=s.ref.name, kind=s.ref.kind, version=s.ref.version,
            threshold=s.threshold_for(type, THRESHOLD),
        )
        for s in state.lists
    }  # fmt: skip


def hit_out(hit: Hit, lists: dict[UUID, ListOut]) -> HitOut:
    return HitOut(
        score=hit.score, query_name=hit.match.query_name.text,
        listed_name=hit.match.listed_name.text, caption=hit.entry.caption,
        list=lists[hit.list.id], entry_id=hit.entry_id, entry=told(hit.entry),
        evidence=evidence_of(hit.match),
    )  # fmt: skip


def told(entity: Entity) -> dict[str, Any]:
    """In FollowTheMoney's shape, without this product's own key."""
    return {k: v for k, v in to_ftm(entity).items() if k != "lionrock"}


def evidence_of(match: Match) -> list[EvidenceOut]:
    return [EvidenceOut.model_validate(e, from_attributes=True) for e in match.evidence]


def _kept(kept: Kept) -> KeptOut:
    return KeptOut(
        id=kept.id, kind=kept.kind, screened_by=kept.screened_by, screened_at=kept.screened_at,
        lists=list(lists_of(kept.state).values()), engine=kept.engine, commitment=kept.commitment,
        salt=kept.salt, found=kept.hits, query=told(kept.query) if kept.query else None,
        hits=[
            KeptHitOut(
                list_id=h.list_id, entry_id=h.entry_id, score=h.score,
                query_name=h.match.query_name.text, listed_name=h.match.listed_name.text,
                evidence=evidence_of(h.match),
            )
            for h in kept.found
        ],
    )  # fmt: skip

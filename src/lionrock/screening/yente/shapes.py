"""What goes over the wire, by yente's field names."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field

MOST_QUERIES: Final = 100
"""In one request, as yente's own limit."""


class Example(BaseModel):
    """An entity to look for. A property is a list of strings, or one string."""

    id: str | None = None
    schema_: str = Field(alias="schema", max_length=100)
    properties: dict[str, Any] = Field(default_factory=dict)


class MatchQuery(BaseModel):
    """`weights` and `config` of yente's algorithms have no meaning here and must be empty."""

    queries: dict[str, Example | None] = Field(min_length=1, max_length=MOST_QUERIES)
    weights: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)


class Explanation(BaseModel):
    """What one feature says. `score` and `weight`: bits for the match, or against it."""

    score: float
    weight: float
    detail: str
    query: str
    candidate: str


class EntityShape(BaseModel):
    """Times are UTC to the second, without a zone, as yente writes them."""

    id: str
    caption: str
    schema_: str = Field(alias="schema")
    properties: dict[str, list[str]]
    datasets: list[str]
    referents: list[str]
    target: bool = True
    first_seen: str | None = None
    last_seen: str | None = None
    last_change: str | None = None


class ScoredEntity(EntityShape):
    score: float
    match: bool
    explanations: dict[str, Explanation]
    features: dict[str, float]
    """The explanations' scores: what yente 4 gave in their stead."""


class Total(BaseModel):
    value: int
    relation: str = "eq"


class Matches(BaseModel):
    status: int = 200
    results: list[ScoredEntity]
    total: Total
    query: dict[str, Any]


class MatchResponse(BaseModel):
    responses: dict[str, Matches]
    limit: int


class FacetItem(BaseModel):
    name: str
    label: str
    count: int


class Facet(BaseModel):
    label: str
    values: list[FacetItem]


class SearchResponse(BaseModel):
    results: list[EntityShape]
    facets: dict[str, Facet]
    total: Total
    limit: int
    offset: int


class Dataset(BaseModel):
    """`version`: of the list, counted from 1. `children`: of "default" and "all", the lists."""

    name: str
    title: str
    version: str
    index_version: str
    index_current: bool = True
    load: bool = True
    entity_count: int
    children: list[str] = Field(default_factory=list)


class Catalog(BaseModel):
    datasets: list[Dataset]
    current: list[str]
    outdated: list[str] = Field(default_factory=list)
    index_stale: bool = False


class Algorithm(BaseModel):
    name: str
    description: str
    features: dict[str, Any] = Field(default_factory=dict)
    docs: dict[str, Any] = Field(default_factory=dict)


class Algorithms(BaseModel):
    algorithms: list[Algorithm]
    default: str
    best: str


class Status(BaseModel):
    status: str = "ok"

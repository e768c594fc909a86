"""What a tuning report says: figures and samples, without words. All scores are rounded to 4 digits."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

GRID: Final = (
    0.2,
    0.25,
    0.3,
    0.35,
    0.4,
    0.45,
    0.5,
    0.55,
    0.6,
    0.65,
    0.7,
    0.75,
    0.8,
    0.85,
    0.9,
    0.95,
    0.98,
    0.99,
    0.999,
)
"""Thresholds that are simulated."""
FLOOR: Final = 0.2
"""Customers' scores below it are not looked at."""

VariantKind = Literal[
    "exact", "reverse", "partial", "abbreviated", "joined", "misspelt", "other-characters", "romanised"
]  # fmt: skip


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class Wanted(BaseModel):
    """How much is measured. The same seed against the same lists and customers draws the same samples."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = Field(default=1, ge=0, lt=2**31)
    entries: int = Field(default=200, ge=1, le=1000)
    """Listed entries whose variants are screened."""
    customers: int = Field(default=500, ge=0, le=2000)
    """Customers that are screened at `FLOOR`."""
    pairs: int = Field(default=25, ge=0, le=200)
    """Pairs shown above the line, and as many below."""
    lists: list[UUID] | None = None
    """None: all in use."""


class ListFacts(_Fact):
    id: UUID
    name: str
    kind: str
    version: int
    published: str | None
    imported_at: datetime
    entries: int
    threshold: float
    sampled: int
    drawn: list[str]
    """The source's ids of the entries sampled."""
    newest: int
    """Entries that its version in use brought."""
    newest_sampled: int
    newest_found: int


class ClassFacts(_Fact):
    """`least`: lower end of Wilson's 95 % interval of the share found."""

    kind: VariantKind
    tried: int
    found: int
    recall: float
    least: float


class Miss(_Fact):
    """A variant that did not raise a hit on its own entry. `compared`: its score when compared at once;
    at or above the threshold, it was the search that lost it."""

    kind: VariantKind
    list: str
    entry: str
    listed: str
    screened: str
    compared: float
    threshold: float


class Pair(_Fact):
    """A customer and an entry, for people to look at."""

    customer: str
    """The institution's reference."""
    list: str
    entry: str
    listed: str
    score: float


class Side(_Fact):
    """`all`: pairs on this side of the line; `pairs`: those drawn of them."""

    all: int
    pairs: list[Pair]


class Point(_Fact):
    """What one threshold for all lists would do."""

    threshold: float
    recall: float | None
    """Share of variants that score at least as much."""
    customers_per_1000: float | None
    """Customers with a hit."""
    true_kept: int
    true_lost: int
    """Alerts decided as true matches that would, or would not, have been raised."""
    false_raised: int
    false_saved: int


class Bin(_Fact):
    """Scores in [least, least + 0.05)."""

    least: float
    variants: int
    customers: int
    """Pairs of a customer and an entry."""
    decided_true: int
    decided_false: int


class Facts(_Fact):
    engine: str
    made_at: datetime
    tenant: UUID
    wanted: Wanted
    lists: list[ListFacts]
    classes: list[ClassFacts]
    misses: list[Miss]
    customers_in_all: int
    customers_sampled: int
    customers_hit: int
    """Of those sampled, at the thresholds in use."""
    above: Side
    below: Side
    decided: dict[str, int]
    """Alerts decided, by disposition."""
    curve: list[Point]
    bins: list[Bin]

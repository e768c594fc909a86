"""A hit: a listed entity that what was screened is like, and who wants to be told of new ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True, slots=True)
class ListRef:
    """A list, and which of its versions was screened against."""

    id: UUID
    name: str
    kind: str
    version: int


@dataclass(frozen=True, slots=True)
class Hit:
    list: ListRef
    entry: Entity
    """As the list has it: `entry.id` is the source's own."""
    match: Match
    """`match.entity_id` is `entry.id`; `match.query_name` is of what was screened."""
    entry_id: UUID
    """The entry's key here: the same in every version of the list."""
    entry_digest: bytes
    """32 bytes: changes when anything the list says of the entry does."""
    subject_digest: bytes
    """32 bytes: changes when anything known of what was screened does."""

    @property
    def score(self) -> float:
        return self.match.score


Pair = tuple[UUID, UUID]
"""A list's id and an entry's key."""


class HitSink(Protocol):
    """Whoever is told of hits on customers, within the transaction that keeps them: alerts.

    `actor` is the house.
    """

    async def hits_changed(
        self, db: asyncpg.Connection, actor: Actor, customer_id: UUID, hits: Sequence[Hit],
        gone: Collection[Pair],
    ) -> None:  # fmt: skip
        """`hits` of a customer are new, or changed: score, entry or customer. Those on `gone` are no
        more: the entry, the customer, or the likeness went. Both at once, so that what comes in the
        place of what went is known to."""
        ...


class ScreenedSink(Protocol):
    """Whoever is told of hits on someone who is no customer, within the transaction that keeps them."""

    async def screened(
        self, db: asyncpg.Connection, actor: Actor, subject: Entity, hits: Sequence[Hit]
    ) -> object: ...

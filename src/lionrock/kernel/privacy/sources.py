"""What rooms that keep personal data implement, so that privacy work reaches all of it.

A `PersonalDataSource` finds a person's data and copies it out; an `Eraser` removes a thing and tells
what it removed. `app.py` names those there are; a room that keeps personal data and is not among
them is a fault.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier
from lionrock.kernel.privacy.redaction import Redactor
from lionrock.kernel.vault.scopes import Scope

if TYPE_CHECKING:
    import asyncpg

Boxes = Sequence[Sequence[float]]
"""x0, y0, x1, y1 each, in fractions of the page from the top left corner."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data is looked for. `member` is set if the person is, or was, a member here."""

    subject: UUID
    identifiers: tuple[Identifier, ...]
    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a person's data stands: what (`target` of the source), where, by which form."""

    target: UUID
    form: str
    page: int | None = None
    first: int | None = None
    last: int | None = None
    """The paragraph on the page that it stands in: characters [first, last) of the page's text."""
    boxes: Boxes = ()
    """Of the identifiers themselves."""
    excerpt: str = ""
    """The words around it, for the reviewer. Sealed where it is kept."""
    version: UUID | None = None
    """Of a document of several versions: whose page it is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A finding that goes into a copy. `whole`: the page or answer, not the paragraph around it."""

    redactor: Redactor
    page: int | None = None
    first: int | None = None
    last: int | None = None
    whole: bool = False
    version: UUID | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a copy. `name` is chosen here, never by a person or a document; `text` is what is
    readable in it, for the check that nobody else is."""

    name: str
    media_type: str
    data: bytes
    text: str
    about: Mapping[str, str] = field(default_factory=dict)
    """What the index says of it: title, page …"""


class PersonalDataSource(Protocol):
    name: str
    """As in `request_findings.source`."""

    def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Every place, in an order that repeats. Growth: linear in what the tenant keeps."""
        ...

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """The person's data at those places as files, others' blacked out."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a thing cannot be erased now: a law, or the tenant's own class. `until`: the first day on
    which it can, in Hong Kong; None while that day is not known."""

    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What would be erased: facts for the proposer, the approver and the certificate, no content."""

    facts: Mapping[str, Json]
    ids: tuple[UUID, ...]
    """Ids by which events name it."""
    scopes: tuple[Scope, ...]
    """Whose keys are destroyed. A scope without a key of its own leaves a tombstone all the same."""
    kept: tuple[Kept, ...] = ()
    """What stands in the way besides a hold. No part of what is approved."""


class Eraser(Protocol):
    kind: str
    """As in an erasure's target: document, run, subject, customer …"""

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        """None if there is no such thing. The same facts as long as nothing has changed."""
        ...

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        """Remove its rows and what was derived from it, in the open transaction. Counts of what went
        beside it, for the certificate."""
        ...

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """Remove its files, index entries and what memory holds of it. May be repeated."""
        ...

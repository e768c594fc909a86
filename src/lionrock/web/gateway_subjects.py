"""Whose limits, budgets and usage: what a form sends, and what it is called on a page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError

from lionrock.doors import house
from lionrock.errors import InvalidInput, NotFound
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel import service_keys
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import Key
from lionrock.web.administration import Names, names
from lionrock.web.sections import may

TENANT = Subject(kind=SubjectKind.TENANT)


def written(whose: Subject) -> str:
    """As a field of a form: `tenant`, `member:ID`, `key:ID`."""
    return whose.kind.value if whose.id is None else f"{whose.kind.value}:{whose.id}"


def read(text: str) -> Subject:
    """`InvalidInput` for what `written` does not write."""
    kind, _, id = text.partition(":")
    try:
        return Subject(kind=SubjectKind(kind), id=UUID(id) if id else None)
    except (ValueError, ValidationError):
        raise InvalidInput("The address or the form is not one of this server's.") from None


@dataclass(frozen=True, slots=True)
class Subjects:
    """Members and keys as far as the reader may know them by name."""

    names: Names
    members: list[UUID]
    keys: dict[UUID, Key]

    def __call__(self, whose: Subject) -> str:
        if whose.kind is SubjectKind.KEY:
            return self.key(whose.id)
        return self.names(whose.in_tenant(self.names.tenant))

    def key(self, id: UUID | None) -> str:
        found = self.keys.get(id) if id else None
        return (found.name or f"{found.prefix}…") if found else str(id)[:8]

    def choices(self) -> list[tuple[str, str]]:
        """All that can be chosen, for a form: as written, and called."""
        every = [
            TENANT,
            *(Subject(kind=SubjectKind.MEMBER, id=id) for id in self.members),
            *(Subject(kind=SubjectKind.KEY, id=id) for id in self.keys),
        ]
        return [(written(one), self(one)) for one in every]

    def require(self, whose: Subject) -> None:
        """`NotFound` for a member or key that cannot be chosen."""
        if written(whose) not in dict(self.choices()):
            raise NotFound(ABSENT)


async def subjects(request: Request, actor: Actor) -> Subjects:
    called = await names(request, actor)
    keys: list[Key] = []
    if may(actor, P.KEYS_KEY_READ):
        keys = await service_keys.listing(house(request).database, actor)
    return Subjects(called, called.members(), {key.id: key for key in keys})

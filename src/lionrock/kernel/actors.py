"""Who acts: a member, a service key or the house itself, of exactly one tenant, for a stated purpose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    AUDITOR = "auditor"


class ActorKind(StrEnum):
    MEMBER = "member"
    SERVICE = "service"
    HOUSE = "house"
    """A background worker of this installation, acting for one tenant."""
    VISITOR = "visitor"
    """Not yet signed in: may prove who they are and nothing else."""


@dataclass(frozen=True, slots=True)
class Actor:
    tenant_id: UUID
    id: UUID
    kind: ActorKind
    roles: frozenset[Role] = frozenset()
    purpose: str = ""
    name: str = ""


NOBODY = UUID(int=0)


def visitor(tenant_id: UUID) -> Actor:
    """The actor that looks up a credential before anyone is known."""
    return Actor(tenant_id, NOBODY, ActorKind.VISITOR)


def worker(tenant_id: UUID) -> Actor:
    """The house working for one tenant: parsing, indexing. It has no role and reads no answers."""
    return Actor(tenant_id, NOBODY, ActorKind.HOUSE, purpose="operations", name="lionrock")

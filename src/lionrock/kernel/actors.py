"""Who acts: a member, a service key or the house itself, of exactly one tenant, for a stated purpose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from lionrock.kernel.permissions import Permission


class Role(StrEnum):
    """After the Personal Data (Privacy) Ordinance (Cap. 486) and regulated work (Cap. 615)."""

    ADMINISTRATOR = "administrator"
    """Members, keys, purposes, collections. A restricted collection is closed to them too."""
    ANALYST = "analyst"
    AUDITOR = "auditor"
    """Reads and verifies, changes nothing."""
    MODEL_OWNER = "model-owner"
    PLATFORM_OPERATOR = "platform-operator"
    """Runs the installation and sees no tenant's content."""
    PRIVACY_OFFICER = "privacy-officer"
    """Access requests, retention, holds, erasure, the breach register."""
    REGULATOR_OBSERVER = "regulator-observer"
    """Sees what has been shared with them and nothing else."""
    REVIEWER = "reviewer"
    """Decides on others' work; where money laundering is screened for, the reporting officer."""
    SERVICE = "service"
    """An account of a machine: it has keys, no password, and judges nothing."""


class ActorKind(StrEnum):
    MEMBER = "member"
    SERVICE = "service"
    """A service key. It may do what is in its scopes and what its owner may do."""
    HOUSE = "house"
    """A background worker of this installation, acting for one tenant."""
    VISITOR = "visitor"
    """Not yet signed in: may prove who they are and nothing else."""


@dataclass(frozen=True, slots=True)
class Actor:
    tenant_id: UUID
    id: UUID
    """The member: of a key, its owner."""
    kind: ActorKind
    roles: frozenset[Role] = frozenset()
    purpose: str = ""
    """Code of the purpose stated for this session or key (Data Protection Principle 3)."""
    name: str = ""
    """What to call it in a list: a key's name. A member's name is personal data and not kept here."""
    person: UUID | None = None
    """The natural person: the same under each of their memberships. None: known by `id` alone."""
    scopes: frozenset[Permission] | None = None
    """Of a key: the most it may do, whatever its owner may. None: no limit but the roles."""
    credential: UUID | None = None
    """Id of the session or key that opened the door; not a secret."""
    zero_retention: bool = False
    """Nothing of what is asked or answered is kept."""
    suspended: bool = False

    @property
    def people(self) -> frozenset[UUID]:
        """Every id by which this actor's own work is known."""
        return frozenset({self.id, self.person} - {None, NOBODY})  # type: ignore[arg-type]


NOBODY = UUID(int=0)


def visitor(tenant_id: UUID) -> Actor:
    """The actor that looks up a credential before anyone is known."""
    return Actor(tenant_id, NOBODY, ActorKind.VISITOR)


def worker(tenant_id: UUID) -> Actor:
    """The house working for one tenant: parsing, indexing. It has no role and reads no answers."""
    return Actor(tenant_id, NOBODY, ActorKind.HOUSE, purpose="operations", name="lionrock")

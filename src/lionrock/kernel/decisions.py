"""The one place that decides. Pure, default-deny, and it names the rule that spoke.

The rules in their order; the first that has something to say decides:

1. `other-tenant`        a resource of another tenant is not there
2. `not-signed-in`, `suspended`, `house`  who is nobody may do nothing; a worker reads what it indexes
3. `needs-a-person`, `maker-unknown`, `own-work`, `already-decided`  judging someone's work
4. `not-shared`          an observer sees what was shared with them
5. `access-list`         a restricted collection is for those on its list
6. `purpose-mismatch`    content is used for a purpose it was collected for (Cap. 486, Sch. 1, DPP3)
7. `outside-scope`       a key does what it was made for
8. `role-…`              a role grants it
9. `default-deny`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lionrock.errors import Forbidden, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.grants import CONTENT, GRANTS, HOUSE_GRANTS, JUDGEMENTS
from lionrock.kernel.permissions import Permission as P

ABSENT: Final = "There is no such thing here."

OPEN_STATES: Final = frozenset({"", "pending"})
"""States of a resource in which it can still be judged."""


@dataclass(frozen=True, slots=True)
class AccessList:
    """Who a restricted collection is for: members by id, and roles."""

    members: frozenset[UUID] = frozenset()
    roles: frozenset[Role] = frozenset()

    def admits(self, actor: Actor) -> bool:
        return actor.id in self.members or bool(actor.roles & self.roles)


@dataclass(frozen=True, slots=True)
class Resource:
    """What is to be acted on, as far as rules look at it."""

    tenant_id: UUID
    purposes: frozenset[str] | None = None
    """Purposes its collection allows; None: it is of no collection."""
    access: AccessList | None = None
    """None: open to every role that the table grants."""
    created_by: frozenset[UUID] = frozenset()
    """Who made it, by every id they are known by (`Actor.people`)."""
    decided_by: frozenset[UUID] = frozenset()
    """Who judged it before."""
    shared_with: frozenset[UUID] = frozenset()
    """Observers it has been shared with."""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    rule: str
    """Name of the rule that spoke, kept with the run and the event."""

    def __bool__(self) -> bool:
        return self.allowed


def decide(actor: Actor, action: P, resource: Resource | None = None) -> Decision:
    """May `actor` do `action`, on `resource` or (None) in their own tenant at large?"""
    if resource is not None and resource.tenant_id != actor.tenant_id:
        return Decision(False, "other-tenant")
    if actor.kind not in (ActorKind.MEMBER, ActorKind.SERVICE, ActorKind.HOUSE):
        return Decision(False, "not-signed-in")
    if actor.suspended:
        return Decision(False, "suspended")
    if actor.kind is ActorKind.HOUSE:
        return Decision(True, "house") if action in HOUSE_GRANTS else _DENIED
    refused = (
        _judging(actor, action, resource)
        or _observing(actor, action, resource)
        or _collection(actor, action, resource)
    )
    if refused:
        return Decision(False, refused)
    if actor.scopes is not None and action not in actor.scopes:
        return Decision(False, "outside-scope")
    for role in sorted(actor.roles):
        if action in GRANTS.get(role, frozenset()):
            return Decision(True, f"role-{role}")
    return _DENIED


_DENIED: Final = Decision(False, "default-deny")


def _judging(actor: Actor, action: P, resource: Resource | None) -> str:
    """Nobody judges their own work, under no role and no second account; and no machine judges."""
    if action not in JUDGEMENTS:
        return ""
    if actor.kind is not ActorKind.MEMBER:
        return "needs-a-person"
    if resource is None or not resource.created_by:
        return "maker-unknown"
    if actor.people & (resource.created_by | resource.decided_by):
        return "own-work"
    return "" if resource.state in OPEN_STATES else "already-decided"


def _observing(actor: Actor, action: P, resource: Resource | None) -> str:
    if Role.REGULATOR_OBSERVER not in actor.roles or action is P.AUDIT_LOG_VERIFY:
        return ""
    return "" if resource and actor.id in resource.shared_with else "not-shared"


def _collection(actor: Actor, action: P, resource: Resource | None) -> str:
    """The access list and the purpose. For an observer the share stands for both: who shared answers."""
    if resource is None or action not in CONTENT or Role.REGULATOR_OBSERVER in actor.roles:
        return ""
    if resource.access is not None and not resource.access.admits(actor):
        return "access-list"
    if resource.purposes is not None and actor.purpose not in resource.purposes:
        return "purpose-mismatch"
    return ""


def require(actor: Actor, action: P, resource: Resource | None = None) -> Decision:
    """`decide`, raising `NotFound` across tenants (existence is not told) and `Forbidden` otherwise."""
    decision = decide(actor, action, resource)
    if decision:
        return decision
    if decision.rule == "other-tenant":
        raise NotFound(ABSENT)
    raise Forbidden(
        f"This needs the permission {action} (rule: {decision.rule}). "
        + _ADVICE.get(decision.rule, _ADVICE["default-deny"])
    )


_ADVICE: Final = {
    "default-deny": "Ask an administrator of your tenant for a role that holds it.",
    "not-signed-in": "Sign in first.",
    "suspended": "Your membership is suspended: an administrator of your tenant can restore it.",
    "needs-a-person": "A key cannot judge work: a member signs in and does.",
    "maker-unknown": "Who made the work is not known, so nobody can be shown to be another person.",
    "own-work": "You made or judged this yourself: another person decides.",
    "already-decided": "It has been decided, used or withdrawn already.",
    "not-shared": "You see what has been shared with you, and this has not been.",
    "access-list": "The collection is restricted: ask an administrator to put you on its list.",
    "purpose-mismatch": "Your session's purpose is not one the collection allows: change the purpose.",
    "outside-scope": "The key was made for less: make one with this permission in its scopes.",
}

"""The one place that decides. Pure, default-deny, and it names the rule that spoke."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lionrock.errors import Forbidden, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.permissions import Permission as P

_READ = frozenset({P.DOCUMENTS_DOCUMENT_READ, P.SEARCH_PASSAGE_READ, P.KERNEL_RUN_READ})
_WORK = _READ | {P.ASSIST_ASK_RUN, P.DOCUMENTS_DOCUMENT_ADD, P.GATEWAY_MODEL_CALL}

GRANTS: dict[Role, frozenset[P]] = {
    Role.ADMINISTRATOR: _WORK | {P.DOCUMENTS_DOCUMENT_REMOVE},
    Role.ANALYST: _WORK,
    Role.AUDITOR: _READ,
}
"""What each role may do within its own tenant."""

HOUSE_GRANTS = frozenset({P.DOCUMENTS_DOCUMENT_READ})


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    rule: str
    """Name of the rule that spoke, kept with the run and the event."""

    def __bool__(self) -> bool:
        return self.allowed


def decide(actor: Actor, action: P, resource_tenant: UUID | None = None) -> Decision:
    """May `actor` do `action` on a resource of `resource_tenant` (default: the actor's own)?"""
    if resource_tenant is not None and resource_tenant != actor.tenant_id:
        return Decision(False, "other-tenant")
    if actor.kind is ActorKind.HOUSE:
        return _granted("house", action, HOUSE_GRANTS)
    if actor.kind not in (ActorKind.MEMBER, ActorKind.SERVICE):
        return Decision(False, "not-signed-in")
    for role in sorted(actor.roles):
        if action in GRANTS.get(role, frozenset()):
            return Decision(True, f"role-{role}")
    return Decision(False, "default-deny")


def _granted(name: str, action: P, grants: frozenset[P]) -> Decision:
    return Decision(True, name) if action in grants else Decision(False, "default-deny")


def require(actor: Actor, action: P, resource_tenant: UUID | None = None) -> Decision:
    """`decide`, raising `NotFound` across tenants (existence is not told) and `Forbidden` otherwise."""
    decision = decide(actor, action, resource_tenant)
    if decision:
        return decision
    if decision.rule == "other-tenant":
        raise NotFound("There is no such thing here.")
    raise Forbidden(
        f"This needs the permission {action} (rule: {decision.rule}). "
        "Ask an administrator of your tenant for a role that holds it."
    )

from __future__ import annotations

from uuid import uuid4

import pytest

from lionrock.errors import Forbidden, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role, visitor, worker
from lionrock.kernel.decisions import GRANTS, decide, require
from lionrock.kernel.permissions import Permission


def member(*roles: Role) -> Actor:
    return Actor(uuid4(), uuid4(), ActorKind.MEMBER, frozenset(roles), "general")


@pytest.mark.parametrize("permission", list(Permission))
def test_without_a_role_everything_is_denied(permission: Permission) -> None:
    assert decide(member(), permission).rule == "default-deny"
    assert not decide(member(), permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_a_visitor_may_do_nothing(permission: Permission) -> None:
    assert decide(visitor(uuid4()), permission).rule == "not-signed-in"


def test_the_worker_reads_documents_and_asks_nothing() -> None:
    assert decide(worker(uuid4()), Permission.DOCUMENTS_DOCUMENT_READ)
    assert not decide(worker(uuid4()), Permission.ASSIST_ASK_RUN)


@pytest.mark.parametrize("role", list(Role))
def test_the_decision_names_the_role_that_allowed_it(role: Role) -> None:
    for permission in Permission:
        decision = decide(member(role), permission)
        assert decision.allowed == (permission in GRANTS[role])
        assert decision.rule == (f"role-{role}" if decision.allowed else "default-deny")


def test_an_auditor_reads_and_changes_nothing() -> None:
    changing = {p for p in GRANTS[Role.AUDITOR] if not p.endswith(":read")}
    assert changing == set()


def test_another_tenants_resource_is_not_there() -> None:
    actor = member(Role.ADMINISTRATOR)
    assert decide(actor, Permission.DOCUMENTS_DOCUMENT_READ, uuid4()).rule == "other-tenant"
    with pytest.raises(NotFound):
        require(actor, Permission.DOCUMENTS_DOCUMENT_READ, uuid4())


def test_a_refusal_names_the_permission_and_what_to_do() -> None:
    with pytest.raises(Forbidden, match=r"documents:document:remove.*administrator"):
        require(member(Role.ANALYST), Permission.DOCUMENTS_DOCUMENT_REMOVE)


def test_permissions_are_alphabetical_and_of_one_form() -> None:
    names = [p.value for p in Permission]
    assert names == sorted(names)
    for permission in Permission:
        assert permission.name == permission.value.replace(":", "_").upper()
        assert len(permission.value.split(":")) == 3

"""The one place that decides: the whole matrix pinned, each rule alone, and their order by property."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import Forbidden, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role, visitor, worker
from lionrock.kernel.decisions import AccessList, Resource, decide, require
from lionrock.kernel.grants import CONTENT, GRANTS, JUDGEMENTS
from lionrock.kernel.permissions import Permission as P

MATRIX = Path(__file__).with_name("role_matrix.txt")
OTHERS_WORK = frozenset({uuid4()})


def member(*roles: Role, purpose: str = "general") -> Actor:
    return Actor(uuid4(), uuid4(), ActorKind.MEMBER, frozenset(roles), purpose, person=uuid4())


def best(actor: Actor, **values: object) -> Resource:
    """A resource that no rule but the roles has anything to say about."""
    made = Resource(
        actor.tenant_id, created_by=OTHERS_WORK, shared_with=frozenset({actor.id}), state="pending"
    )
    return replace(made, **values)  # type: ignore[arg-type]


def pinned() -> dict[tuple[str, str], bool]:
    lines = [x for x in MATRIX.read_text("utf-8").splitlines() if not x.startswith("#")]
    roles = lines[0].split()[1:]
    cells = [(line.split()[0], line.split()[1:]) for line in lines[1:]]
    return {(p, r): mark == "x" for p, marks in cells for r, mark in zip(roles, marks, strict=True)}


def test_every_role_and_permission_is_pinned() -> None:
    assert set(pinned()) == {(p.value, r.value) for p in P for r in Role}
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_grants_what_the_pinned_matrix_says_and_names_itself(role: Role) -> None:
    actor, matrix = member(role), pinned()
    for permission in P:
        decision = decide(actor, permission, best(actor))
        assert decision.allowed == matrix[permission.value, role.value], permission
        assert decision.rule == (f"role-{role}" if decision else "default-deny")


@pytest.mark.parametrize("permission", list(P))
def test_without_a_role_everything_is_denied(permission: P) -> None:
    actor = member()
    assert decide(actor, permission, best(actor)).rule == "default-deny"


@pytest.mark.parametrize("permission", list(P))
def test_who_is_not_signed_in_or_is_suspended_may_do_nothing(permission: P) -> None:
    assert decide(visitor(uuid4()), permission).rule == "not-signed-in"
    suspended = replace(member(*Role), suspended=True)
    assert decide(suspended, permission, best(suspended)).rule == "suspended"


def test_the_worker_reads_documents_and_asks_nothing() -> None:
    assert decide(worker(uuid4()), P.DOCUMENTS_DOCUMENT_READ)
    assert not decide(worker(uuid4()), P.ASSIST_ASK_RUN)


def test_an_auditor_reads_and_changes_nothing() -> None:
    assert {p.rpartition(":")[2] for p in GRANTS[Role.AUDITOR]} == {"read", "verify", "export"}


def test_an_operator_touches_no_tenants_content_nor_members() -> None:
    scopes = {p.partition(":")[0] for p in GRANTS[Role.PLATFORM_OPERATOR]}
    assert scopes == {"platform"}


def test_another_tenants_resource_is_not_there() -> None:
    actor = member(Role.ADMINISTRATOR)
    assert decide(actor, P.DOCUMENTS_DOCUMENT_READ, Resource(uuid4())).rule == "other-tenant"
    with pytest.raises(NotFound):
        require(actor, P.DOCUMENTS_DOCUMENT_READ, Resource(uuid4()))


def test_a_refusal_names_the_permission_and_what_to_do() -> None:
    with pytest.raises(Forbidden, match=r"documents:document:remove.*administrator"):
        require(member(Role.ANALYST), P.DOCUMENTS_DOCUMENT_REMOVE)


# -- Nobody judges their own work ------------------------------------------------------------------


@pytest.mark.parametrize("permission", sorted(JUDGEMENTS))
@pytest.mark.parametrize("made", ["created_by", "decided_by"])
def test_nobody_judges_what_they_made_or_judged_by_member_or_by_person(
    permission: P, made: str
) -> None:
    actor = member(*Role)
    for own in (actor.id, actor.person):
        ids = OTHERS_WORK | {own} if own else OTHERS_WORK
        resource = best(actor, **{made: ids})
        assert decide(actor, permission, resource).rule == "own-work"


def test_a_second_account_of_the_same_person_judges_nothing_of_the_first() -> None:
    first = member(Role.ANALYST)
    second = replace(first, id=uuid4(), roles=frozenset({Role.REVIEWER}))
    resource = Resource(first.tenant_id, created_by=first.people, state="pending")
    assert decide(second, P.APPROVALS_PROPOSAL_DECIDE, resource).rule == "own-work"
    other = replace(second, id=uuid4(), person=uuid4())
    assert decide(other, P.APPROVALS_PROPOSAL_DECIDE, resource)


@pytest.mark.parametrize("permission", sorted(JUDGEMENTS))
def test_where_it_is_not_known_who_made_it_nobody_judges_it(permission: P) -> None:
    actor = member(*Role)
    assert decide(actor, permission).rule == "maker-unknown"
    assert decide(actor, permission, Resource(actor.tenant_id)).rule == "maker-unknown"


@pytest.mark.parametrize("permission", sorted(JUDGEMENTS))
def test_a_key_judges_nothing(permission: P) -> None:
    key = replace(member(Role.REVIEWER, Role.PRIVACY_OFFICER), kind=ActorKind.SERVICE)
    assert decide(key, permission, best(key)).rule == "needs-a-person"


@pytest.mark.parametrize("state", ["approved", "refused", "revoked", "used"])
def test_what_was_decided_is_not_decided_again(state: str) -> None:
    actor = member(Role.REVIEWER)
    decision = decide(actor, P.APPROVALS_PROPOSAL_DECIDE, best(actor, state=state))
    assert decision.rule == "already-decided"


# -- Observers, access lists, purposes, scopes -----------------------------------------------------


@pytest.mark.parametrize("permission", sorted(GRANTS[Role.REGULATOR_OBSERVER]))
def test_an_observer_sees_what_was_shared_with_them_alone(permission: P) -> None:
    observer = member(Role.REGULATOR_OBSERVER)
    free = permission is P.AUDIT_LOG_VERIFY
    for resource in (None, Resource(observer.tenant_id), best(observer, shared_with=frozenset())):
        assert bool(decide(observer, permission, resource)) == free
    assert decide(observer, permission, best(observer))


def test_a_restricted_collection_is_closed_to_its_administrator_too() -> None:
    actor = member(Role.ADMINISTRATOR)
    closed = Resource(actor.tenant_id, access=AccessList(roles=frozenset({Role.REVIEWER})))
    for permission in CONTENT:
        assert decide(actor, permission, closed).rule == "access-list"
    assert decide(actor, P.COLLECTIONS_COLLECTION_MANAGE, closed)
    by_id = Resource(actor.tenant_id, access=AccessList(members=frozenset({actor.id})))
    assert decide(actor, P.DOCUMENTS_DOCUMENT_READ, by_id)
    reviewer = replace(actor, roles=frozenset({Role.REVIEWER}))
    assert decide(reviewer, P.DOCUMENTS_DOCUMENT_READ, closed)


def test_content_is_used_for_a_purpose_its_collection_allows() -> None:
    actor = member(Role.ANALYST, purpose="complaint-handling")
    kept = Resource(actor.tenant_id, purposes=frozenset({"customer-due-diligence"}))
    for permission in CONTENT:
        assert decide(actor, permission, kept).rule == "purpose-mismatch"
    stated = replace(actor, purpose="customer-due-diligence")
    assert decide(stated, P.DOCUMENTS_DOCUMENT_READ, kept)
    assert not decide(stated, P.DOCUMENTS_DOCUMENT_READ, replace(kept, purposes=frozenset()))


def test_a_key_does_what_is_in_its_scopes_and_what_its_owner_may() -> None:
    key = replace(
        member(Role.ANALYST),
        kind=ActorKind.SERVICE,
        scopes=frozenset({P.SEARCH_PASSAGE_READ, P.DOCUMENTS_DOCUMENT_REMOVE}),
    )
    assert decide(key, P.SEARCH_PASSAGE_READ)
    assert decide(key, P.DOCUMENTS_DOCUMENT_READ).rule == "outside-scope"
    assert decide(key, P.DOCUMENTS_DOCUMENT_REMOVE).rule == "default-deny"
    assert not any(decide(replace(key, scopes=frozenset()), p, best(key)) for p in P)


# -- In whatever order -----------------------------------------------------------------------------

IDS = st.sampled_from([UUID(int=n) for n in range(1, 5)])
PURPOSES = st.sampled_from(["general", "claims-handling"])
ACTORS = st.builds(
    Actor,
    tenant_id=IDS,
    id=IDS,
    kind=st.sampled_from(ActorKind),
    roles=st.frozensets(st.sampled_from(Role)),
    purpose=PURPOSES,
    person=st.none() | IDS,
    scopes=st.none() | st.frozensets(st.sampled_from(P)),
    suspended=st.booleans(),
)
RESOURCES = st.builds(
    Resource,
    tenant_id=IDS,
    purposes=st.none() | st.frozensets(PURPOSES),
    access=st.none()
    | st.builds(AccessList, st.frozensets(IDS), st.frozensets(st.sampled_from(Role))),
    created_by=st.frozensets(IDS),
    decided_by=st.frozensets(IDS),
    shared_with=st.frozensets(IDS),
    state=st.sampled_from(["", "pending", "approved", "used"]),
)


@given(ACTORS, st.sampled_from(P), RESOURCES)
def test_nothing_lets_an_actor_through_whom_one_rule_refuses(
    actor: Actor, action: P, resource: Resource
) -> None:
    decision = decide(actor, action, resource)
    if resource.tenant_id != actor.tenant_id:
        assert decision.rule == "other-tenant"
    if not decision:
        return
    assert resource.tenant_id == actor.tenant_id
    assert actor.kind is not ActorKind.VISITOR and not actor.suspended
    if actor.kind is ActorKind.HOUSE:
        assert action is P.DOCUMENTS_DOCUMENT_READ
        return
    assert any(action in GRANTS[r] for r in actor.roles)
    assert actor.scopes is None or action in actor.scopes
    if action in JUDGEMENTS:
        assert actor.kind is ActorKind.MEMBER and resource.created_by
        assert not actor.people & (resource.created_by | resource.decided_by)
    if Role.REGULATOR_OBSERVER in actor.roles:
        assert action is P.AUDIT_LOG_VERIFY or actor.id in resource.shared_with
    elif action in CONTENT:
        assert resource.access is None or resource.access.admits(actor)
        assert resource.purposes is None or actor.purpose in resource.purposes


@given(ACTORS, st.sampled_from(P), RESOURCES)
def test_deciding_is_pure(actor: Actor, action: P, resource: Resource) -> None:
    assert decide(actor, action, resource) == decide(actor, action, resource)


def test_permissions_are_alphabetical_and_of_one_form() -> None:
    names = [p.value for p in P]
    assert names == sorted(names)
    for permission in P:
        assert permission.name == permission.value.replace(":", "_").upper()
        assert len(permission.value.split(":")) == 3

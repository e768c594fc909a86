"""Attack 13: self-approval, also under a second role or account; changed, expired, revoked, used twice."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.errors import Conflict, Forbidden, NotFound
from lionrock.kernel import approvals, identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from tests.kernel.joining import events, joined

ACTION = "sandbox:procedure:release"
SUBJECT = uuid4()
CONTENT = hashlib.sha256(b"what was shown").digest()
CHANGED = hashlib.sha256(b"what is there now").digest()


class Desk:
    """Each call in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def propose(self, actor: Actor, life: timedelta = approvals.LIFE) -> UUID:
        async with self.database.tenant_session(actor) as db:
            return await approvals.propose(db, actor, ACTION, SUBJECT, CONTENT, life=life)

    async def approve(self, actor: Actor, id: UUID, content: bytes = CONTENT) -> None:
        async with self.database.tenant_session(actor) as db:
            await approvals.approve(db, actor, id, content)

    async def refuse(self, actor: Actor, id: UUID) -> None:
        async with self.database.tenant_session(actor) as db:
            await approvals.refuse(db, actor, id)

    async def revoke(self, actor: Actor, id: UUID) -> None:
        async with self.database.tenant_session(actor) as db:
            await approvals.revoke(db, actor, id)

    async def use(
        self, actor: Actor, id: UUID, content: bytes = CONTENT, subject: UUID = SUBJECT,
        action: str = ACTION,
    ) -> None:  # fmt: skip
        async with self.database.tenant_session(actor) as db:
            await approvals.use(db, actor, id, action, subject, content)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
async def analyst(database: Database, people: People, actor: Actor) -> Actor:
    return await joined(database, people, actor, Role.ANALYST)


@pytest.fixture
async def reviewer(database: Database, people: People, actor: Actor) -> Actor:
    return await joined(database, people, actor, Role.REVIEWER)


async def test_what_another_person_approved_is_done_once(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    await desk.use(analyst, id)
    with pytest.raises(Conflict, match="used"):
        await desk.use(analyst, id)
    written = await events(desk.database, analyst)
    assert [e for e in written if e.startswith("approval")] == [
        "approval:proposal:make", "approval:proposal:approve", "approval:proposal:use"
    ]  # fmt: skip


async def test_one_approval_used_at_once_twice_is_used_once(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    results = await asyncio.gather(
        *(desk.use(analyst, id) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(r, Conflict) for r in results) == 4


async def test_a_use_that_fails_leaves_the_approval(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    with pytest.raises(RuntimeError):
        async with desk.database.tenant_session(analyst) as db:
            await approvals.use(db, analyst, id, ACTION, SUBJECT, CONTENT)
            raise RuntimeError
    await desk.use(analyst, id)


async def test_nobody_approves_their_own_work_under_another_role(
    database: Database, people: People, actor: Actor, desk: Desk
) -> None:
    both = await joined(database, people, actor, Role.ANALYST, Role.REVIEWER)
    id = await desk.propose(both)
    for judge in (desk.approve, desk.refuse):
        with pytest.raises(Forbidden, match="own-work"):
            await judge(both, id)


async def test_nobody_approves_their_own_work_under_a_second_account(
    database: Database, people: People, actor: Actor, desk: Desk, analyst: Actor
) -> None:
    second = await joined(database, people, actor, Role.REVIEWER, same_person_as=analyst.id)
    id = await desk.propose(analyst)
    with pytest.raises(Forbidden, match="own-work"):
        await desk.approve(second, id)


async def test_two_accounts_found_to_be_one_person_count_as_one_from_then_on(
    people: People, actor: Actor, desk: Desk, database: Database, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    await people.members.same_person(actor, analyst.id, reviewer.id)
    with pytest.raises(Forbidden, match="own-work"):
        await desk.approve(reviewer, id)


async def test_the_database_refuses_one_person_on_both_sides_too(
    desk: Desk, analyst: Actor
) -> None:
    id = await desk.propose(analyst)
    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.database.tenant_session(analyst) as db:
            await db.execute(
                "UPDATE proposals SET state = 'approved', decided_by = $2, decided_person = $3"
                " WHERE id = $1",
                *(id, analyst.id, analyst.person),
            )


async def test_a_reviewers_key_approves_nothing(
    database: Database, desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    token = await identity.issue(database, reviewer.tenant_id, reviewer.id, "key")
    key = await identity.resolve(database, token, ("key",))
    with pytest.raises(Forbidden, match="needs-a-person"):
        await desk.approve(key, id)


async def test_who_may_not_judge_approves_nothing(desk: Desk, analyst: Actor, actor: Actor) -> None:
    id = await desk.propose(analyst)
    with pytest.raises(Forbidden, match="default-deny"):
        await desk.approve(actor, id)


async def test_another_content_than_was_proposed_is_not_approved(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    with pytest.raises(Conflict, match="not what was proposed"):
        await desk.approve(reviewer, id, CHANGED)


async def test_another_content_than_was_approved_is_not_done(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    with pytest.raises(Conflict, match="changed since"):
        await desk.use(analyst, id, CHANGED)
    with pytest.raises(Conflict, match="something else"):
        await desk.use(analyst, id, subject=uuid4())
    with pytest.raises(Conflict, match="something else"):
        await desk.use(analyst, id, action="sandbox:procedure:retire")


async def test_what_has_expired_is_neither_approved_nor_used(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    late = await desk.propose(analyst, timedelta(seconds=-1))
    with pytest.raises(Conflict, match="expired"):
        await desk.approve(reviewer, late)
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    async with desk.database.tenant_session(analyst) as db:
        await db.execute("UPDATE proposals SET expires_at = now() WHERE id = $1", id)
    with pytest.raises(Conflict, match="expired"):
        await desk.use(analyst, id)


@pytest.mark.parametrize("who", ["proposer", "approver"])
async def test_an_approval_withdrawn_before_it_is_used_allows_nothing(
    desk: Desk, analyst: Actor, reviewer: Actor, who: str
) -> None:
    id = await desk.propose(analyst)
    await desk.approve(reviewer, id)
    await desk.revoke(analyst if who == "proposer" else reviewer, id)
    with pytest.raises(Conflict, match="revoked"):
        await desk.use(analyst, id)
    with pytest.raises(Conflict, match="cannot be withdrawn"):
        await desk.revoke(analyst, id)


async def test_only_those_who_made_it_withdraw_it(
    desk: Desk, analyst: Actor, reviewer: Actor, actor: Actor
) -> None:
    id = await desk.propose(analyst)
    with pytest.raises(Forbidden, match="withdraw"):
        await desk.revoke(actor, id)


async def test_what_was_refused_allows_nothing_and_is_not_judged_again(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    with pytest.raises(Conflict, match="pending"):
        await desk.use(analyst, id)
    await desk.refuse(reviewer, id)
    with pytest.raises(Conflict, match="refused"):
        await desk.use(analyst, id)
    with pytest.raises(Forbidden, match="already-decided"):
        await desk.approve(reviewer, id)


async def test_what_lapsed_because_it_changed_allows_nothing_and_what_was_used_stays_used(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    used, lapsed = await desk.propose(analyst), await desk.propose(analyst)
    for id in (used, lapsed):
        await desk.approve(reviewer, id)
    await desk.use(analyst, used)
    for id in (used, lapsed):
        async with desk.database.tenant_session(reviewer) as db:
            await approvals.lapse(db, reviewer, id)
    with pytest.raises(Conflict, match="revoked"):
        await desk.use(analyst, lapsed)
    with pytest.raises(Conflict, match="used"):
        await desk.use(analyst, used)


async def test_another_tenants_proposal_is_not_there(
    desk: Desk, analyst: Actor, stranger: Actor
) -> None:
    id = await desk.propose(analyst)
    for judge in (desk.approve, desk.refuse, desk.revoke, desk.use):
        with pytest.raises(NotFound):
            await judge(stranger, id)


async def test_what_waits_is_listed_until_it_is_decided(
    desk: Desk, analyst: Actor, reviewer: Actor
) -> None:
    id = await desk.propose(analyst)
    async with desk.database.tenant_session(reviewer) as db:
        waiting = await approvals.pending(db, reviewer)
    assert [(p.id, p.content_hash) for p in waiting] == [(id, CONTENT.hex())]
    await desk.refuse(reviewer, id)
    async with desk.database.tenant_session(reviewer) as db:
        assert await approvals.pending(db, reviewer) == []

"""Attack 13: approving one's own work, under a second role or account, or what has changed since."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden
from lionrock.kernel import approvals
from lionrock.kernel.actors import Role
from tests.attacks.taken_apart import missing
from tests.matrix.world import World

SHOWN, CHANGED = b"\x01" * 32, b"\x02" * 32


async def test_what_is_approved_is_another_persons_exact_work_and_is_used_once(
    world: World,
) -> None:
    analyst = await world.ours.member(Role.ANALYST)
    reviewer = await world.ours.member(Role.REVIEWER)
    both = replace(analyst, roles=frozenset({Role.ANALYST, Role.REVIEWER}))
    subject, action = uuid4(), "sandbox:procedure:release"
    async with world.house.database.tenant_session(analyst) as db:
        proposal = await approvals.propose(db, analyst, action, subject, SHOWN)
    for actor, content, refusal in (
        (both, SHOWN, Forbidden), (analyst, SHOWN, Forbidden), (reviewer, CHANGED, Conflict),
    ):  # fmt: skip
        with pytest.raises(refusal):
            async with world.house.database.tenant_session(actor) as db:
                await approvals.approve(db, actor, proposal, content)
    async with world.house.database.tenant_session(reviewer) as db:
        await approvals.approve(db, reviewer, proposal, SHOWN)
    with pytest.raises(Conflict, match="changed"):
        async with world.house.database.tenant_session(analyst) as db:
            await approvals.use(db, analyst, proposal, action, subject, CHANGED)
    async with world.house.database.tenant_session(analyst) as db:
        await approvals.use(db, analyst, proposal, action, subject, SHOWN)
    with pytest.raises(Conflict, match="used"):
        async with world.house.database.tenant_session(analyst) as db:
            await approvals.use(db, analyst, proposal, action, subject, SHOWN)


def test_each_way_of_judging_oneself_is_taken_apart_in_its_room() -> None:
    assert missing(
        "kernel/test_approvals", "nobody_approves_their_own_work_under_another_role",
        "nobody_approves_their_own_work_under_a_second_account",
        "two_accounts_found_to_be_one_person_count_as_one_from_then_on",
        "the_database_refuses_one_person_on_both_sides_too", "a_reviewers_key_approves_nothing",
        "what_has_expired_is_neither_approved_nor_used",
        "an_approval_withdrawn_before_it_is_used_allows_nothing",
    ) == []  # fmt: skip

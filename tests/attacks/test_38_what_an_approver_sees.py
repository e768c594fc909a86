"""Attack 38: an approval given to one call and used for another, or shown shortened or reversed."""

from __future__ import annotations

import inspect
from uuid import uuid4

import pytest

from lionrock.errors import Conflict
from lionrock.kernel import approvals
from lionrock.kernel.actors import Role
from lionrock.kernel.approvals import Proposal
from tests.attacks.waiting import waiting
from tests.matrix.world import World

HASH = b"\x07" * 32


@pytest.mark.parametrize("other", ["action", "subject", "content"])
async def test_an_approval_is_for_one_exact_call(world: World, other: str) -> None:
    analyst = await world.ours.member(Role.ANALYST)
    reviewer = await world.ours.member(Role.REVIEWER)
    subject = uuid4()
    async with world.house.database.tenant_session(analyst) as db:
        proposal = await approvals.propose(db, analyst, "a:b:c", subject, HASH)
    async with world.house.database.tenant_session(reviewer) as db:
        await approvals.approve(db, reviewer, proposal, HASH)
    call = {
        "action": ("x:y:z", subject, HASH), "subject": ("a:b:c", uuid4(), HASH),
        "content": ("a:b:c", subject, b"\x08" * 32),
    }[other]  # fmt: skip
    with pytest.raises(Conflict):
        async with world.house.database.tenant_session(analyst) as db:
            await approvals.use(db, analyst, proposal, *call)


def test_an_approver_says_which_content_they_saw() -> None:
    assert "content_hash" in inspect.signature(approvals.approve).parameters
    assert "content_hash" in Proposal.model_fields


@waiting(
    "proposals", "no page shows a proposal's arguments yet: the first room that proposes brings it"
)
def test_the_page_of_an_approval_shows_every_argument_whole_and_in_order() -> None: ...

"""Two people: one proposes, another decides, on what both saw; and nothing else counts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.permissions import Permission
from lionrock.screening.alerts.models import NewProposal, Reference
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.reasons import Disposition, Reason
from tests.screening.alerts.making import OTHER_BIRTH, SAME, UNKNOWN, Desk, entry, hit, member


async def test_a_false_positive_proposed_and_approved_clears_its_pairs(desk: Desk) -> None:
    _, alert = await desk.raised(hit(), hit(entry(2)))
    content = await desk.proposed(alert)
    case = await desk.case(alert)
    assert case.proposal is not None
    assert (case.proposal.content_hash, case.proposal.note) == (content, "見護照副本")
    decided = await desk.alerts.dispositions.approve(desk.reviewer, alert, content, "同意")
    assert decided is Disposition.FALSE_POSITIVE
    clearances = await desk.alerts.clearances.of_alert(desk.analyst, alert)
    assert len(clearances) == 2
    one = clearances[0]
    assert (one.proposed_by, one.decided_by) == (desk.analyst.id, desk.reviewer.id)
    assert (one.reason, one.note) == (Reason.DIFFERENT_BIRTH, "見護照副本")
    assert (one.expires_at - one.cleared_at).days == 365
    case = await desk.case(alert)
    assert all(h.cleared for h in case.hits)
    assert case.steps[-1].note == "同意"
    written = await desk.events("screening:alert", "screening:clearance", "approval")
    assert [e for e in written if not e.endswith(":view")] == [
        "screening:alert:raise", "screening:alert:assign", "approval:proposal:make",
        "screening:alert:propose", "approval:proposal:approve", "approval:proposal:use",
        "screening:clearance:make", "screening:clearance:make", "screening:alert:decide",
    ]  # fmt: skip


@pytest.mark.parametrize("proposal", [SAME, UNKNOWN])
async def test_other_dispositions_clear_nothing(desk: Desk, proposal: NewProposal) -> None:
    _, alert = await desk.raised()
    await desk.decided(alert, proposal)
    assert await desk.alerts.clearances.of_alert(desk.reviewer, alert) == []


async def test_nobody_decides_on_their_own_proposal(desk: Desk) -> None:
    both = await member(desk.database, desk.tenant, Role.ANALYST, Role.REVIEWER)
    _, alert = await desk.raised()
    await desk.alerts.assignment.assign(desk.reviewer, alert, both.id)
    content = await desk.alerts.dispositions.propose(both, alert, OTHER_BIRTH)
    with pytest.raises(Forbidden, match="own-work"):
        await desk.alerts.dispositions.approve(both, alert, content)
    with pytest.raises(Forbidden, match="own-work"):
        await desk.alerts.dispositions.send_back(both, alert, "more")
    assert await desk.state(alert) == "proposed"


async def test_a_second_account_of_the_same_person_is_no_second_person(desk: Desk) -> None:
    second = await member(desk.database, desk.tenant, Role.REVIEWER, person=desk.analyst.person)
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    with pytest.raises(Forbidden, match="own-work"):
        await desk.alerts.dispositions.approve(second, alert, content)


async def test_a_key_decides_nothing_though_its_owner_might(desk: Desk) -> None:
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    scopes = frozenset(Permission)
    key = replace(desk.reviewer, kind=ActorKind.SERVICE, scopes=scopes)
    with pytest.raises(NotFound):
        await desk.alerts.dispositions.approve(key, alert, content)


async def test_an_analyst_decides_nothing(desk: Desk) -> None:
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    for analyst in (desk.analyst, desk.colleague):
        with pytest.raises((Forbidden, NotFound)):
            await desk.alerts.dispositions.approve(analyst, alert, content)


async def test_an_alert_that_changed_since_is_not_decided_on(desk: Desk) -> None:
    customer, alert = await desk.raised()
    content = await desk.proposed(alert)
    await desk.found(customer, hit(entry(2)))
    with pytest.raises(Conflict, match="changed since"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    assert await desk.state(alert) == "assigned"
    anew = await desk.alerts.dispositions.propose(desk.analyst, alert, OTHER_BIRTH)
    assert anew != content
    with pytest.raises(Conflict, match="not what was proposed"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    await desk.alerts.dispositions.approve(desk.reviewer, alert, anew)


async def test_an_entry_that_changed_since_is_not_decided_on(desk: Desk) -> None:
    customer, alert = await desk.raised()
    content = await desk.proposed(alert)
    await desk.found(customer, hit(entry(1, gender="male")))
    with pytest.raises(Conflict, match="changed since"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)


async def test_hits_that_changed_beside_the_intake_are_noticed_too(desk: Desk) -> None:
    _, alert = await desk.raised(hit(), hit(entry(2)))
    content = await desk.proposed(alert)
    await desk.fetch(
        "UPDATE screening_alert_hits SET gone_at = now(), gone_why = 'vanished' WHERE entry_id = $1",
        hit().entry_id,
    )
    with pytest.raises(Conflict, match="changed since it was approved"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    assert await desk.state(alert) == "proposed"


async def test_what_is_sent_back_is_the_analysts_again(desk: Desk) -> None:
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    with pytest.raises(InvalidInput):
        await desk.alerts.dispositions.send_back(desk.reviewer, alert, " ")
    await desk.alerts.dispositions.send_back(desk.reviewer, alert, "護照不清楚")
    case = await desk.alerts.cases.view(desk.analyst, alert)
    assert (case.alert.state, case.proposal, case.steps[-1].note) == (
        "assigned",
        None,
        "護照不清楚",
    )
    with pytest.raises(Conflict, match="no proposal waits"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    again = await desk.alerts.dispositions.propose(desk.analyst, alert, SAME)
    await desk.alerts.dispositions.approve(desk.reviewer, alert, again)


async def test_a_proposal_is_taken_back_by_its_maker_alone(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.proposed(alert)
    with pytest.raises(Forbidden):
        await desk.alerts.dispositions.withdraw(desk.reviewer, alert)
    await desk.alerts.dispositions.withdraw(desk.analyst, alert)
    assert await desk.state(alert) == "assigned"


async def test_an_expired_proposal_lapses_and_anyone_goes_on(desk: Desk) -> None:
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    with pytest.raises(Conflict, match="proposed"):
        await desk.alerts.dispositions.propose(desk.analyst, alert, OTHER_BIRTH)
    assert await desk.alerts.timekeeping.lapse_expired(desk.tenant) == 0
    await desk.fetch("UPDATE proposals SET expires_at = now()")
    with pytest.raises(Conflict, match="expired"):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    assert await desk.alerts.timekeeping.lapse_expired(desk.tenant) == 1
    assert await desk.alerts.timekeeping.lapse_expired(desk.tenant) == 0
    case = await desk.case(alert)
    assert (case.alert.state, case.proposal) == ("assigned", None)
    assert [s.kind for s in case.steps][-2:] == ["lapse", "change"]
    assert await desk.fetch("SELECT 1 FROM proposals WHERE state = 'pending'") == []
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.colleague.id)
    again = await desk.alerts.dispositions.propose(desk.colleague, alert, OTHER_BIRTH)
    await desk.alerts.dispositions.approve(desk.reviewer, alert, again)


async def test_two_who_decide_at_once_decide_once(desk: Desk) -> None:
    second = await member(desk.database, desk.tenant, Role.REVIEWER)
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    results = await asyncio.gather(
        *(desk.alerts.dispositions.approve(r, alert, content) for r in (desk.reviewer, second)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert len(await desk.alerts.clearances.of_alert(desk.reviewer, alert)) == 1


async def test_a_hit_that_comes_while_it_is_decided_comes_before_or_after(desk: Desk) -> None:
    customer, alert = await desk.raised()
    content = await desk.proposed(alert)
    decided, _ = await asyncio.gather(
        desk.alerts.dispositions.approve(desk.reviewer, alert, content),
        desk.found(customer, hit(entry(2))),
        return_exceptions=True,
    )
    states = {a: await desk.state(a) for a in await desk.alerts_of(customer)}
    if isinstance(decided, Conflict):
        assert states == {alert: "assigned"}
    else:
        assert states.pop(alert) == "decided"
        assert list(states.values()) == ["open"]


async def test_a_reason_speaks_for_one_disposition(desk: Desk) -> None:
    _, alert = await desk.raised()
    wrong = NewProposal(disposition=Disposition.TRUE_MATCH, reason=Reason.COMMON_NAME)
    with pytest.raises(InvalidInput, match="same-identifier"):
        await desk.proposed(alert, wrong)
    for reason in Reason:
        assert reason.meaning and reason.disposition in Disposition


async def test_a_reference_is_to_a_hit_of_the_alert(desk: Desk) -> None:
    _, alert = await desk.raised()
    found = (await desk.case(alert)).hits[0].id
    for id, fits in ((uuid4(), False), (found, True)):
        proposal = NewProposal(
            disposition=Disposition.FALSE_POSITIVE, reason=Reason.DIFFERENT_GENDER,
            references=[Reference(kind="hit", id=id), Reference(kind="other", words="電話")],
        )  # fmt: skip
        if not fits:
            with pytest.raises(InvalidInput, match="reference"):
                await desk.proposed(alert, proposal)
        else:
            content = await desk.proposed(alert, proposal)
            case = await desk.case(alert)
            assert case.proposal is not None
            assert case.proposal.references == proposal.references
            await desk.alerts.dispositions.approve(desk.reviewer, alert, content)


async def test_only_whose_it_is_proposes(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    with pytest.raises(NotFound):
        await desk.alerts.dispositions.propose(desk.colleague, alert, SAME)
    with pytest.raises(Conflict, match="not yours"):
        await desk.alerts.dispositions.propose(desk.reviewer, alert, SAME)
    with pytest.raises(Forbidden):
        await desk.alerts.dispositions.propose(desk.auditor, alert, SAME)


async def test_a_true_match_ends_what_was_cleared_before(desk: Desk) -> None:
    customer, alert = await desk.raised(hit(), hit(entry(2)))
    await desk.decided(alert)
    await desk.found(customer, hit(entry(1, gender="male")))
    await desk.decided(alert, SAME)
    ended = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    assert sorted(str(c.ended_why) for c in ended) == ["changed", "overturned"]


async def test_a_clearance_lives_as_long_as_the_policy_said_when_it_was_made(desk: Desk) -> None:
    await desk.alerts.policies.change(desk.reviewer, Policy(clearance_days=30))
    _, alert = await desk.raised()
    await desk.decided(alert)
    (one,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    assert (one.expires_at - one.cleared_at).days == 30


async def test_a_revoked_clearance_opens_the_alert_and_is_readable(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.decided(alert)
    (one,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    with pytest.raises(Forbidden):
        await desk.alerts.clearances.revoke(desk.analyst, one.id, "wrong passport")
    await desk.alerts.clearances.revoke(desk.reviewer, one.id, "護照是別人的")
    assert await desk.state(alert) == "reopened"
    (one,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    assert (one.ended_why, one.ended_by, one.ended_note) == (
        "revoked", desk.reviewer.id, "護照是別人的",
    )  # fmt: skip
    with pytest.raises(Conflict):
        await desk.alerts.clearances.revoke(desk.reviewer, one.id, "again")


async def test_a_revoked_pair_joins_the_alert_that_is_open(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.found(customer, hit(entry(2)))
    (one,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    await desk.alerts.clearances.revoke(desk.reviewer, one.id, "錯")
    (other,) = set(await desk.alerts_of(customer)) - {alert}
    assert (await desk.case(other)).alert.hits == 2
    assert [h.gone_why for h in (await desk.case(alert)).hits] == ["moved"]


@pytest.fixture
def observer(desk: Desk) -> Actor:
    roles = frozenset({Role.REGULATOR_OBSERVER})
    return Actor(desk.tenant, uuid4(), ActorKind.MEMBER, roles, "supervision", person=uuid4())


async def test_an_observer_sees_no_alert(desk: Desk, observer: Actor) -> None:
    _, alert = await desk.raised()
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(observer, alert)
    with pytest.raises(Forbidden):
        await desk.alerts.queue.page(observer)

"""A case shown to an observer: that one, to look at, for as long as it is shared, each time on record."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Forbidden, InvalidInput, LionrockError, NotFound
from lionrock.kernel import shares
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.shares import NewShare
from tests.screening.alerts.making import OTHER_BIRTH, Desk, entry, hit, member

REASON = "Examination of 2026"


@pytest.fixture
async def observer(desk: Desk) -> Actor:
    return await member(desk.database, desk.tenant, Role.REGULATOR_OBSERVER)


async def shared(desk: Desk, observer: Actor) -> tuple[UUID, UUID]:
    """A case of the analyst's, and its share."""
    _, alert = await desk.raised()
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    return alert, await desk.alerts.sharing.share(desk.reviewer, alert, observer.id, REASON)


async def test_an_observer_sees_the_case_shared_and_the_opening_is_on_record(
    desk: Desk, observer: Actor
) -> None:
    alert, share = await shared(desk, observer)
    case = await desk.alerts.cases.view(observer, alert)
    assert case.alert.name == "陳大文" and case.hits[0].evidence is not None
    (listed,) = await desk.alerts.sharing.with_me(observer)
    assert (listed.id, listed.name, listed.state) == (alert, "陳大文", "assigned")
    seen = await desk.events("share:", "screening:alert:view", "screening:alerts:view")
    assert seen == ["share:share:make", "screening:alert:view", "screening:alerts:view"]
    (kept,) = await desk.alerts.sharing.of_case(desk.reviewer, alert)
    assert (kept.id, kept.member_id, kept.reason) == (share, observer.id, REASON)


async def test_no_other_case_and_no_other_door_is_theirs(desk: Desk, observer: Actor) -> None:
    alert, _ = await shared(desk, observer)
    _, other = await desk.raised(hit(entry(2)))
    a = desk.alerts
    with pytest.raises(NotFound):
        await a.cases.view(observer, other)
    for absent in (
        lambda: a.queue.page(observer), lambda: a.queue.counts(observer),
        lambda: a.queue.of_customer(observer, uuid4()), lambda: a.policies.get(observer),
        lambda: a.clearances.of_alert(observer, alert), lambda: a.reports.of_alert(observer, alert),
        lambda: a.sharing.of_case(observer, alert),
    ):  # fmt: skip
        with pytest.raises(LionrockError) as refused:
            await absent()
        assert isinstance(refused.value, Forbidden | NotFound)


async def test_they_can_do_nothing_with_it(desk: Desk, observer: Actor) -> None:
    alert, _ = await shared(desk, observer)
    content = await desk.alerts.dispositions.propose(desk.analyst, alert, OTHER_BIRTH)
    a, other = desk.alerts, desk.colleague.id
    before = await desk.fetch("SELECT * FROM screening_alerts")
    for act in (
        lambda: a.assignment.take(observer, alert), lambda: a.assignment.give_back(observer, alert),
        lambda: a.assignment.assign(observer, alert, other),
        lambda: a.dispositions.propose(observer, alert, OTHER_BIRTH),
        lambda: a.dispositions.approve(observer, alert, content),
        lambda: a.dispositions.send_back(observer, alert, "No."),
        lambda: a.dispositions.withdraw(observer, alert),
        lambda: a.escalation.escalate(observer, alert, "Now."),
        lambda: a.reports.prepare(observer, alert),
        lambda: a.sharing.share(observer, alert, other, REASON),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            await act()
    assert await desk.fetch("SELECT * FROM screening_alerts") == before


async def test_another_observer_sees_nothing_of_it(desk: Desk, observer: Actor) -> None:
    alert, _ = await shared(desk, observer)
    other = await member(desk.database, desk.tenant, Role.REGULATOR_OBSERVER)
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(other, alert)
    assert await desk.alerts.sharing.with_me(other) == []


@pytest.mark.parametrize("how", ["ended", "expired"])
async def test_it_is_gone_at_once(desk: Desk, observer: Actor, how: str) -> None:
    alert, share = await shared(desk, observer)
    await desk.alerts.cases.view(observer, alert)
    if how == "ended":
        await desk.alerts.sharing.end(desk.reviewer, alert, share)
    else:
        await desk.fetch("UPDATE shares SET expires_at = now() - interval '1 second'")
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(observer, alert)
    assert await desk.alerts.sharing.with_me(observer) == []


async def test_who_may_not_open_a_case_shares_none(desk: Desk, observer: Actor) -> None:
    alert, _ = await shared(desk, observer)
    officer = await member(desk.database, desk.tenant, Role.PRIVACY_OFFICER)
    for who in (desk.analyst, desk.auditor, officer):
        with pytest.raises(Forbidden):
            await desk.alerts.sharing.share(who, alert, observer.id, REASON)
    by_key = replace(desk.reviewer, kind=ActorKind.SERVICE)
    with pytest.raises(NotFound):
        await desk.alerts.sharing.share(by_key, alert, observer.id, REASON)
    around = NewShare(kind="case", subject_id=alert, member_id=observer.id, reason=REASON)
    with pytest.raises(InvalidInput, match="where it is opened"):
        await shares.make(desk.database, officer, around)


async def test_it_is_shared_with_observers_of_the_tenant_alone(
    desk: Desk, elsewhere: Desk, observer: Actor
) -> None:
    _, alert = await desk.raised()
    sharing = desk.alerts.sharing
    with pytest.raises(InvalidInput, match="observers"):
        await sharing.share(desk.reviewer, alert, desk.colleague.id, REASON)
    outside = await member(elsewhere.database, elsewhere.tenant, Role.REGULATOR_OBSERVER)
    with pytest.raises(NotFound):
        await sharing.share(desk.reviewer, alert, outside.id, REASON)
    with pytest.raises(NotFound):
        await elsewhere.alerts.sharing.share(elsewhere.reviewer, alert, outside.id, REASON)
    with pytest.raises(NotFound):
        await elsewhere.alerts.cases.view(outside, alert)


async def test_a_share_is_ended_from_its_own_case_alone(desk: Desk, observer: Actor) -> None:
    alert, share = await shared(desk, observer)
    _, other = await desk.raised(hit(entry(2)))
    with pytest.raises(NotFound):
        await desk.alerts.sharing.end(desk.reviewer, other, share)
    await desk.alerts.cases.view(observer, alert)


async def test_who_may_not_open_a_case_ends_none_of_its_shares(desk: Desk, observer: Actor) -> None:
    alert, share = await shared(desk, observer)
    officer = await member(desk.database, desk.tenant, Role.PRIVACY_OFFICER)
    with pytest.raises(Forbidden):
        await desk.alerts.sharing.end(officer, alert, share)
    for who in (officer, desk.reviewer):
        with pytest.raises(NotFound) as refused:
            await shares.end(desk.database, who, share)
        with pytest.raises(NotFound) as absent:
            await shares.end(desk.database, who, uuid4())
        assert refused.value.detail == absent.value.detail
    await desk.alerts.cases.view(observer, alert)
    assert "share:share:end" not in await desk.events("share:")


async def test_what_was_shared_opens_nothing_to_a_member_who_is_no_observer_any_more(
    desk: Desk, observer: Actor
) -> None:
    alert, _ = await shared(desk, observer)
    analyst = replace(observer, roles=frozenset({Role.ANALYST}))
    assert await desk.alerts.sharing.with_me(analyst) == []
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(analyst, alert)
